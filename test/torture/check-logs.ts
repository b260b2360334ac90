import { checkCensus, checkDesk, checkDetector, checkOnce } from './check-fold.ts'
import { checkProduced } from './check-produced.ts'
import { checkRaw, type RawEnds } from './check-raw.ts'
import type { Differences } from './differences.ts'
import type { LawSetting } from './laws.ts'
import type { Logs } from './log-record.ts'

/** What a check counted on the way. */
export interface CheckedEnds extends RawEnds {
  /** Records that the producer wrote more than once. */
  readonly repeats: number
}

/**
 * Holds what lies in the topics to every law, whatever happened meanwhile.
 *
 * @param produced names of the raw records that were handed over
 */
export function checkLogs(
  logs: Logs,
  produced: readonly string[],
  setting: LawSetting,
  differences: Differences,
): CheckedEnds {
  const repeats = checkProduced(logs, produced, differences)
  const ends = checkRaw(logs, setting, differences)
  checkDetector(logs, setting, differences)
  checkCensus(logs, setting, differences)
  checkOnce(logs, differences)
  checkDesk(logs, setting, differences)
  return { ...ends, repeats }
}

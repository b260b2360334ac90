import { readFileSync } from 'node:fs'

/** What the logs of all processes tell, also of those that were killed. */
export interface LogCounts {
  rebalances: number
  recoveries: number
  /** Recoveries that went on from a snapshot. */
  restored: number
  replayedRecords: number
  readonly recoveryMs: number[]
  /** Refused commits of former owners. */
  fenced: number
  /** Other failures after which a partition was opened anew. */
  failures: number
  readonly snapshotsPassedOver: Record<string, number>
  /** What must not be: a step that threw, a snapshot that cannot be read though it is whole. */
  readonly defects: string[]
}

interface LogLine {
  readonly msg?: string
  readonly level?: string
  readonly fenced?: boolean
  readonly entries?: number
  readonly replayed?: number
  readonly recoveryMs?: number
  readonly reason?: string
  readonly err?: { readonly message?: string }
  readonly kind?: string
}

/** Counts what lies in the logs. */
export function countLogs(files: readonly string[]): LogCounts {
  const counts: LogCounts = {
    rebalances: 0,
    recoveries: 0,
    restored: 0,
    replayedRecords: 0,
    recoveryMs: [],
    fenced: 0,
    failures: 0,
    snapshotsPassedOver: {},
    defects: [],
  }
  for (const file of files)
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const parsed = parsedLine(line)
      if (parsed !== undefined) countLine(parsed, file, counts)
    }
  return counts
}

/** A line that a kill cut off is no JSON. */
function parsedLine(line: string): LogLine | undefined {
  try {
    return line.startsWith('{') ? (JSON.parse(line) as LogLine) : undefined
  } catch {
    return undefined
  }
}

function countLine(
  { msg, fenced, entries = 0, replayed = 0, recoveryMs = 0, ...rest }: LogLine,
  file: string,
  counts: LogCounts,
): void {
  switch (msg) {
    case 'partitions given out':
      counts.rebalances += 1
      return
    case 'took over a partition':
      counts.recoveries += 1
      if (entries > 0) counts.restored += 1
      counts.replayedRecords += replayed
      counts.recoveryMs.push(recoveryMs)
      return
    case 'refused: another instance owns this partition':
      counts.fenced += 1
      return
    case 'cannot go on; trying again':
      if (fenced !== true) counts.failures += 1
      return
    case 'passed over a snapshot': {
      const { reason = 'unknown' } = rest
      counts.snapshotsPassedOver[reason] = (counts.snapshotsPassedOver[reason] ?? 0) + 1
      return
    }
    case 'a defect: the record went to the dead letters':
    case 'passed over a snapshot that cannot be read; learning anew from the log':
      counts.defects.push(`${file}: ${msg}: ${rest.kind ?? rest.err?.message ?? ''}`)
      return
  }
}

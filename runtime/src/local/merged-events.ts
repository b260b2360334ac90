import { setMaxListeners } from 'node:events'
import type { EnrichmentTables } from '@ostiary/models'
import type { AccessEvent } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import type { RejectedRecord } from '../files/rejects-writer.ts'
import type { ListedInput } from '../reading/list-inputs.ts'
import { ReaderPool } from '../threads/reader-pool.ts'
import { readerThreads } from '../threads/reader-threads.ts'
import { fileInput } from './file-input.ts'
import { FileReader, type Reader, type Reading, type ReadSettings } from './file-reader.ts'
import { addCounts, type IntakeCounts, noCounts } from './intake.ts'
import { mergeByTime, openInputsMax } from './merge-by-time.ts'

export interface MergedEventsOptions extends Pick<ReadSettings, 'key' | 'tables' | 'sinceMs' | 'untilMs' | 'atMs'> {
  readonly config: Config
  readonly tables: EnrichmentTables
  readonly onName?: ((pseudonym: string, clear: string) => void) | undefined
  readonly onReject?: ((reject: RejectedRecord) => void) | undefined
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The access events of many files, merged by time until the signal aborts, and what became of the records on the way. */
export interface MergedEvents {
  readonly counts: IntakeCounts
  readonly batches: AsyncGenerator<readonly AccessEvent[], void>
}

export function mergedEvents(inputs: readonly ListedInput[], options: MergedEventsOptions): MergedEvents {
  const counts = noCounts()
  const { onName, onReject, onBytes } = options
  const onReading = (reading: Reading): void => {
    addCounts(counts, reading.counts)
    if (onReject !== undefined) for (const reject of reading.rejects) onReject(reject)
    if (onName !== undefined) for (const [pseudonym, name] of reading.names) onName(pseudonym, name)
    onBytes?.(reading.bytes)
  }
  return { counts, batches: untilAborted(inputs, options, onReading) }
}

/** Ends where the signal aborts, also while nothing comes, as from a pipe whose writer pauses. */
async function* untilAborted(
  inputs: readonly ListedInput[],
  options: MergedEventsOptions,
  onReading: (reading: Reading) => void,
): AsyncGenerator<readonly AccessEvent[], void> {
  const { config, signal } = options
  const settings = readSettingsOf(options)
  // Each open file listens; over ten, Node.js would warn of a leak.
  if (signal !== undefined) setMaxListeners(2 * openInputsMax, signal)
  const here = new FileReader(settings, signal)
  const threads = readerThreads(inputs, config.workers)
  const others: Reader = threads === 0 ? here : new ReaderPool(settings, threads, signal)
  try {
    // A pipe can keep its reader waiting for good, and a thread that waits for one cannot be ended.
    yield* mergeByTime(inputs.map((input) => fileInput(input, input.bytes === 0 ? here : others, onReading)))
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error
  } finally {
    await others.close()
  }
}

function readSettingsOf(options: MergedEventsOptions): ReadSettings {
  const { config, key, tables, sinceMs, untilMs, atMs } = options
  return {
    tenantUid: config.tenant,
    key,
    tables,
    source: config.source === 'auto' ? undefined : config.source,
    sinceMs,
    untilMs,
    futureMs: config.futureMs,
    atMs,
    recordBytesMax: config.recordBytesMax,
    depthMax: config.depthMax,
    wantsNames: options.onName !== undefined,
    wantsRejects: options.onReject !== undefined,
  }
}

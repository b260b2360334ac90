import type { AccessEvent } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import type { ListedInput } from '../reading/list-inputs.ts'
import { fileInput } from './file-input.ts'
import { Intake, type IntakeOptions } from './intake.ts'
import { mergeByTime } from './merge-by-time.ts'

export interface MergedEventsOptions extends Omit<IntakeOptions, 'source' | 'futureMs'> {
  readonly config: Config
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** The access events of many files, merged by time until the signal aborts, and what became of the records on the way. */
export interface MergedEvents {
  readonly intake: Intake
  readonly batches: AsyncGenerator<readonly AccessEvent[], void>
}

export function mergedEvents(inputs: readonly ListedInput[], options: MergedEventsOptions): MergedEvents {
  const { config, onBytes, signal } = options
  const forIntake: IntakeOptions = {
    ...options,
    source: config.source === 'auto' ? undefined : config.source,
    futureMs: config.futureMs,
  }
  const intake = new Intake(forIntake)
  const read = {
    recordBytesMax: config.recordBytesMax,
    depthMax: config.depthMax,
    ...(onBytes === undefined ? {} : { onBytes }),
  }
  const files = inputs.map((input) => fileInput(input, intake, forIntake, read, signal))
  return { intake, batches: untilAborted(mergeByTime(files), signal) }
}

/** Ends where the signal aborts, also while nothing comes, as from a pipe whose writer pauses. */
async function* untilAborted(
  batches: AsyncGenerator<readonly AccessEvent[], void>,
  signal: AbortSignal | undefined,
): AsyncGenerator<readonly AccessEvent[], void> {
  try {
    yield* batches
  } catch (error) {
    if (signal?.aborted !== true || error !== signal.reason) throw error
  }
}

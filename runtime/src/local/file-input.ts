import type { AccessEvent } from '@ostiary/schemas'
import type { ListedInput } from '../reading/list-inputs.ts'
import { type ReadOptions, readItems } from '../reading/open-input.ts'
import { Intake, type IntakeOptions } from './intake.ts'
import type { TimedInput } from './merge-by-time.ts'

/** A file of records as a stream of access events; what gives none is counted and handed over by the intake. */
export function fileInput(
  { path, bytes }: ListedInput,
  intake: Intake,
  peek: IntakeOptions,
  read: ReadOptions,
  signal?: AbortSignal,
): TimedInput<AccessEvent> {
  return {
    path,
    // What a pipe gave for a look would be gone when it is read: its first event counts as due at once.
    firstMs: async () => (bytes === 0 ? undefined : firstEventMs(path, peek, read, signal)),
    async *open() {
      for await (const items of readItems(path, read, signal)) {
        const events: AccessEvent[] = []
        for (const item of items) intake.take(path, item, (event) => events.push(event))
        yield events
      }
    },
  }
}

/** Looks for a file's first event without counting anything. */
async function firstEventMs(
  path: string,
  options: IntakeOptions,
  read: ReadOptions,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const intake = new Intake({ ...options, onReject: undefined })
  const { onBytes: _, ...quietly } = read
  for await (const items of readItems(path, quietly, signal)) {
    let first: number | undefined
    for (const item of items) {
      intake.take(path, item, (event) => {
        first = first === undefined || event.time < first ? event.time : first
      })
      if (first !== undefined) return first
    }
  }
  return undefined
}

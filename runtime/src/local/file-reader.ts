import { createEnricher, type EnrichmentTables } from '@ostiary/models'
import type { AccessEvent, SourceId } from '@ostiary/schemas'
import type { RejectedRecord } from '../files/rejects-writer.ts'
import { readItems } from '../reading/open-input.ts'
import { Intake, type IntakeCounts, type IntakeOptions } from './intake.ts'

/** What decides how files are read: plain data, so that it can be sent to another thread. */
export interface ReadSettings {
  readonly tenantUid: string
  readonly key: Uint8Array
  readonly tables: EnrichmentTables
  /** The format, where it is given and not to be detected. */
  readonly source?: SourceId | undefined
  /** Event time from which, and before which, events are wanted; ms. */
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  readonly futureMs: number
  /** Where the clock stands still, ms; it goes on unless given. */
  readonly atMs?: number | undefined
  readonly recordBytesMax: number
  readonly depthMax: number
  /** Whether somebody wants names, and rejected records. */
  readonly wantsNames: boolean
  readonly wantsRejects: boolean
}

/** What a stretch of a file gave. */
export interface Reading {
  readonly events: readonly AccessEvent[]
  readonly counts: IntakeCounts
  readonly rejects: readonly RejectedRecord[]
  /** Pseudonyms, each with its name. */
  readonly names: readonly (readonly [string, string])[]
  /** Bytes that were read of the file, compressed ones of a compressed file. */
  readonly bytes: number
}

/** A file of records, not read yet. */
export interface ReadableFile {
  /** Event time of its first event, ms; `undefined` where there is none. Counts nothing. */
  firstMs(): Promise<number | undefined>
  /** Told that its readings will be asked for soon. */
  prepare(): void
  /** All of it, once. What was used up before the next one is asked for makes room for one more. */
  readings(): AsyncGenerator<Reading, void>
}

/** Reads files, on this thread or on others. */
export interface Reader {
  file(path: string): ReadableFile
  close(): Promise<void>
}

/** Reads files on this thread: cut into records, parsed, normalised, enriched. */
export class FileReader implements Reader {
  readonly #settings: ReadSettings
  readonly #intake: Intake
  readonly #looking: Intake
  readonly #signal: AbortSignal | undefined
  #rejects: RejectedRecord[] = []
  #names: (readonly [string, string])[] = []

  constructor(settings: ReadSettings, signal?: AbortSignal) {
    const { tenantUid, key, tables, source, sinceMs, untilMs, futureMs, atMs } = settings
    const onName = (pseudonym: string, name: string): void => {
      this.#names.push([pseudonym, name])
    }
    const enrich = createEnricher({ tenantUid, key, tables, ...(settings.wantsNames ? { onName } : {}) })
    const nowMs = atMs === undefined ? undefined : (): number => atMs
    const intake: IntakeOptions = { enrich, source, sinceMs, untilMs, futureMs, nowMs }
    this.#settings = settings
    this.#signal = signal
    // Of what is looked at, nothing but the time is wanted.
    this.#looking = new Intake({ ...intake, enrich: ({ timeMs }) => ({ time: timeMs }) as AccessEvent })
    this.#intake = new Intake({
      ...intake,
      onReject: settings.wantsRejects ? (reject) => void this.#rejects.push(reject) : undefined,
    })
  }

  file(path: string, signal: AbortSignal | undefined = this.#signal): ReadableFile {
    return {
      firstMs: () => this.#firstMs(path, signal),
      prepare: () => undefined,
      readings: () => this.#readings(path, signal),
    }
  }

  async close(): Promise<void> {}

  async #firstMs(path: string, signal: AbortSignal | undefined): Promise<number | undefined> {
    for await (const items of readItems(path, this.#settings, signal)) {
      let first: number | undefined
      for (const item of items)
        this.#looking.take(path, item, ({ time }) => {
          first = first === undefined || time < first ? time : first
        })
      if (first !== undefined) return first
    }
    return undefined
  }

  async *#readings(path: string, signal: AbortSignal | undefined): AsyncGenerator<Reading, void> {
    let bytes = 0
    const onBytes = (count: number): void => {
      bytes += count
    }
    const { recordBytesMax, depthMax } = this.#settings
    for await (const items of readItems(path, { recordBytesMax, depthMax, onBytes }, signal)) {
      const events: AccessEvent[] = []
      for (const item of items) this.#intake.take(path, item, (event) => void events.push(event))
      yield this.#reading(events, bytes)
      bytes = 0
    }
    yield this.#reading([], bytes)
  }

  /** Nothing else is read between the events and this, so what came up meanwhile is theirs. */
  #reading(events: readonly AccessEvent[], bytes: number): Reading {
    const [rejects, names] = [this.#rejects, this.#names]
    this.#rejects = []
    this.#names = []
    return { events, counts: this.#intake.takeCounts(), rejects, names, bytes }
  }
}

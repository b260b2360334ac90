import { type EnrichmentTables, type EventScore, type Feedback, MapByAge, type ScoringModel } from '@ostiary/models'
import { type AccessEvent, type Alert, OstiaryError } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import type { ExhibitsWriter } from '../exhibits/exhibits-writer.ts'
import type { LineWriter } from '../files/line-writer.ts'
import type { RejectsWriter } from '../files/rejects-writer.ts'
import type { ListedInput } from '../reading/list-inputs.ts'
import type { Sink } from '../sinks/sink.ts'
import { LocalPipeline } from './local-pipeline.ts'
import { mergedEvents } from './merged-events.ts'
import type { ScanSummary } from './scan-summary.ts'
import { scoreLine } from './score-line.ts'

/** Findings whose disposition is remembered for counting; a revision of an older one counts as new. */
const countedFindingsMax = 262_144

/** What a run from events to alerts is made with. */
export interface RunOptions {
  readonly config: Config
  readonly tables: EnrichmentTables
  readonly model: ScoringModel
  readonly codeVersion: string
  /** Labels and suppressions in force from the first event on. */
  readonly feedback?: Feedback | undefined
  readonly sinks: readonly Sink[]
  readonly scores?: LineWriter | undefined
  readonly exhibits?: ExhibitsWriter | undefined
  /** Sections of a state to go on from. Emptied once they are restored: they may be gigabytes, which nobody needs twice. */
  readonly before?: Map<string, Uint8Array> | undefined
  /** Whether scores are remembered in the sections, to explain events later. */
  readonly recent?: boolean | undefined
  /** What to call an identity in scores. */
  readonly nameOf: (uid: string) => string
  readonly onAlert?: ((alert: Alert) => void) | undefined
  /** Told each event's score; its arrays are valid until it returns. */
  readonly onScore?: ((score: EventScore) => void) | undefined
}

export interface ScanOptions extends RunOptions {
  readonly inputs: readonly ListedInput[]
  readonly key: Uint8Array
  readonly onName?: ((pseudonym: string, clear: string) => void) | undefined
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  readonly rejects?: RejectsWriter | undefined
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

export interface ScanResult {
  readonly summary: ScanSummary
  /** Everything remembered, to go on from tomorrow. */
  readonly sections: () => Map<string, Uint8Array>
  /** Whether the signal ended the scan before its input did. */
  readonly interrupted: boolean
}

/** Reads files to their end and sends what is strange in them to the sinks. Closes neither sinks nor writers. */
export async function scan(options: ScanOptions): Promise<ScanResult> {
  const startedMs = performance.now()
  const { config, tables, rejects } = options
  let rejecting: Promise<void> = Promise.resolve()
  const { counts, batches } = mergedEvents(options.inputs, {
    ...options,
    onReject:
      rejects &&
      ((reject) => {
        rejecting = rejects.write(reject)
      }),
  })
  const run = new LocalRun(options)
  for await (const batch of batches) {
    await run.take(batch)
    await rejecting
    if (options.signal?.aborted) break
  }
  const interrupted = options.signal?.aborted === true
  await run.finish()
  await rejecting
  const { scored, late, duplicates, ...others } = run.counts()
  // What was read ahead and never processed counts as not read.
  const readAhead = interrupted ? counts.events - scored - late - duplicates : 0
  const summary: ScanSummary = {
    records: counts.records - readAhead,
    scored,
    duplicates,
    late,
    ...others,
    omitted: Math.max(0, ...options.sinks.map((sink) => sink.leftOut ?? 0)),
    ...(options.exhibits === undefined ? {} : { exhibits: options.exhibits.counts }),
    rejected: Object.fromEntries([...counts.rejected].sort(([a], [b]) => (a < b ? -1 : 1))),
    filtered: counts.filtered,
    seconds: Math.round(performance.now() - startedMs) / 1000,
    model: options.model.id,
    tables: tables.id,
    feedback: options.feedback?.id ?? '',
    config: config.hash,
  }
  return { summary, sections: () => run.pipeline.sections(), interrupted }
}

/** A pipeline with its outputs: what a batch of events gives goes to the sinks before the next batch is taken. */
export class LocalRun {
  readonly pipeline: LocalPipeline
  readonly #options: RunOptions
  /** Findings by their last disposition, to count each once. */
  readonly #dispositions: MapByAge<string, Alert['disposition']> = new MapByAge()
  #pages = 0
  #others = 0
  #alerts: Alert[] = []

  constructor(options: RunOptions) {
    this.#options = options
    const { config, model, tables, scores, exhibits, nameOf } = options
    this.pipeline = new LocalPipeline({
      detector: config.detector,
      setting: { model, tablesId: tables.id, codeVersion: options.codeVersion, feedback: options.feedback },
      desk: {
        alertsPerDay: config.alertsPerDay,
        pageBits: model.pageBits(config.alertsPerDay),
        casesMax: config.detector.openCasesMax,
      },
      duplicatesMax: config.duplicatesMax,
      reorderMs: config.reorderMs,
      recent: options.recent ?? false,
      onScore: scores === undefined ? options.onScore : (score) => scores.write(scoreLine(score, nameOf)),
      onAlert: (alert) => this.#alerts.push(alert),
      onExhibit: exhibits && ((exhibit, census) => exhibits.write(exhibit, census)),
    })
    if (options.before === undefined) return
    restore(this.pipeline, options.before)
    options.before.clear()
  }

  async take(events: readonly AccessEvent[]): Promise<void> {
    for (const event of events) this.pipeline.push(event)
    await this.#deliver()
  }

  async finish(): Promise<void> {
    this.pipeline.flush()
    await this.#deliver()
  }

  /** What became of the events so far. */
  counts(): Pick<ScanSummary, 'scored' | 'duplicates' | 'late' | 'identities' | 'alerts' | 'digest'> {
    return {
      ...this.pipeline.counts,
      identities: this.pipeline.identities,
      alerts: this.#pages,
      digest: this.#others,
    }
  }

  #count({ finding_uid: uid, disposition }: Alert): void {
    const before = this.#dispositions.get(uid)
    if (before === disposition) return
    if (before !== undefined) this.#add(before, -1)
    this.#add(disposition, 1)
    this.#dispositions.set(uid, disposition)
    if (this.#dispositions.size > countedFindingsMax) this.#dispositions.takeOldest()
  }

  #add(disposition: Alert['disposition'], count: number): void {
    if (disposition === 'page') this.#pages += count
    else this.#others += count
  }

  async #deliver(): Promise<void> {
    if (this.#alerts.length === 0) return
    const alerts = this.#alerts
    this.#alerts = []
    for (const alert of alerts) {
      this.#count(alert)
      this.#options.onAlert?.(alert)
      for (const sink of this.#options.sinks) await sink.write(alert)
    }
  }
}

function restore(pipeline: LocalPipeline, sections: ReadonlyMap<string, Uint8Array>): void {
  try {
    pipeline.restore(sections)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new OstiaryError('state.invalid', `Cannot go on from this state: ${detail}. Begin with a new state file`, {
      cause: error,
    })
  }
}

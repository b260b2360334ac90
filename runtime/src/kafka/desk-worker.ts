import {
  createDesk,
  type DeskOptions,
  type DeskState,
  deskEntries,
  type EntryStore,
  type Feedback,
  restoreDesk,
  type ScoringModel,
} from '@ostiary/models'
import { type Alert, type Finding, OstiaryError } from '@ostiary/schemas'
import type { Logger } from '../log/logger.ts'
import { type SpanIds, spanScope } from '../log/span-scope.ts'
import type { ServiceMetrics } from '../service/service-metrics.ts'
import type { AlertLine } from '../sinks/sink.ts'
import { alertAttributes } from '../tracing/alert-attributes.ts'
import type { ArtefactStore } from './artefact-store.ts'
import type { Bury } from './dead-letters.ts'
import { type TopicDecoder, UndecodableError } from './schema-client.ts'
import type { InputRecord, PartitionWorker, StepOutputs, WorkerStanding } from './stage.ts'
import { exemplarOf } from './stage-tally.ts'
import { suppressedOutputs } from './step-outputs.ts'

export interface DeskWorkerOptions {
  readonly desk: DeskOptions
  /** The configured model, whose threshold `desk` states. */
  readonly model: ScoringModel
  /** Models and feedback that findings name. */
  readonly artefacts: Pick<ArtefactStore, 'loadModel' | 'getFeedback' | 'loadFeedback'>
  readonly log: Logger
  readonly decoder: TopicDecoder
  readonly encodeAlert: (alert: Alert) => Buffer
  /** An alert as one line of OCSF. */
  readonly line: AlertLine
  readonly bury: Bury
}

/** Models whose thresholds are remembered. */
const thresholdsMax = 64

/** What a record of `access.findings` turned out to be. */
type Read = { readonly finding: Finding; readonly feedback: Feedback | undefined } | { readonly undecodable: string }

/** Findings to alerts, each written twice in one transaction: as Avro, and as OCSF for tools without a registry. */
export class DeskWorker implements PartitionWorker {
  readonly entries: EntryStore
  readonly #options: DeskWorkerOptions
  readonly #desk: ReturnType<typeof createDesk>
  readonly #state: DeskState
  /** Alerts that wait to be committed, with whether their case came to another disposition by them, and the span they came of. */
  #given: { readonly alert: Alert; readonly isNews: boolean; readonly span: SpanIds | undefined }[] = []
  /** Paging thresholds by the model that a finding names. */
  readonly #pageBits: Map<string, number> = new Map()

  constructor(options: DeskWorkerOptions) {
    this.#options = options
    this.#desk = createDesk({ ...options.desk, notesChanges: true })
    this.#state = this.#desk.init()
    this.entries = deskEntries(this.#state)
    this.#pageBits.set(options.model.id, options.desk.pageBits)
  }

  standing(): WorkerStanding {
    return { pageBudget: this.#options.desk.alertsPerDay, pageBudgetLeft: this.#state.tokens }
  }

  nameOf(record: InputRecord): Readonly<Record<string, string>> | undefined {
    const read = record.decoded as Read
    return 'finding' in read ? { alert: read.finding.finding_uid } : undefined
  }

  spanAttributesOf(record: InputRecord): Readonly<Record<string, string | number>> | undefined {
    const read = record.decoded as Read
    return 'finding' in read ? alertAttributes(read.finding) : undefined
  }

  /** Every page is told in the log too, by the id that its alert has everywhere. */
  tell({ alerts, alertLatencySeconds }: ServiceMetrics, nowMs: number): void {
    for (const { alert, isNews, span } of this.#given) {
      const { finding_uid: id, revision, severity, disposition, activity, time, evidence } = alert
      // A close comes of time that passes, not of an event.
      if (activity !== 'close')
        alertLatencySeconds.observe({
          value: Math.max(0, nowMs - time) / 1000,
          exemplarLabels: exemplarOf({ alert: id }),
        })
      if (!isNews) continue
      alerts.labels(severity, disposition).inc()
      const level = disposition === 'page' ? 'info' : 'debug'
      const event = evidence[0]?.event_uid
      this.#options.log[level]({ ...span, alert: id, revision, severity, disposition, event }, 'alert')
    }
    this.#given = []
  }

  prepare(record: InputRecord): Promise<void> | undefined {
    const knowsSchema = this.#options.decoder.prepare(record.value)
    if (knowsSchema !== undefined) return knowsSchema.then(() => this.prepare(record))
    const read = this.#read(record)
    record.decoded = read
    if ('undecodable' in read) return undefined
    const { finding, feedback } = read
    const isKnown = this.#pageBits.has(finding.model)
    if (isKnown && feedback !== undefined) return undefined
    return this.#fetch(record, finding, isKnown)
  }

  step(record: InputRecord, outputs: StepOutputs): void {
    const read = record.decoded as Read
    if ('undecodable' in read) {
      const { undecodable: detail } = read
      const bytes = record.value ?? Buffer.alloc(0)
      this.#options.bury(record, { reason: 'value.undecodable', detail, index: 0, bytes }, outputs)
      return
    }
    const { finding } = read
    const { suppressions } = read.feedback!
    const pageBits = this.#pageBits.get(finding.model) ?? this.#options.desk.pageBits
    outputs.count('event')
    const before = this.#state.held.get(finding.finding_uid)?.disposition
    for (const alert of this.#desk.step(this.#state, { finding, pageBits, suppressions })) {
      const key = alert.finding_uid
      if (outputs !== suppressedOutputs)
        this.#given.push({ alert, isNews: alert.disposition !== before, span: spanScope.getStore() })
      outputs.emit({ topic: 'access.alerts', key, value: this.#options.encodeAlert(alert) })
      outputs.emit({ topic: 'access.alerts.ocsf', key, value: Buffer.from(this.#options.line(alert), 'utf8') })
    }
  }

  async restore(entries: ReadonlyMap<string, Uint8Array>): Promise<void> {
    restoreDesk(this.#state, entries)
  }

  #read({ value }: InputRecord): Read {
    try {
      const finding = this.#options.decoder.decode(value).value as Finding
      return { finding, feedback: this.#options.artefacts.getFeedback(finding.feedback) }
    } catch (error) {
      if (error instanceof UndecodableError) return { undecodable: error.message }
      throw error
    }
  }

  /** Brings what a finding names to hand. Its suppressions were there when it was made, and are waited for. */
  async #fetch(record: InputRecord, finding: Finding, isKnown: boolean): Promise<void> {
    if (!isKnown) await this.#learnThreshold(finding.model)
    const feedback = await this.#options.artefacts.loadFeedback(finding.feedback)
    record.decoded = { finding, feedback } satisfies Read
  }

  /**
   * Reads the threshold off the model that scored. A model that was promoted lies in `access.artefacts` before any finding
   * names it; one that detectors were configured with and the desk was not lies nowhere: paging goes on by the desk's own.
   */
  async #learnThreshold(id: string): Promise<void> {
    const { artefacts, desk, log } = this.#options
    let pageBits: number
    try {
      pageBits = (await artefacts.loadModel(id)).pageBits(desk.alertsPerDay)
    } catch (error) {
      const code = error instanceof OstiaryError ? error.code : ''
      if (code !== 'artefact.missing' && code !== 'model.invalid') throw error
      pageBits = desk.pageBits
      log.warn({ model: id, code }, 'findings name a model that the desk cannot read; its own threshold pages')
    }
    this.#pageBits.set(id, pageBits)
    for (const oldest of this.#pageBits.keys()) {
      if (this.#pageBits.size <= thresholdsMax) break
      this.#pageBits.delete(oldest)
    }
  }
}

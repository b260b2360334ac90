import {
  bodiesOfEntries,
  type CensusTable,
  createPartition,
  type DetectorOptions,
  type DetectorOutput,
  type DetectorSetting,
  type EntryStore,
  type EventScore,
  jsonEntry,
  type Operator,
  type PartitionInput,
  type PartitionState,
  partitionEntries,
  piecesOf,
  restorePartition,
  type ScoringModel,
} from '@ostiary/models'
import {
  type AccessEvent,
  type CensusSums,
  type Exhibit,
  type Finding,
  type Marker,
  OstiaryError,
  type ScoreRecord,
} from '@ostiary/schemas'
import { signatureOfText } from '../artefact/model-signature.ts'
import { checkTrust, type ModelTrust } from '../artefact/model-trust.ts'
import type { Logger } from '../log/logger.ts'
import type { ServiceMetrics } from '../service/service-metrics.ts'
import type { ArtefactStore } from './artefact-store.ts'
import type { Bury } from './dead-letters.ts'
import { type TopicDecoder, UndecodableError } from './schema-client.ts'
import { ScoreTally } from './score-tally.ts'
import type { InputRecord, PartitionWorker, StepOutputs, WorkerStanding } from './stage.ts'
import { suppressedOutputs } from './step-outputs.ts'

export interface DetectorWorkerOptions {
  readonly detector: DetectorOptions
  readonly setting: Omit<DetectorSetting, 'scores' | 'exhibits' | 'notesChanges'>
  readonly scores: boolean
  readonly tenant: string
  readonly partition: number
  readonly eventPartitions: number
  readonly artefacts: ArtefactStore
  /** Which models may take effect. */
  readonly trust: ModelTrust
  readonly log: Logger
  readonly decoder: TopicDecoder
  readonly encodeFinding: (finding: Finding) => Buffer
  readonly encodeExhibit: (exhibit: Exhibit) => Buffer
  readonly encodeScore: (score: ScoreRecord) => Buffer
  readonly encodeSums: (sums: CensusSums) => Buffer
  readonly bury: Bury
}

/** What a record of `access.events` turned out to be. */
type Read =
  | PartitionInput
  | { readonly kind: 'undecodable'; readonly detail: string }
  /** A model that must not take effect: what is in force goes on. */
  | { readonly kind: 'refused'; readonly code: RefusedModel }

/** Why a model is refused: an error's code. */
export type RefusedModel = 'model.invalid' | 'model.untrusted'

/** Events and markers to findings: the detector of `ostiary scan` over one partition in the order of its log. */
export class DetectorWorker implements PartitionWorker {
  readonly entries: EntryStore
  readonly #options: DetectorWorkerOptions
  readonly #operator: Operator<PartitionState, PartitionInput, DetectorOutput>
  readonly #state: PartitionState
  readonly #tally = new ScoreTally()

  constructor(options: DetectorWorkerOptions) {
    this.#options = options
    // Scores are always told to the metrics, and to their topic where that is asked for.
    const setting = { ...options.setting, scores: true, exhibits: true, notesChanges: true }
    this.#operator = createPartition(options.detector, setting)
    this.#state = this.#operator.init()
    this.entries = partitionEntries(this.#state)
  }

  standing(): WorkerStanding {
    const { identities, cases, model, shadow, census, tablesId } = this.#state.detector
    return {
      identities: identities.size,
      openCases: cases.size,
      models: [['in_force', model.id], ...(shadow === undefined ? [] : [['shadow', shadow.id] as const])],
      tables: [
        ['census', census.id],
        ['enrichment', tablesId],
      ],
      drift: this.#tally.drift,
    }
  }

  nameOf(record: InputRecord): Readonly<Record<string, string>> | undefined {
    const read = record.decoded as Read
    return read.kind === 'event' ? { event: read.event.event_uid } : undefined
  }

  spanAttributesOf(record: InputRecord): Readonly<Record<string, string>> | undefined {
    const read = record.decoded as Read
    return read.kind === 'event' ? { 'ostiary.event.id': read.event.event_uid } : undefined
  }

  tell(metrics: ServiceMetrics): void {
    this.#tally.tell(metrics)
  }

  prepare(record: InputRecord): Promise<void> | undefined {
    const knowsSchema = this.#options.decoder.prepare(record.value)
    if (knowsSchema !== undefined) return knowsSchema.then(() => this.prepare(record))
    const read = this.#read(record)
    if (!(read instanceof Promise)) {
      record.decoded = read
      return undefined
    }
    return read.then((input) => {
      record.decoded = input
    })
  }

  step(record: InputRecord, outputs: StepOutputs): void {
    const read = record.decoded as Read
    if (read.kind === 'undecodable') {
      const { detail } = read
      const bytes = record.value ?? Buffer.alloc(0)
      this.#options.bury(record, { reason: 'value.undecodable', detail, index: 0, bytes }, outputs)
      return
    }
    if (read.kind === 'refused') {
      outputs.count('refused', read.code)
      return
    }
    const { tooLate } = this.#state.detector
    for (const output of this.#operator.step(this.#state, read)) this.#emit(output, outputs)
    if (read.kind === 'event') outputs.count('event')
    if (read.kind === 'model') this.#tally.startOver()
    if (this.#state.detector.tooLate > tooLate) outputs.count('late')
  }

  async restore(entries: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const { census, model, shadow, feedback } = bodiesOfEntries(entries)
    const { artefacts } = this.#options
    restorePartition(this.#state, entries, await this.#census(census), {
      model: await this.#heldModel(model),
      shadow: await this.#heldModel(shadow),
      feedback: artefacts.getFeedback(feedback) ?? (await artefacts.loadFeedback(feedback)),
    })
  }

  /** What the record says; a promise where a body has to be fetched first. */
  #read({ value }: InputRecord): Read | Promise<Read> {
    let decoded: { readonly name: string; readonly value: unknown }
    try {
      decoded = this.#options.decoder.decode(value)
    } catch (error) {
      if (error instanceof UndecodableError) return { kind: 'undecodable', detail: error.message }
      throw error
    }
    if (decoded.name === 'AccessEvent') return { kind: 'event', event: decoded.value as AccessEvent }
    const marker = decoded.value as Marker
    const { kind, time, hash, epoch } = marker
    if (kind === 'tick') return { kind: 'tick', timeMs: time }
    if (kind === 'tables') return { kind: 'tables', id: hash }
    if (kind === 'model' || kind === 'shadow') return this.#readModel(kind, marker)
    const { artefacts } = this.#options
    if (kind === 'feedback') {
      const feedback = artefacts.getFeedback(hash)
      if (feedback !== undefined) return { kind, feedback }
      return artefacts.loadFeedback(hash).then((loaded) => ({ kind, feedback: loaded }))
    }
    const table = artefacts.get(hash)
    if (table !== undefined) return { kind: 'census', table, epoch }
    return artefacts.load(hash).then((loaded) => ({ kind: 'census', table: loaded, epoch }))
  }

  /**
   * The model of a marker. One that is not trusted, damaged or made for another version is refused; one that is not there is
   * waited for, since the pieces of a transaction become readable one after the other.
   */
  #readModel(kind: 'model' | 'shadow', { hash, signature }: Marker): Read | Promise<Read> {
    const { artefacts, trust } = this.#options
    if (hash === '') return { kind, model: undefined }
    try {
      checkTrust(trust, hash, signatureOfText(hash, signature))
    } catch (error) {
      return this.#refuse(kind, hash, error)
    }
    const held = artefacts.getModel(hash)
    if (held !== undefined) return { kind, model: held }
    return artefacts.loadModel(hash).then(
      (model) => ({ kind, model }),
      (error: unknown) => this.#refuse(kind, hash, error),
    )
  }

  /** Tells of a model that must not take effect; throws what is another matter. */
  #refuse(kind: 'model' | 'shadow', model: string, error: unknown): Read {
    const code = refusalOf(error)
    if (code === undefined) throw error
    const { partition, log } = this.#options
    log.error({ partition, kind, model, code, err: error }, 'refused a model; what was in force goes on')
    return { kind: 'refused', code }
  }

  /**
   * A model that a snapshot names, which was trusted when its marker came. Where it cannot be used any more, since this is
   * another version or its body was changed, the configured one scores rather than nothing.
   */
  async #heldModel(id: string): Promise<ScoringModel | undefined> {
    if (id === '') return undefined
    const { artefacts, partition, log } = this.#options
    try {
      return artefacts.getModel(id) ?? (await artefacts.loadModel(id))
    } catch (error) {
      if (refusalOf(error) === undefined) throw error
      log.error(
        { partition, model: id, err: error },
        'cannot use the model that was in force; the configured one scores',
      )
      return undefined
    }
  }

  async #census(hash: string): Promise<CensusTable> {
    return this.#options.artefacts.get(hash) ?? this.#options.artefacts.load(hash)
  }

  #emit(output: DetectorOutput, outputs: StepOutputs): void {
    const { tenant, partition, encodeFinding, encodeExhibit } = this.#options
    switch (output.kind) {
      case 'finding':
        outputs.emit({ topic: 'access.findings', key: tenant, value: encodeFinding(output.finding) })
        return
      case 'exhibit': {
        const { exhibit } = output
        // The Avro library takes nothing but Buffers for bytes.
        const { state, case_before } = exhibit
        const value = encodeExhibit({ ...exhibit, state: Buffer.from(state), case_before: Buffer.from(case_before) })
        outputs.emit({ topic: 'access.exhibits', key: exhibit.finding_uid, value })
        return
      }
      case 'score':
        if (outputs !== suppressedOutputs) this.#tally.add(output.score)
        // Beside a shadow the model in force tells its scores too: one without the other compares nothing.
        if (!this.#options.scores && this.#state.detector.shadow === undefined) return
        this.#emitScore(output.score, this.#state.detector.model.id, outputs)
        return
      case 'shadow_score':
        this.#emitScore(output.score, output.model, outputs)
        return
      case 'census_day': {
        const bodies = piecesOf(jsonEntry(output.sums.toJson()))
        for (const [piece, body] of bodies.entries()) {
          const value = this.#options.encodeSums({
            tenant_uid: tenant,
            partition,
            partitions: this.#options.eventPartitions,
            day: output.day,
            piece,
            pieces: bodies.length,
            body,
          })
          outputs.emit({ topic: 'access.census', key: String(partition), value })
        }
        return
      }
    }
  }

  #emitScore({ event, score, surprise, impact, autoencoder }: EventScore, model: string, outputs: StepOutputs): void {
    const value = this.#options.encodeScore({
      event_uid: event.event_uid,
      tenant_uid: event.tenant_uid,
      identity_uid: event.identity.uid,
      time: event.time,
      score,
      surprise,
      impact,
      autoencoder,
      model,
    })
    // A score lies in the partition of its event.
    const key = `${event.tenant_uid} ${event.identity.uid}`
    outputs.emit({ topic: 'access.scores', key, partition: this.#options.partition, value })
  }
}

function refusalOf(error: unknown): RefusedModel | undefined {
  const code = error instanceof OstiaryError ? error.code : undefined
  return code === 'model.invalid' || code === 'model.untrusted' ? code : undefined
}

import { type Enricher, type EntryStore, jsonEntry, parseEntry } from '@ostiary/models'
import {
  type AccessEvent,
  canonicalSha256,
  type Marker,
  normaliseRecord,
  type Outcome,
  type RejectReason,
  type SourceId,
} from '@ostiary/schemas'
import { DuplicateRing } from '../local/duplicate-ring.ts'
import { isDeeperThan } from '../reading/nesting.ts'
import { invalidJson, parseRecord } from '../reading/parse-record.ts'
import type { Bury } from './dead-letters.ts'
import { keyPartition } from './key-partition.ts'
import type { InputRecord, PartitionWorker, StepOutputs, WorkerStanding } from './stage.ts'
import { suppressedOutputs } from './step-outputs.ts'

const hourMs = 3_600_000
/** Ids that one entry of the state holds. */
const segmentIdsMax = 1024
const segmentPrefix = 'ids/'
const metaName = 'meta'

export interface EnricherWorkerOptions {
  readonly enrich: Enricher
  /** Id of the tables it enriches with. */
  readonly tablesId: string
  readonly source?: SourceId | undefined
  readonly depthMax: number
  readonly recordBytesMax: number
  readonly duplicatesMax: number
  /** How far an event may lie after the append of its record. */
  readonly futureMs: number
  /** Partitions of `access.events`; each gets every tick. */
  readonly eventPartitions: number
  readonly encodeEvent: (event: AccessEvent) => Buffer
  readonly encodeMarker: (marker: Marker) => Buffer
  readonly bury: Bury
}

type Reading =
  | { readonly kind: 'json'; readonly parsed: unknown }
  | { readonly kind: 'unreadable'; readonly reason: RejectReason; readonly detail: string }

function unreadable(reason: RejectReason, detail: string): Reading {
  return { kind: 'unreadable', reason, detail }
}

/** Raw records to events: normalises, drops repeats, enriches, and tells every partition when event time enters another hour. */
export class EnricherWorker implements PartitionWorker {
  readonly entries: EntryStore
  readonly #options: EnricherWorkerOptions
  readonly #duplicates: DuplicateRing
  readonly #changed: Set<number> = new Set()
  #highWaterMs = -1
  #hasToldTables = false

  constructor(options: EnricherWorkerOptions) {
    this.#options = options
    this.#duplicates = new DuplicateRing(options.duplicatesMax)
    this.entries = { layout: `enricher-2-${options.duplicatesMax}`, takeChanges: () => this.#takeChanges() }
  }

  standing(): WorkerStanding {
    return { tables: [['enrichment', this.#options.tablesId]] }
  }

  spanAttributesOf({ decoded }: InputRecord): Readonly<Record<string, string>> | undefined {
    return decoded === undefined ? undefined : { 'ostiary.event.id': decoded as string }
  }

  prepare(): undefined {
    return undefined
  }

  step(record: InputRecord, outputs: StepOutputs): void {
    this.#tellTables(outputs)
    const bytes = record.value ?? Buffer.alloc(0)
    const reject = (reason: RejectReason, detail: string, index = 0, of = bytes): void =>
      this.#options.bury(record, { reason, detail, index, bytes: of }, outputs)
    const read = this.#read(bytes)
    if (read.kind === 'unreadable') {
      reject(read.reason, read.detail)
      return
    }
    const found: { readonly outcome: Outcome; readonly inner: object }[] = []
    normaliseRecord(read.parsed, (outcome, inner) => found.push({ outcome, inner }), this.#options.source)
    for (const [index, { outcome, inner }] of found.entries()) {
      // Of an envelope only the record to blame is kept: the others are events, or have their own letters.
      const blamed = (): Buffer => (found.length === 1 ? bytes : Buffer.from(JSON.stringify(inner), 'utf8'))
      if (outcome.kind === 'filtered') outputs.count('filtered', outcome.reason)
      else if (outcome.kind === 'rejected') reject(outcome.reason, outcome.detail, index, blamed())
      else if (outcome.event.timeMs > record.timeMs + this.#options.futureMs)
        reject('record.invalid_time', 'its time lies too far after the time it was received', index, blamed())
      else
        this.#take(
          this.#options.enrich(outcome.event, () => canonicalSha256(inner)),
          record,
          index,
          outputs,
        )
    }
  }

  #read(bytes: Buffer): Reading {
    const { recordBytesMax, depthMax } = this.#options
    if (bytes.length > recordBytesMax)
      return unreadable('bytes.oversized', `it has ${bytes.length} bytes, more than ${recordBytesMax}`)
    if (isDeeperThan(depthMax, bytes)) return unreadable('json.too_deep', `it is nested deeper than ${depthMax}`)
    const parsed = parseRecord(bytes)
    return parsed === invalidJson ? unreadable('json.invalid', 'it is not JSON') : { kind: 'json', parsed }
  }

  async restore(entries: ReadonlyMap<string, Uint8Array>): Promise<void> {
    const meta = parseEntry(entries, metaName) as { highWaterMs: number; segments: number; oldest: number }
    const segments: Uint8Array[] = []
    for (let segment = 0; segment < meta.segments; segment++) {
      const hashes = entries.get(segmentPrefix + segment)
      if (hashes === undefined) throw new TypeError(`Cannot restore: entry "${segmentPrefix}${segment}" is missing`)
      segments.push(hashes)
    }
    this.#duplicates.restore(Buffer.concat(segments), meta.oldest)
    this.#highWaterMs = meta.highWaterMs
  }

  #take(event: AccessEvent, record: InputRecord, index: number, outputs: StepOutputs): void {
    const turn = this.#duplicates.note(event.event_uid)
    if (turn < 0) {
      outputs.count('duplicate')
      return
    }
    this.#changed.add(Math.floor(turn / segmentIdsMax))
    const { encodeEvent, eventPartitions } = this.#options
    const key = `${event.tenant_uid} ${event.identity.uid}`
    // The tick comes first: the events of the hour that is over have all been written before it.
    this.#advance(event.time, outputs)
    outputs.count('event')
    // Of an envelope the first: the span of a record is found by it.
    record.decoded ??= event.event_uid
    outputs.emit({
      topic: 'access.events',
      key,
      partition: keyPartition(key, eventPartitions),
      value: encodeEvent(event),
      headers: { raw: `${record.partition}:${record.offset}:${index}` },
    })
  }

  /** Whoever takes a partition over says what it enriches with: once, and not while it replays. */
  #tellTables(outputs: StepOutputs): void {
    if (this.#hasToldTables || outputs === suppressedOutputs) return
    this.#hasToldTables = true
    this.#mark({ kind: 'tables', time: 0, hash: this.#options.tablesId, epoch: 0, signature: '' }, outputs)
  }

  #mark(marker: Marker, outputs: StepOutputs): void {
    const value = this.#options.encodeMarker(marker)
    for (let partition = 0; partition < this.#options.eventPartitions; partition++)
      outputs.emit({ topic: 'access.events', key: null, value, partition })
  }

  #advance(timeMs: number, outputs: StepOutputs): void {
    if (timeMs <= this.#highWaterMs) return
    const isAnotherHour = Math.floor(timeMs / hourMs) > Math.floor(this.#highWaterMs / hourMs)
    this.#highWaterMs = timeMs
    if (isAnotherHour) this.#mark({ kind: 'tick', time: timeMs, hash: '', epoch: 0, signature: '' }, outputs)
  }

  #takeChanges(): ReadonlyMap<string, Uint8Array> {
    const { size, oldest } = this.#duplicates
    const changes = new Map<string, Uint8Array>()
    for (const segment of this.#changed)
      changes.set(segmentPrefix + segment, this.#duplicates.hashes(segment * segmentIdsMax, segmentIdsMax))
    this.#changed.clear()
    const segments = Math.ceil(size / segmentIdsMax)
    changes.set(metaName, jsonEntry({ highWaterMs: this.#highWaterMs, segments, oldest }))
    return changes
  }
}

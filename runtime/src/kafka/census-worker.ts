import {
  CensusDay,
  type CensusOfficeState,
  type CensusTable,
  censusEntries,
  createCensusOffice,
  type DayReport,
  type EntryStore,
  jsonEntry,
  type Operator,
  type PublishedCensus,
  parseEntry,
  restoreCensus,
} from '@ostiary/models'
import type { ArtefactPiece, CensusSums, Marker } from '@ostiary/schemas'
import { artefactKey } from './artefact-pieces.ts'
import { censusRecords } from './artefact-store.ts'
import type { Bury } from './dead-letters.ts'
import { type TopicDecoder, UndecodableError } from './schema-client.ts'
import type { InputRecord, PartitionWorker, StepOutputs } from './stage.ts'

/** Tables whose bodies stay in `access.artefacts`: detectors that lag behind still find theirs. */
const tablesKept = 32
/** Reports of which some pieces are awaited; a partition sends its pieces one behind the other, so few suffice. */
const partialReportsMax = 1024

const bodiesName = 'bodies'
const partialPrefix = 'partial/'

export interface CensusWorkerOptions {
  /** The table in force before the first that is published: the model's own. */
  readonly first: CensusTable
  readonly eventPartitions: number
  readonly decoder: TopicDecoder
  readonly encodePiece: (piece: ArtefactPiece) => Buffer
  readonly encodeMarker: (marker: Marker) => Buffer
  readonly bury: Bury
}

/** Days' sums to tables: adds up what detectors report, publishes the table, and puts it in force by a marker everywhere. */
export class CensusWorker implements PartitionWorker {
  readonly entries: EntryStore
  readonly #options: CensusWorkerOptions
  readonly #office: Operator<CensusOfficeState, DayReport, PublishedCensus>
  readonly #state: CensusOfficeState
  /** Bodies written, oldest first: hash and number of pieces. */
  #bodies: [string, number][] = []
  /** Pieces of reports that are not whole yet, by partition and day. */
  readonly #partial: Map<string, Map<number, Uint8Array>> = new Map()
  readonly #changedPieces: Map<string, Uint8Array | null> = new Map()

  constructor(options: CensusWorkerOptions) {
    this.#options = options
    this.#office = createCensusOffice(options.first)
    this.#state = this.#office.init()
    const store = censusEntries(this.#state)
    this.entries = {
      layout: store.layout,
      takeChanges: () => {
        const changes = new Map([...store.takeChanges(), ...this.#changedPieces])
        this.#changedPieces.clear()
        return changes.set(bodiesName, jsonEntry(this.#bodies))
      },
    }
  }

  prepare({ value }: InputRecord): Promise<void> | undefined {
    return this.#options.decoder.prepare(value)
  }

  step(record: InputRecord, outputs: StepOutputs): void {
    try {
      const sums = this.#options.decoder.decode(record.value).value as CensusSums
      const body = this.#whole(sums)
      if (body === undefined) return
      const { partition, partitions, day } = sums
      const report = { partition, partitions, day, sums: sumsOf(body) }
      for (const published of this.#office.step(this.#state, report)) this.#publish(published, outputs)
    } catch (error) {
      if (!(error instanceof UndecodableError)) throw error
      const bytes = record.value ?? Buffer.alloc(0)
      this.#options.bury(record, { reason: 'value.undecodable', detail: error.message, index: 0, bytes }, outputs)
    }
  }

  async restore(entries: ReadonlyMap<string, Uint8Array>): Promise<void> {
    restoreCensus(this.#state, entries)
    this.#bodies = parseEntry(entries, bodiesName) as [string, number][]
    for (const [name, bytes] of entries) {
      if (!name.startsWith(partialPrefix)) continue
      const at = name.lastIndexOf('/')
      this.#piecesOf(name.slice(0, at)).set(Number(name.slice(at + 1)), bytes)
    }
  }

  #piecesOf(name: string): Map<number, Uint8Array> {
    let pieces = this.#partial.get(name)
    if (pieces === undefined) {
      pieces = new Map()
      this.#partial.set(name, pieces)
    }
    return pieces
  }

  /** The report that the piece completes, if it does. */
  #whole({ partition, day, piece, pieces, body }: CensusSums): Buffer | undefined {
    if (pieces === 1) return Buffer.from(body)
    const name = `${partialPrefix}${day}/${partition}`
    const held = this.#piecesOf(name)
    held.set(piece, body)
    this.#changedPieces.set(`${name}/${piece}`, body)
    if (held.size < pieces) {
      if (this.#partial.size > partialReportsMax) this.#forget(this.#partial.keys().next().value!)
      return undefined
    }
    const whole = Buffer.concat([...held].sort(([a], [b]) => a - b).map(([, bytes]) => bytes))
    this.#forget(name)
    return whole
  }

  #forget(name: string): void {
    for (const piece of this.#partial.get(name)?.keys() ?? []) this.#changedPieces.set(`${name}/${piece}`, null)
    this.#partial.delete(name)
  }

  #publish({ table, epoch }: PublishedCensus, outputs: StepOutputs): void {
    const records = censusRecords(table, this.#options.encodePiece)
    for (const record of records) outputs.emit(record)
    this.#bodies.push([table.id, records.length])
    while (this.#bodies.length > tablesKept) {
      const [hash, pieces] = this.#bodies.shift()!
      if (hash === table.id) continue
      for (let piece = 0; piece < pieces; piece++)
        outputs.emit({ topic: 'access.artefacts', key: artefactKey('census', hash, piece), value: null })
    }
    const marker = { kind: 'census' as const, time: table.body.day * 86_400_000, hash: table.id, epoch, signature: '' }
    const value = this.#options.encodeMarker(marker)
    for (let partition = 0; partition < this.#options.eventPartitions; partition++)
      outputs.emit({ topic: 'access.events', key: null, value, partition })
  }
}

function sumsOf(body: Buffer): CensusDay {
  try {
    return CensusDay.fromJson(JSON.parse(body.toString('utf8')))
  } catch (error) {
    throw new UndecodableError(`it holds no sums: ${error instanceof Error ? error.message : String(error)}`)
  }
}

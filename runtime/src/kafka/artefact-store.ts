import { createHash } from 'node:crypto'
import { CensusTable, piecesOf } from '@ostiary/models'
import { type ArtefactPiece, OstiaryError } from '@ostiary/schemas'
import type { Admin, Kafka } from 'kafkajs'
import type { SchemaClient, TopicDecoder } from './schema-client.ts'
import type { OutputRecord } from './stage.ts'
import { readPartition } from './topic-reader.ts'

/** Bodies that are held; the detectors of one process share them. */
const bodiesMax = 4
/** Bytes that one body may have. */
const bodyBytesMax = 256 * 1024 * 1024

/** The records that hold a census table's body in `access.artefacts`. */
export function censusRecords(table: CensusTable, encode: (piece: ArtefactPiece) => Buffer): OutputRecord[] {
  const bodies = piecesOf(Buffer.from(table.canonicalText(), 'utf8'))
  const hash = table.id
  return bodies.map((body, piece) => ({
    topic: 'access.artefacts',
    key: artefactKey(hash, piece),
    value: encode({ kind: 'census', hash, piece, pieces: bodies.length, body }),
  }))
}

/** The key of a piece of a census table. */
export function artefactKey(hash: string, piece: number): string {
  return `census/${hash}/${piece}`
}

export interface ArtefactStoreOptions {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly schemas: SchemaClient
  readonly topicPrefix: string
  readonly groupId: string
  /** Tables that are known without asking: the model's own. */
  readonly known: readonly CensusTable[]
}

/** Census tables by hash: read from `access.artefacts` when first named, checked against their hash, and held. */
export class ArtefactStore {
  readonly #options: ArtefactStoreOptions
  readonly #decoder: TopicDecoder
  readonly #tables: Map<string, CensusTable> = new Map()
  /** One reading of the topic at a time: partitions tend to ask together. */
  #reading: Promise<unknown> = Promise.resolve()

  constructor(options: ArtefactStoreOptions) {
    this.#options = options
    this.#decoder = options.schemas.decoder('access.artefacts')
  }

  /** A table that is at hand. */
  get(hash: string): CensusTable | undefined {
    return this.#options.known.find((table) => table.id === hash) ?? this.#tables.get(hash)
  }

  /**
   * Brings a table to hand.
   *
   * @throws OstiaryError `artefact.missing` while the topic does not hold it, whole and true to its hash; retriable
   */
  async load(hash: string): Promise<CensusTable> {
    const turn = this.#reading.then(() => this.get(hash) ?? this.#read(hash))
    this.#reading = turn.catch(() => undefined)
    return turn
  }

  async #read(hash: string): Promise<CensusTable> {
    const { kafka, admin, topicPrefix, groupId } = this.#options
    const topic = `${topicPrefix}access.artefacts`
    const bounds = (await admin.fetchTopicOffsets(topic))[0]
    const pieces: (Uint8Array | undefined)[] = []
    let expected = -1
    let bytes = 0
    await readPartition({
      kafka,
      groupId,
      topic,
      partition: 0,
      fromOffset: Number(bounds?.low ?? 0),
      toOffset: Number(bounds?.high ?? 0),
      onBatch: async (messages) => {
        for (const { key, value } of messages) {
          if (key?.toString('utf8').startsWith(`census/${hash}/`) !== true || value === null) continue
          await this.#decoder.prepare(value)
          const piece = this.#decoder.decode(value).value as ArtefactPiece
          if (pieces[piece.piece] === undefined) bytes += piece.body.length
          if (bytes > bodyBytesMax) throw missing(hash, `it has more than ${bodyBytesMax} bytes`)
          pieces[piece.piece] = piece.body
          expected = piece.pieces
        }
      },
    })
    const held = pieces.filter((piece) => piece !== undefined)
    if (held.length !== expected) throw missing(hash, `${held.length} of ${Math.max(expected, 1)} pieces are there`)
    const body = Buffer.concat(held)
    if (createHash('sha256').update(body).digest('hex') !== hash) throw missing(hash, 'its body has another hash')
    const table = CensusTable.fromJson(JSON.parse(body.toString('utf8')), hash)
    this.#tables.set(hash, table)
    for (const oldest of this.#tables.keys()) {
      if (this.#tables.size <= bodiesMax) break
      this.#tables.delete(oldest)
    }
    return table
  }
}

function missing(hash: string, detail: string): OstiaryError {
  return new OstiaryError(
    'artefact.missing',
    `Cannot go on: census table ${hash} is not in access.artefacts (${detail}). It is waited for; see that the census service runs`,
    { retriable: true },
  )
}

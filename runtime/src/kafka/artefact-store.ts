import { createHash } from 'node:crypto'
import { CensusTable, Feedback, type ScoringModel, scoringModelOf } from '@ostiary/models'
import { type ArtefactPiece, OstiaryError } from '@ostiary/schemas'
import type { Admin, Kafka } from 'kafkajs'
import { unpackArtefact } from '../artefact/artefact-body.ts'
import { type ArtefactKind, type ArtefactTopic, bodyRecords, type FoundBody, readBodies } from './artefact-pieces.ts'
import type { SchemaClient } from './schema-client.ts'
import type { OutputRecord } from './stage.ts'

/** Bodies of a kind that are held; the partitions of one process share them. */
const bodiesMax = 4

/** The records that hold a census table's body in `access.artefacts`. */
export function censusRecords(table: CensusTable, encode: (piece: ArtefactPiece) => Buffer): OutputRecord[] {
  return bodyRecords('census', table.id, Buffer.from(table.canonicalText(), 'utf8'), encode)
}

export interface ArtefactStoreOptions {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly schemas: SchemaClient
  readonly topicPrefix: string
  readonly groupId: string
  /** Models that are known without asking, as the configured one, and their tables. */
  readonly known: readonly ScoringModel[]
}

/** Census tables, models and feedback by hash: read from `access.artefacts` when first named, checked against their hash, and held. */
export class ArtefactStore {
  readonly #known: readonly ScoringModel[]
  readonly #topic: ArtefactTopic
  readonly #tables: Map<string, CensusTable> = new Map()
  readonly #models: Map<string, ScoringModel> = new Map()
  readonly #feedback: Map<string, Feedback> = new Map()
  /** One reading of the topic at a time: partitions tend to ask together. */
  #reading: Promise<unknown> = Promise.resolve()

  constructor(options: ArtefactStoreOptions) {
    this.#known = options.known
    this.#topic = { ...options, decoder: options.schemas.decoder('access.artefacts') }
  }

  /** A table that is at hand. */
  get(hash: string): CensusTable | undefined {
    return this.#known.find(({ census }) => census.id === hash)?.census ?? this.#tables.get(hash)
  }

  /**
   * Brings a table to hand.
   *
   * @throws OstiaryError `artefact.missing` while the topic does not hold it, whole and true to its hash; retriable
   */
  load(hash: string): Promise<CensusTable> {
    return this.#inTurn(async () => {
      const held = this.get(hash)
      if (held !== undefined) return held
      const body = await this.#hashed('census', hash)
      return keep(this.#tables, hash, CensusTable.fromJson(JSON.parse(body.toString('utf8')), hash))
    })
  }

  /** A model that is at hand. */
  getModel(id: string): ScoringModel | undefined {
    return this.#known.find((model) => model.id === id) ?? this.#models.get(id)
  }

  /**
   * Brings a model to hand.
   *
   * @throws OstiaryError `artefact.missing` while pieces of it are missing, retriable; `model.invalid` where all are there and
   * it is damaged, of another id, or does not fit this version
   */
  loadModel(id: string): Promise<ScoringModel> {
    return this.#inTurn(async () => {
      const held = this.getModel(id)
      if (held !== undefined) return held
      const body = wholeOf('model', id, await this.#read('model', id))
      const model = scoringModelOf(unpackArtefact(body))
      if (model.id !== id)
        throw new OstiaryError('model.invalid', `Cannot use model ${id}: what lies under this id is ${model.id}`)
      return keep(this.#models, id, model)
    })
  }

  /** Labels and suppressions that are at hand; `''` is none. */
  getFeedback(hash: string): Feedback | undefined {
    return hash === '' ? Feedback.none : this.#feedback.get(hash)
  }

  /**
   * Brings labels and suppressions to hand.
   *
   * @throws OstiaryError `artefact.missing` while the topic does not hold them, whole and true to their hash; retriable
   */
  loadFeedback(hash: string): Promise<Feedback> {
    return this.#inTurn(async () => {
      const held = this.getFeedback(hash)
      if (held !== undefined) return held
      const body = await this.#hashed('feedback', hash)
      return keep(this.#feedback, hash, parsed(hash, body))
    })
  }

  async #hashed(kind: 'census' | 'feedback', hash: string): Promise<Buffer> {
    const body = wholeOf(kind, hash, await this.#read(kind, hash))
    if (createHash('sha256').update(body).digest('hex') === hash) return body
    throw missing(kind, hash, 'its body has another hash')
  }

  async #read(kind: ArtefactKind, hash: string): Promise<FoundBody | undefined> {
    return (await readBodies(this.#topic, [`${kind}/${hash}/`]))[0]
  }

  #inTurn<Held>(action: () => Promise<Held>): Promise<Held> {
    const turn = this.#reading.then(action)
    this.#reading = turn.catch(() => undefined)
    return turn
  }
}

function keep<Held>(held: Map<string, Held>, hash: string, body: Held): Held {
  held.set(hash, body)
  for (const oldest of held.keys()) {
    if (held.size <= bodiesMax) break
    held.delete(oldest)
  }
  return body
}

/** Feedback that a later version wrote cannot be passed over, or what it keeps quiet would be paged. */
function parsed(hash: string, body: Buffer): Feedback {
  try {
    return Feedback.parse(body.toString('utf8'))
  } catch (error) {
    throw missing('feedback', hash, error instanceof Error ? error.message : String(error))
  }
}

function wholeOf(kind: keyof typeof words, hash: string, found: FoundBody | undefined): Buffer {
  if (found?.body === undefined) throw missing(kind, hash, found?.detail ?? 'nothing of it is there')
  return found.body
}

const words = {
  census: { what: 'census table', cure: 'see that the census service runs' },
  model: { what: 'model', cure: 'publish it again with "ostiary models publish"' },
  feedback: {
    what: 'feedback',
    cure: 'see that this version is as new as the "ostiary label" and "ostiary suppress" that wrote it',
  },
} as const

function missing(kind: keyof typeof words, hash: string, detail: string): OstiaryError {
  const { what, cure } = words[kind]
  return new OstiaryError(
    'artefact.missing',
    `Cannot go on: ${what} ${hash} is not in access.artefacts (${detail}). It is waited for; ${cure}`,
    { retriable: true },
  )
}

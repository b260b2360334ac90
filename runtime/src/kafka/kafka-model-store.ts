import { createHash } from 'node:crypto'
import { type ArtefactPiece, artefactPieceSchema, type Marker, markerSchema, OstiaryError } from '@ostiary/schemas'
import { type Admin, CompressionTypes, type Kafka, type Producer } from 'kafkajs'
import { packArtefact, unpackArtefact } from '../artefact/artefact-body.ts'
import { type ModelSignature, signatureOfText, signatureText } from '../artefact/model-signature.ts'
import { checkedUnder, type ModelStore, type StoredModel, wholeModelOf } from '../artefact/model-store.ts'
import { nextEntry, type RolloutEntry, type RolloutWish, rolloutEntryOf } from '../artefact/rollout.ts'
import type { Config } from '../config/config-schema.ts'
import type { Logger } from '../log/logger.ts'
import { type ArtefactTopic, artefactKey, bodyRecords, readBodies } from './artefact-pieces.ts'
import { connect } from './connection.ts'
import { toOstiaryError } from './kafka-errors.ts'
import { SchemaClient } from './schema-client.ts'
import { type Send, sendsOf } from './sends.ts'
import type { OutputRecord } from './stage.ts'

/** How long a broker keeps a transaction of a command that is gone. */
const transactionTimeoutMs = 60_000
/** The one who writes models and markers: whoever comes later ends what the one before had open. */
const writerId = 'modeller-models'
/** How long what was committed is waited for, until it can be read. */
const readableMsMax = 30_000
const readableWaitMs = 50
/** A record without a value that is written first: once it is there, so is everything committed before it. */
const fenceKey = artefactKey('rollout', 'fence', 0)

interface Encoders {
  readonly piece: (piece: ArtefactPiece) => Buffer
  readonly marker: (marker: Marker) => Buffer
}

/**
 * Models in `access.artefacts`, with the journal beside them. What takes effect is a marker in every partition of
 * `access.events`, written with the journal's entry in one transaction.
 */
export class KafkaModelStore implements ModelStore {
  readonly name: string
  readonly #admin: Admin
  readonly #producer: Producer
  readonly #schemas: SchemaClient
  readonly #topic: ArtefactTopic
  #encoders: Encoders | undefined

  private constructor(name: string, kafka: Kafka, admin: Admin, schemas: SchemaClient, topicPrefix: string) {
    this.name = name
    this.#admin = admin
    this.#schemas = schemas
    this.#producer = kafka.producer({
      transactionalId: `${topicPrefix}${writerId}`,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: transactionTimeoutMs,
      allowAutoTopicCreation: false,
    })
    const groupId = `${topicPrefix}ostiary-modeller`
    this.#topic = { kafka, admin, decoder: schemas.decoder('access.artefacts'), topicPrefix, groupId }
  }

  /** @throws OstiaryError `kafka.unavailable`, `topics.invalid` */
  static async open(config: Config, env: NodeJS.ProcessEnv, log: Logger): Promise<KafkaModelStore> {
    const kafka = connect(config, env, log, 'ostiary-models')
    const admin = kafka.admin()
    const name = `Kafka at ${config.brokers}`
    try {
      await admin.connect()
      await admin.fetchTopicMetadata({ topics: [`${config.topicPrefix}access.artefacts`] })
    } catch (error) {
      await admin.disconnect().catch(() => undefined)
      throw toOstiaryError(`look at models on ${name}`, error)
    }
    return new KafkaModelStore(name, kafka, admin, new SchemaClient(config, env), config.topicPrefix)
  }

  async entries(): Promise<readonly RolloutEntry[]> {
    const bodies = await readBodies(this.#topic, ['rollout/'])
    const entries = bodies.flatMap(({ body }) => (body === undefined ? [] : [rolloutEntryOf(body.toString('utf8'))]))
    return entries.sort((a, b) => a.epoch - b.epoch)
  }

  async ids(): Promise<readonly string[]> {
    const bodies = await readBodies(this.#topic, ['model/'])
    return bodies.map(({ hash }) => hash).sort()
  }

  async read(id: string): Promise<StoredModel> {
    const bodies = await readBodies(this.#topic, [`model/${id}/`, `signature/${id}/`])
    const model = bodies.find(({ kind }) => kind === 'model')
    if (model?.body === undefined) {
      const detail = model?.detail ?? 'nothing of it is there'
      throw new OstiaryError('model.invalid', `Cannot find model ${id} on ${this.name}: ${detail}. Publish its folder`)
    }
    const text = bodies.find(({ kind }) => kind === 'signature')?.body?.toString('utf8')
    return checkedUnder(id, { bytes: unpackArtefact(model.body), signature: signatureOfText(id, text ?? '') })
  }

  async put(id: string, { bytes, signature }: StoredModel): Promise<void> {
    const there = await this.#whole(id)
    const { piece } = await this.#encode()
    const records: OutputRecord[] = [
      ...(there === undefined ? bodyRecords('model', id, packArtefact(bytes), piece) : []),
      ...(signature === undefined || isSame(signature, there?.signature) ? [] : signatureRecords(signature, piece)),
    ]
    if (records.length > 0) await this.#write(async () => records)
  }

  async record(wish: RolloutWish): Promise<RolloutEntry> {
    const { piece, marker } = await this.#encode()
    let entry: RolloutEntry | undefined
    await this.#write(async () => {
      // Read once nobody else can write: what is counted on from here on is the last there is.
      entry = nextEntry(await this.entries(), wish, Date.now())
      const { action, model, epoch, time } = entry
      const signature = model === '' ? '' : signatureText((await this.read(model)).signature)
      const body = Buffer.from(JSON.stringify(entry), 'utf8')
      const hash = createHash('sha256').update(body).digest('hex')
      const kind = action === 'shadow' ? 'shadow' : 'model'
      const value = marker({ kind, time: Date.parse(time), hash: model, epoch, signature })
      const partitions = await this.#eventPartitions()
      return [
        ...bodyRecords('rollout', hash, body, piece),
        ...Array.from({ length: partitions }, (_, partition): OutputRecord => {
          return { topic: 'access.events', key: null, value, partition }
        }),
      ]
    })
    return entry!
  }

  async close(): Promise<void> {
    await this.#producer.disconnect().catch(() => undefined)
    await this.#admin.disconnect().catch(() => undefined)
  }

  async #whole(id: string): Promise<StoredModel | undefined> {
    try {
      const stored = await this.read(id)
      wholeModelOf(stored)
      return stored
    } catch (error) {
      if (error instanceof OstiaryError && error.code === 'model.invalid') return undefined
      throw error
    }
  }

  async #eventPartitions(): Promise<number> {
    const topic = `${this.#topic.topicPrefix}access.events`
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]!.partitions.length
  }

  async #encode(): Promise<Encoders> {
    const { topicPrefix } = this.#topic
    this.#encoders ??= {
      piece: await this.#schemas.encoder<ArtefactPiece>(`${topicPrefix}access.artefacts`, artefactPieceSchema),
      marker: await this.#schemas.encoder<Marker>(`${topicPrefix}access.events`, markerSchema),
    }
    return this.#encoders
  }

  /** Writes records in one transaction, once whoever wrote before is fenced and all of theirs can be read. */
  async #write(make: () => Promise<readonly OutputRecord[]>): Promise<void> {
    const { topicPrefix } = this.#topic
    try {
      await this.#producer.connect()
      const topicMessages = [{ topic: `${topicPrefix}access.artefacts`, messages: [{ key: fenceKey, value: null }] }]
      await this.#transact([{ topicMessages, compression: CompressionTypes.None }])
      await this.#transact(sendsOf(await make(), topicPrefix))
    } catch (error) {
      throw error instanceof OstiaryError ? error : toOstiaryError(`write models on ${this.name}`, error)
    }
  }

  /** Resolves once what was sent can be read, too: a broker answers a commit before it has written its end everywhere. */
  async #transact(sends: readonly Send[]): Promise<void> {
    const transaction = await this.#producer.transaction()
    let last = -1
    try {
      for (const send of sends)
        for (const { topicName, baseOffset } of await transaction.sendBatch({ acks: -1, ...send }))
          if (topicName === `${this.#topic.topicPrefix}access.artefacts`) last = Math.max(last, Number(baseOffset))
      await transaction.commit()
    } catch (error) {
      if (transaction.isActive()) await transaction.abort().catch(() => undefined)
      throw error
    }
    await this.#readable(last)
  }

  async #readable(offset: number): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += readableWaitMs) {
      const [bounds] = await this.#admin.fetchTopicOffsets(`${this.#topic.topicPrefix}access.artefacts`)
      if (Number(bounds?.high ?? 0) > offset) return
      if (waitedMs >= readableMsMax)
        throw new OstiaryError(
          'kafka.unavailable',
          `Cannot read what was written to access.artefacts on ${this.name} within ${readableMsMax / 1000} s. See that no other transaction hangs, and list what is there before trying again`,
          { retriable: true },
        )
      await new Promise((resolve) => setTimeout(resolve, readableWaitMs))
    }
  }
}

function signatureRecords(signature: ModelSignature, encode: (piece: ArtefactPiece) => Buffer): OutputRecord[] {
  return bodyRecords('signature', signature.artefact, Buffer.from(signatureText(signature), 'utf8'), encode)
}

function isSame(a: ModelSignature, b: ModelSignature | undefined): boolean {
  return signatureText(a) === signatureText(b)
}

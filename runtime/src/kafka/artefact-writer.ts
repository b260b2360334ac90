import { type ArtefactPiece, artefactPieceSchema, type Marker, markerSchema, OstiaryError } from '@ostiary/schemas'
import { type Admin, CompressionTypes, type Producer } from 'kafkajs'
import type { Config } from '../config/config-schema.ts'
import type { Logger } from '../log/logger.ts'
import type { PrincipalName } from './acls.ts'
import { type ArtefactKind, type ArtefactTopic, artefactKey, bodyRecords, readBodies } from './artefact-pieces.ts'
import { connect } from './connection.ts'
import { toOstiaryError } from './kafka-errors.ts'
import { SchemaClient } from './schema-client.ts'
import { type Send, sendsOf } from './sends.ts'
import type { OutputRecord } from './stage.ts'

/** How long a broker keeps a transaction of a command that is gone. */
const transactionTimeoutMs = 60_000
/** How long what was committed is waited for, until it can be read. */
const readableMsMax = 30_000
const readableWaitMs = 50

/** Who writes what. */
export interface ArtefactWriterOptions {
  /** `models` or `feedback`, as in the transactional id `<principal>-<what>`. */
  readonly what: 'models' | 'feedback'
  readonly principal: PrincipalName
  /** Kind of the journal's entries. */
  readonly journal: ArtefactKind
}

/** A body under its kind and hash. */
export interface Body {
  readonly kind: ArtefactKind
  readonly hash: string
  readonly bytes: Uint8Array
}

/**
 * Writes bodies to `access.artefacts`, and markers into every partition of `access.events`, in one transaction. There is one
 * writer of a kind of journal at a time: whoever comes later ends what the one before had open.
 */
export class ArtefactWriter {
  /** What people call where it writes. */
  readonly name: string
  /** Where bodies are read back from. */
  readonly topic: ArtefactTopic
  readonly #options: ArtefactWriterOptions
  readonly #admin: Admin
  readonly #producer: Producer
  readonly #schemas: SchemaClient
  #encoders:
    | { readonly piece: (piece: ArtefactPiece) => Buffer; readonly marker: (marker: Marker) => Buffer }
    | undefined

  private constructor(
    name: string,
    topic: ArtefactTopic,
    options: ArtefactWriterOptions,
    admin: Admin,
    schemas: SchemaClient,
  ) {
    this.name = name
    this.topic = topic
    this.#options = options
    this.#admin = admin
    this.#schemas = schemas
    this.#producer = topic.kafka.producer({
      transactionalId: `${topic.topicPrefix}${options.principal}-${options.what}`,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: transactionTimeoutMs,
      allowAutoTopicCreation: false,
    })
  }

  /** @throws OstiaryError `kafka.unavailable`, `topics.invalid` */
  static async open(
    config: Config,
    env: NodeJS.ProcessEnv,
    log: Logger,
    options: ArtefactWriterOptions,
  ): Promise<ArtefactWriter> {
    const kafka = connect(config, env, log, `ostiary-${options.what}`)
    const admin = kafka.admin()
    const name = `Kafka at ${config.brokers}`
    const { topicPrefix } = config
    try {
      await admin.connect()
      await admin.fetchTopicMetadata({ topics: [`${topicPrefix}access.artefacts`] })
    } catch (error) {
      await admin.disconnect().catch(() => undefined)
      throw toOstiaryError(`look at ${options.what} on ${name}`, error)
    }
    const schemas = new SchemaClient(config, env)
    const groupId = `${topicPrefix}ostiary-${options.principal}`
    const topic = { kafka, admin, decoder: schemas.decoder('access.artefacts'), topicPrefix, groupId }
    return new ArtefactWriter(name, topic, options, admin, schemas)
  }

  /**
   * Writes what is made in one transaction, once whoever wrote before is fenced and all of theirs can be read. Resolves once it
   * can be read itself.
   *
   * @param make bodies, and a marker that goes into every partition of `access.events`
   */
  async write(make: () => Promise<{ readonly bodies: readonly Body[]; readonly marker?: Marker }>): Promise<void> {
    const { topicPrefix } = this.topic
    const { what, journal } = this.#options
    try {
      await this.#producer.connect()
      // A record without a value that is written first: once it is there, so is everything committed before it.
      const fence = { key: artefactKey(journal, 'fence', 0), value: null }
      const topicMessages = [{ topic: `${topicPrefix}access.artefacts`, messages: [fence] }]
      await this.#transact([{ topicMessages, compression: CompressionTypes.None }])
      const { bodies, marker } = await make()
      await this.#transact(sendsOf(await this.#recordsOf(bodies, marker), topicPrefix))
    } catch (error) {
      throw error instanceof OstiaryError ? error : toOstiaryError(`write ${what} on ${this.name}`, error)
    }
  }

  /** What was written to the journal, in the order of its numbers. */
  async journal<Entry extends { readonly epoch: number }>(parse: (text: string) => Entry): Promise<readonly Entry[]> {
    const bodies = await readBodies(this.topic, [`${this.#options.journal}/`])
    const entries = bodies.flatMap(({ body }) => (body === undefined ? [] : [parse(body.toString('utf8'))]))
    return entries.sort((a, b) => a.epoch - b.epoch)
  }

  async close(): Promise<void> {
    await this.#producer.disconnect().catch(() => undefined)
    await this.#admin.disconnect().catch(() => undefined)
  }

  async #recordsOf(bodies: readonly Body[], marker: Marker | undefined): Promise<OutputRecord[]> {
    const { topicPrefix } = this.topic
    this.#encoders ??= {
      piece: await this.#schemas.encoder<ArtefactPiece>(`${topicPrefix}access.artefacts`, artefactPieceSchema),
      marker: await this.#schemas.encoder<Marker>(`${topicPrefix}access.events`, markerSchema),
    }
    const { piece, marker: encodeMarker } = this.#encoders
    const records = bodies.flatMap(({ kind, hash, bytes }) => bodyRecords(kind, hash, bytes, piece))
    if (marker === undefined) return records
    const value = encodeMarker(marker)
    const topic = `${topicPrefix}access.events`
    const { topics } = await this.#admin.fetchTopicMetadata({ topics: [topic] })
    for (const [partition] of topics[0]!.partitions.entries())
      records.push({ topic: 'access.events', key: null, value, partition })
    return records
  }

  /** Resolves once what was sent can be read, too: a broker answers a commit before it has written its end everywhere. */
  async #transact(sends: readonly Send[]): Promise<void> {
    const transaction = await this.#producer.transaction()
    let last = -1
    try {
      for (const send of sends)
        for (const { topicName, baseOffset } of await transaction.sendBatch({ acks: -1, ...send }))
          if (topicName === `${this.topic.topicPrefix}access.artefacts`) last = Math.max(last, Number(baseOffset))
      await transaction.commit()
    } catch (error) {
      if (transaction.isActive()) await transaction.abort().catch(() => undefined)
      throw error
    }
    await this.#readable(last)
  }

  async #readable(offset: number): Promise<void> {
    for (let waitedMs = 0; ; waitedMs += readableWaitMs) {
      const [bounds] = await this.#admin.fetchTopicOffsets(`${this.topic.topicPrefix}access.artefacts`)
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

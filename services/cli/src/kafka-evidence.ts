import type { CensusTable, ScoringModel } from '@ostiary/models'
import { addExhibit, type Config, type Logger } from '@ostiary/runtime'
import { ArtefactStore, connect, readTopic, SchemaClient, type TopicName, toOstiaryError } from '@ostiary/runtime/kafka'
import { type Alert, type Exhibit, OstiaryError } from '@ostiary/schemas'
import type { Admin, Kafka } from 'kafkajs'

/** An alert of the topics with its exhibits. */
export interface KafkaEvidence {
  readonly alert: Alert | undefined
  readonly exhibits: readonly Exhibit[]
}

/** Reads alerts, exhibits and census tables from their topics, as an analyst who subscribes to them. */
export class KafkaReader {
  readonly #config: Config
  readonly #kafka: Kafka
  readonly #admin: Admin
  readonly #schemas: SchemaClient
  readonly #groupId: string

  /** @param principal who reads: its groups may begin with its name only */
  constructor(config: Config, log: Logger, principal: 'analyst' | 'reviewer' = 'analyst') {
    this.#config = config
    this.#kafka = connect(config, process.env, log, `ostiary-${principal}`)
    this.#admin = this.#kafka.admin()
    this.#schemas = new SchemaClient(config, process.env)
    this.#groupId = `${config.topicPrefix}ostiary-${principal}`
  }

  async connect(): Promise<void> {
    await this.#attempt(`reach ${this.#config.brokers}`, () => this.#admin.connect())
  }

  async close(): Promise<void> {
    await this.#admin.disconnect()
  }

  /** The alert whose id begins so, at a revision or the last one, and the exhibits of its finding; see `alertOf`. */
  async evidenceOf(id: string, revision: number | undefined): Promise<KafkaEvidence> {
    const alert = await this.alertOf(id, revision)
    const exhibits: Exhibit[] = []
    await this.#each('access.exhibits', (value) => {
      const one = value as Exhibit
      if (one.finding_uid.startsWith(id)) addExhibit(exhibits, one, id)
    })
    return { alert, exhibits }
  }

  /**
   * The alert whose id begins so, at a revision or the last one.
   *
   * @throws OstiaryError `alert.unknown` where the beginning is of several
   */
  async alertOf(id: string, revision: number | undefined): Promise<Alert | undefined> {
    let alert: Alert | undefined
    await this.#each('access.alerts', (value) => {
      const one = value as Alert
      if (!one.finding_uid.startsWith(id) || (revision ?? one.revision) !== one.revision) return
      if (alert !== undefined && alert.finding_uid !== one.finding_uid)
        throw new OstiaryError(
          'alert.unknown',
          `Cannot tell which alert "${id}" is: several begin so. Give more of the id`,
        )
      if (alert === undefined || one.revision > alert.revision) alert = one
    })
    return alert
  }

  /** Census tables by hash, as the detector finds them. */
  censusOf(models: readonly ScoringModel[]): (hash: string) => Promise<CensusTable> {
    const store = this.#storeOf(models)
    return async (hash) => store.get(hash) ?? store.load(hash)
  }

  /** A model that was promoted, by its id. */
  modelOf(id: string): Promise<ScoringModel> {
    return this.#storeOf([]).loadModel(id)
  }

  #storeOf(known: readonly ScoringModel[]): ArtefactStore {
    return new ArtefactStore({
      kafka: this.#kafka,
      admin: this.#admin,
      schemas: this.#schemas,
      topicPrefix: this.#config.topicPrefix,
      groupId: this.#groupId,
      known,
    })
  }

  async #each(name: TopicName, take: (value: unknown) => void): Promise<void> {
    const decoder = this.#schemas.decoder(name)
    const topic = `${this.#config.topicPrefix}${name}`
    await this.#attempt(`read ${topic} from ${this.#config.brokers}`, () =>
      readTopic({
        kafka: this.#kafka,
        groupId: this.#groupId,
        topic,
        from: 'beginning',
        follow: false,
        onBatch: async (messages) => {
          for (const { value } of messages) {
            await decoder.prepare(value)
            take(decoder.decode(value).value)
          }
        },
      }),
    )
  }

  async #attempt(action: string, run: () => Promise<void>): Promise<void> {
    try {
      await run()
    } catch (error) {
      if (error instanceof OstiaryError) throw error
      throw toOstiaryError(action, error)
    }
  }
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCensus } from '@ostiary/census'
import { runDesk } from '@ostiary/desk'
import { runDetector } from '@ostiary/detector'
import { runEnricher } from '@ostiary/enricher'
import { type Config, createLogger, loadOrCreateKey, resolveConfig } from '@ostiary/runtime'
import {
  connect,
  createServiceMetrics,
  type Decoded,
  readPartition,
  SchemaClient,
  type ServiceContext,
  ServiceHealth,
  startTracing,
  type TopicName,
  topicNames,
  topics,
} from '@ostiary/runtime/kafka'
import type { Admin, Kafka, KafkaMessage, Producer } from 'kafkajs'
import { freshPrefix, kafkaForTests } from './harness.ts'

export const testVersion = '0.1.0'

type Runnable = 'enricher' | 'detector' | 'desk' | 'census'

/** A service that runs in this process. */
export interface RunningService {
  readonly context: ServiceContext
  /** Ends it in order and waits for it. */
  stop(): Promise<void>
}

/** A record read back, with its value as it lies in the log. */
export interface ReadRecord {
  readonly partition: number
  readonly offset: number
  readonly key: string | null
  readonly headers: KafkaMessage['headers']
  readonly value: Buffer | null
}

/** Topics of their own on the broker of the run, and services on them. */
export class Stack {
  readonly config: Config
  readonly kafka: Kafka
  readonly admin: Admin
  readonly producer: Producer
  readonly schemas: SchemaClient
  readonly keyFile: string
  readonly #folder: string
  readonly #running: Set<RunningService> = new Set()
  /** Lines that the services logged, as they would write them. */
  readonly log: string[] = []

  private constructor(config: Config, folder: string) {
    this.config = config
    this.#folder = folder
    this.keyFile = join(folder, 'key')
    loadOrCreateKey(this.keyFile)
    this.kafka = connect(config, {}, this.#logger('test'), 'test')
    this.admin = this.kafka.admin()
    this.producer = this.kafka.producer({ idempotent: true })
    this.schemas = new SchemaClient(config, {})
  }

  static async make(partitions: number, flags: Readonly<Record<string, unknown>> = {}): Promise<Stack> {
    const { brokers, registryUrl } = await kafkaForTests()
    const config = resolveConfig({ flags: { brokers, registryUrl, topicPrefix: freshPrefix(), ...flags } })
    const stack = new Stack(config, mkdtempSync(join(tmpdir(), 'ostiary-stack-')))
    await stack.admin.connect()
    await stack.producer.connect()
    await stack.admin.createTopics({
      waitForLeaders: true,
      topics: topicNames.map((name) => ({
        topic: config.topicPrefix + name,
        numPartitions: typeof topics[name].partitions === 'number' ? topics[name].partitions : partitions,
        replicationFactor: 1,
        configEntries: [{ name: 'cleanup.policy', value: topics[name].cleanup }],
      })),
    })
    return stack
  }

  #logger(service: string): ReturnType<typeof createLogger> {
    const to = { write: (line: string) => void this.log.push(line) }
    return createLogger({ level: 'info', service, version: testVersion, to })
  }

  start(name: Runnable): RunningService {
    const log = this.#logger(name)
    const health = new ServiceHealth(log)
    const abort = new AbortController()
    const context: ServiceContext = {
      config: this.config,
      env: {},
      log,
      version: testVersion,
      signal: abort.signal,
      health,
      metrics: createServiceMetrics(health, name),
    }
    const ended = this.#runTraced(name, context)
    // Told by whoever stops it; until then nobody listens.
    ended.catch(() => undefined)
    const running: RunningService = {
      context,
      stop: async () => {
        this.#running.delete(running)
        abort.abort()
        await ended
      },
    }
    this.#running.add(running)
    return running
  }

  async #runTraced(name: Runnable, context: ServiceContext): Promise<void> {
    const { log, metrics, version, env } = context
    const { tracesEndpoint: endpoint, tracesRatio: ratio } = this.config
    const tracing = await startTracing({ endpoint, ratio, service: `ostiary-${name}`, version, env, log, metrics })
    try {
      await this.#run(name, { ...context, tracing })
    } finally {
      await tracing?.close()
    }
  }

  #run(name: Runnable, context: ServiceContext): Promise<void> {
    if (name === 'enricher') return runEnricher(context, { keyFile: this.keyFile })
    return { detector: runDetector, desk: runDesk, census: runCensus }[name](context)
  }

  async send(values: readonly (Buffer | string)[], keyOf?: (value: Buffer | string) => string): Promise<void> {
    for (let at = 0; at < values.length; at += 500) {
      const messages = values.slice(at, at + 500).map((value) => ({ key: keyOf?.(value) ?? null, value }))
      await this.producer.send({ topic: `${this.config.topicPrefix}access.raw`, messages })
    }
  }

  /** Everything committed in a topic, partition by partition. */
  async read(name: TopicName): Promise<ReadRecord[]> {
    const topic = this.config.topicPrefix + name
    const records: ReadRecord[] = []
    for (const { partition, low, high } of await this.admin.fetchTopicOffsets(topic))
      await readPartition({
        kafka: this.kafka,
        groupId: `${this.config.topicPrefix}test`,
        topic,
        partition,
        fromOffset: Number(low),
        toOffset: Number(high),
        onBatch: async (messages) => {
          for (const { offset, key, headers, value } of messages)
            records.push({ partition, offset: Number(offset), key: key?.toString() ?? null, headers, value })
        },
      })
    return records.sort((a, b) => a.partition - b.partition || a.offset - b.offset)
  }

  /** The same, decoded. */
  async readDecoded(name: TopicName): Promise<Decoded[]> {
    const decoder = this.schemas.decoder(name)
    const decoded: Decoded[] = []
    for (const { value } of await this.read(name)) {
      await decoder.prepare(value)
      decoded.push(decoder.decode(value))
    }
    return decoded
  }

  /** Resolves once each of the services has committed everything that lies in its topic. */
  async drained(...services: Runnable[]): Promise<void> {
    const inputs = {
      enricher: 'access.raw',
      detector: 'access.events',
      desk: 'access.findings',
      census: 'access.census',
    }
    for (const service of services)
      while (!(await this.#isDrained(service, this.config.topicPrefix + inputs[service]).catch(notYet)))
        await new Promise((resolve) => setTimeout(resolve, 200))
  }

  async #isDrained(service: Runnable, topic: string): Promise<boolean> {
    const groupId = `${this.config.topicPrefix}ostiary-${service}`
    const fetched = await this.admin.fetchOffsets({ groupId, topics: [topic] })
    for (const { partition, low, high } of await this.admin.fetchTopicOffsets(topic)) {
      const committed = Number(fetched[0]?.partitions.find((one) => one.partition === partition)?.offset ?? -1)
      let left = 0
      await readPartition({
        kafka: this.kafka,
        groupId: `${this.config.topicPrefix}test`,
        topic,
        partition,
        fromOffset: Math.max(committed, Number(low)),
        toOffset: Number(high),
        onBatch: async (messages) => {
          left += messages.length
        },
      })
      if (left > 0) return false
    }
    return true
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.#running].map((running) => running.stop()))
    await this.producer.disconnect()
    await this.admin.deleteTopics({ topics: topicNames.map((name) => this.config.topicPrefix + name) })
    await this.admin.disconnect()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

/** A broker that has just begun loads what it knows of groups. */
function notYet(error: unknown): boolean {
  if ((error as { retriable?: boolean }).retriable === true) return false
  throw error
}

import { type StateManifest, stateManifestSchema } from '@ostiary/schemas'
import type { EachBatchPayload, Kafka, KafkaMessage } from 'kafkajs'
import { sampledContext, traceHeader } from '../tracing/trace-header.ts'
import { connect } from './connection.ts'
import { LagWatch } from './lag-watch.ts'
import { partitionsOf } from './partitions-of.ts'
import { waited } from './run-persistently.ts'
import type { SchemaClient } from './schema-client.ts'
import type { ServiceContext } from './service.ts'
import type { InputRecord, Stage } from './stage.ts'
import { tellStanding } from './stage-standing.ts'
import { type StageSetting, StageTask } from './stage-task.ts'
import { isFenced } from './transactions.ts'

/** Waits between attempts of a partition that cannot go on, doubled up to the last. */
const firstWaitMs = 250
const lastWaitMs = 15_000
/** Bytes that a fetch brings of one partition. */
const fetchBytesMax = 1024 * 1024
/** How long a fetch waits for something to come. */
const fetchWaitMs = 250
/** Partitions whose batches are worked on at a time. */
const concurrencyMax = 16

/**
 * Runs a stage: takes part in its consumer group, and gives each partition that falls to it an owner. A partition that
 * cannot go on is paused, and tried again after a wait, while the others and the heartbeats go on.
 */
export class StageRunner {
  readonly #context: ServiceContext
  readonly #stage: Stage
  readonly #setting: StageSetting
  readonly #kafka: Kafka
  readonly #tasks: Map<number, StageTask> = new Map()
  /** One thing at a time for each partition: kafkajs may still hand over a batch of an earlier assignment. */
  readonly #turns: Map<number, Promise<void>> = new Map()
  readonly #waits: Map<number, NodeJS.Timeout> = new Map()
  readonly #failures: Map<number, number> = new Map()
  /** Partitions whose next record needs a body that is not there. */
  readonly #waitingFor: Set<number> = new Set()
  #assigned: ReadonlySet<number> = new Set()

  static async run(context: ServiceContext, stage: Stage, schemas: SchemaClient): Promise<void> {
    const { config, log } = context
    // A consumer would ask for a topic that is missing again and again, and not say so.
    await partitionsOf(context, stage.input)
    const kafka = connect(config, context.env, log, `ostiary-${stage.service}`)
    const admin = kafka.admin()
    await admin.connect()
    const encodeManifest = await schemas.encoder<StateManifest>(
      config.topicPrefix + stage.changelog,
      stateManifestSchema,
    )
    const decoder = schemas.decoder(stage.changelog)
    const runner = new StageRunner(context, stage, kafka, {
      kafka,
      admin,
      stage,
      groupId: `${config.topicPrefix}ostiary-${stage.service}`,
      topicPrefix: config.topicPrefix,
      origin: { tenant_uid: config.tenant, config_sha256: config.hash, code_version: context.version },
      encodeManifest,
      decodeManifest: (value) => decoder.decode(value).value as StateManifest,
      snapshotMs: config.snapshotMs,
      snapshotRecordsMax: config.snapshotRecordsMax,
      log,
      metrics: context.metrics,
      tracing: context.tracing,
    })
    try {
      await runner.#run()
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  }

  private constructor(context: ServiceContext, stage: Stage, kafka: Kafka, setting: StageSetting) {
    this.#context = context
    this.#stage = stage
    this.#kafka = kafka
    this.#setting = setting
  }

  get #heartbeatMs(): number {
    return Math.max(1000, Math.floor(this.#context.config.sessionMs / 10))
  }

  async #run(): Promise<void> {
    const { signal, log, health } = this.#context
    const endTelling = health.beforeScrape(() => this.#tellStanding())
    signal.addEventListener('abort', endTelling, { once: true })
    let failures = 0
    while (!signal.aborted) {
      const startedMs = Date.now()
      try {
        await this.#consume()
      } catch (error) {
        if (signal.aborted) break
        if ((error as { retriable?: boolean }).retriable === false && isHopeless(error)) throw error
        if (Date.now() - startedMs > lastWaitMs) failures = 0
        failures += 1
        this.#context.metrics.retries.labels('connect').inc()
        log.error({ err: error, failures }, 'the consumer ended; beginning again')
        health.setReady('consumer', false, 'it ended and is begun again')
        await waited(waitMs(failures), signal)
      }
    }
  }

  /** One life of a consumer, from joining the group to the signal or a crash. */
  async #consume(): Promise<void> {
    const { config, signal, health, metrics, log, tracing } = this.#context
    const consumer = this.#kafka.consumer({
      groupId: this.#setting.groupId,
      sessionTimeout: config.sessionMs,
      rebalanceTimeout: Math.max(60_000, config.sessionMs * 2),
      heartbeatInterval: this.#heartbeatMs,
      maxBytesPerPartition: fetchBytesMax,
      maxWaitTimeInMs: fetchWaitMs,
      allowAutoTopicCreation: false,
      retry: { retries: 8, restartOnFailure: async () => false },
    })
    const lag = new LagWatch(consumer, {
      admin: this.#setting.admin,
      topic: this.#setting.topicPrefix + this.#stage.input,
      groupId: this.#setting.groupId,
      log,
      positions: () => this.#tasks,
    })
    const endTelling = health.beforeScrape(() => lag.tell(metrics))
    consumer.on('consumer.group_join', ({ payload }) => {
      metrics.rebalances.inc()
      const topic = this.#setting.topicPrefix + this.#stage.input
      const partitions = payload.memberAssignment[topic] ?? []
      tracing?.rebalanced(this.#setting.groupId, topic, partitions.length, payload.duration)
      log.info({ partitions }, 'partitions given out')
      health.setReady('consumer', true)
      lag.assign(new Set(partitions))
      void this.#assign(new Set(partitions))
    })
    const crashed = new Promise<never>((_, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
    })
    const stopped = new Promise<void>((resolve) => {
      if (signal.aborted) resolve()
      else signal.addEventListener('abort', () => resolve(), { once: true })
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topic: this.#setting.topicPrefix + this.#stage.input, fromBeginning: true })
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: concurrencyMax,
        eachBatch: (payload) => this.#inTurn(payload.batch.partition, () => this.#eachBatch(payload, lag)),
      })
      await Promise.race([crashed, stopped])
      // Before leaving the group, while the partitions are still ours: whoever takes them need not replay.
      await this.#letGo({ snapshot: true })
    } finally {
      lag.stop()
      endTelling()
      await this.#letGo({ snapshot: false })
      await consumer.disconnect().catch(() => undefined)
    }
  }

  async #eachBatch(payload: EachBatchPayload, lag: LagWatch): Promise<void> {
    const { batch, heartbeat, resolveOffset, isRunning, isStale } = payload
    const { partition } = batch
    const { transactionEventsMax } = this.#context.config
    const isTraced = this.#context.tracing !== undefined
    const records = batch.messages.map((message) => recordOf(message, partition, isTraced))
    try {
      for (let at = 0; at < records.length; ) {
        await heartbeat()
        if (!isRunning() || isStale() || !this.#assigned.has(partition) || this.#context.signal.aborted) return
        const task = await this.#taskOf(partition, heartbeat)
        const part = records.slice(at, at + transactionEventsMax)
        const done = await task.process(part)
        at += done
        resolveOffset(batch.messages[at - 1]!.offset)
        this.#failures.delete(partition)
        this.#waitingFor.delete(partition)
      }
      lag.done(batch)
    } catch (error) {
      if (isMembershipLost(error)) throw error
      await this.#fail(partition, error, payload)
    }
  }

  async #taskOf(partition: number, heartbeat: () => Promise<void>): Promise<StageTask> {
    const held = this.#tasks.get(partition)
    if (held !== undefined) return held
    const task = await StageTask.open(this.#setting, partition, heartbeat)
    if (!this.#assigned.has(partition)) {
      await task.close({ snapshot: false }).catch(() => undefined)
      throw new Error('the partition was given to somebody else meanwhile')
    }
    this.#tasks.set(partition, task)
    return task
  }

  /** Throws away what is in memory, pauses the partition, and lets it go on after a wait. */
  async #fail(partition: number, error: unknown, { pause, heartbeat }: EachBatchPayload): Promise<void> {
    const { log, metrics, health } = this.#context
    const waits = (error as { code?: string }).code === 'artefact.missing'
    const failures = (this.#failures.get(partition) ?? 0) + 1
    this.#failures.set(partition, failures)
    const fenced = isFenced(error)
    // Long enough for a heartbeat to be due, which tells a zombie that it is no member any more.
    const inMs = fenced ? this.#heartbeatMs + lastWaitMs / 10 : waits ? firstWaitMs : waitMs(failures)
    log[waits || fenced ? 'warn' : 'error'](
      { partition, err: error, failures, inMs, fenced },
      waits
        ? 'waiting for a body'
        : fenced
          ? 'refused: another instance owns this partition'
          : 'cannot go on; trying again',
    )
    metrics.retries.labels(waits ? 'artefact' : 'transaction').inc()
    if (waits) this.#waitingFor.add(partition)
    else await this.#discard(partition)
    health.setReady(`partition ${partition}`, false, error instanceof Error ? error.message : String(error))
    const topic = this.#setting.topicPrefix + this.#stage.input
    const resume = pause()
    clearTimeout(this.#waits.get(partition))
    const timer = setTimeout(() => {
      this.#waits.delete(partition)
      health.setReady(`partition ${partition}`, true)
      try {
        resume()
      } catch (failed) {
        // The consumer has ended meanwhile: the next one begins with nothing paused.
        log.debug({ err: failed, topic, partition }, 'nothing to resume')
      }
    }, inMs)
    this.#waits.set(partition, timer)
    // A zombie learns here that it is no member any more, before it takes the partition back from its new owner.
    await heartbeat()
  }

  async #assign(partitions: ReadonlySet<number>): Promise<void> {
    this.#assigned = partitions
    for (const partition of [...this.#tasks.keys()])
      if (!partitions.has(partition)) await this.#inTurn(partition, () => this.#discard(partition))
    for (const partition of [...this.#waitingFor]) if (!partitions.has(partition)) this.#waitingFor.delete(partition)
  }

  async #discard(partition: number): Promise<void> {
    const task = this.#tasks.get(partition)
    this.#tasks.delete(partition)
    await task?.close({ snapshot: false }).catch(() => undefined)
  }

  async #letGo({ snapshot }: { readonly snapshot: boolean }): Promise<void> {
    for (const timer of this.#waits.values()) clearTimeout(timer)
    this.#waits.clear()
    for (const [partition, task] of [...this.#tasks])
      await this.#inTurn(partition, async () => {
        this.#tasks.delete(partition)
        await task.close({ snapshot }).catch((error: unknown) => {
          this.#context.metrics.snapshots.labels('failed').inc()
          this.#context.log.warn({ partition, err: error }, 'could not save the state on leaving; it will be replayed')
        })
      })
  }

  #inTurn(partition: number, action: () => Promise<void>): Promise<void> {
    const before = this.#turns.get(partition) ?? Promise.resolve()
    const turn = before.then(action, action)
    this.#turns.set(
      partition,
      turn.catch(() => undefined),
    )
    return turn
  }

  #tellStanding(): void {
    const { metrics } = this.#context
    metrics.partitions.set(this.#assigned.size)
    metrics.pausedPartitions.set(this.#waits.size)
    metrics.waitingForArtefact.set(this.#waitingFor.size)
    tellStanding(metrics, [...this.#tasks.values()], Date.now())
  }
}

function recordOf(
  { offset, timestamp, value, headers }: KafkaMessage,
  partition: number,
  isTraced: boolean,
): InputRecord {
  const record = { partition, offset: Number(offset), timeMs: Number(timestamp), value }
  const trace = isTraced ? sampledContext(headers?.[traceHeader]) : undefined
  return trace === undefined ? record : { ...record, trace }
}

/** Errors that kafkajs has to see, to join the group again. */
function isMembershipLost(error: unknown): boolean {
  const type = (error as { type?: string }).type
  return (
    type === 'REBALANCE_IN_PROGRESS' ||
    type === 'UNKNOWN_MEMBER_ID' ||
    type === 'ILLEGAL_GENERATION' ||
    type === 'NOT_COORDINATOR_FOR_GROUP' ||
    type === 'FENCED_INSTANCE_ID'
  )
}

/** Errors that waiting does not mend. */
function isHopeless(error: unknown): boolean {
  const { name, type } = error as { name?: string; type?: string }
  return (
    name === 'KafkaJSSASLAuthenticationError' ||
    type === 'TOPIC_AUTHORIZATION_FAILED' ||
    type === 'GROUP_AUTHORIZATION_FAILED' ||
    type === 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'
  )
}

function waitMs(failures: number): number {
  return Math.min(lastWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 10))
}

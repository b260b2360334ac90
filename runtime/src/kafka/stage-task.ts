import type { StateManifest } from '@ostiary/schemas'
import type { Admin, Kafka, Producer } from 'kafkajs'
import { errorPlace } from '../log/error-place.ts'
import type { Logger } from '../log/logger.ts'
import type { ServiceMetrics } from '../service/service-metrics.ts'
import type { TracedBatch } from '../tracing/traced-batch.ts'
import type { Tracing } from '../tracing/tracing.ts'
import { ChangelogReader, type RecoveredState } from './changelog-reader.ts'
import { ChangelogWriter, type ManifestOrigin, positionKey } from './changelog-writer.ts'
import { toOstiaryError } from './kafka-errors.ts'
import { sendsOf } from './sends.ts'
import type { InputRecord, PartitionWorker, Stage, WorkerStanding } from './stage.ts'
import { tellCommitted } from './stage-tally.ts'
import { CollectedOutputs, stepOrBury, suppressedOutputs } from './step-outputs.ts'
import { readPartition } from './topic-reader.ts'
import { fenceOthers, isFenced, whilePreviousEnds } from './transactions.ts'

/** How long a broker keeps a transaction of an owner that is gone. */
const transactionTimeoutMs = 60_000
/** Records replayed between two signs of life to the group. */
const replayStepRecords = 500

/** What all partitions of a stage share. */
export interface StageSetting {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly stage: Stage
  readonly groupId: string
  readonly topicPrefix: string
  readonly origin: Pick<ManifestOrigin, 'tenant_uid' | 'config_sha256' | 'code_version'>
  readonly encodeManifest: (manifest: StateManifest) => Buffer
  readonly decodeManifest: (value: Buffer) => StateManifest
  readonly snapshotMs: number
  readonly snapshotRecordsMax: number
  readonly log: Logger
  readonly metrics: ServiceMetrics
  readonly tracing?: Tracing | undefined
}

/** What a task can say of itself at any moment. */
export interface TaskStanding {
  readonly worker: WorkerStanding
  readonly stateEntries: number
  readonly stateBytes: number
  /** Of the newest snapshot. */
  readonly snapshotBytes: number
  /** How long the oldest change has waited for a snapshot. */
  readonly unsavedMs: number
}

/** A sign of life to the group; rejects when the partition may have been given to somebody else. */
export type Heartbeat = () => Promise<void>

/**
 * The owner of one input partition: its producer, its worker, and what both know to be committed. Whatever fails, the
 * task is thrown away and opened anew, so that memory never differs from what is committed.
 */
export class StageTask {
  readonly #setting: StageSetting
  readonly #partition: number
  readonly #producer: Producer
  readonly #worker: PartitionWorker
  readonly #changelog: ChangelogWriter
  #next: number
  #newestMs = 0

  private constructor(
    setting: StageSetting,
    partition: number,
    producer: Producer,
    worker: PartitionWorker,
    changelog: ChangelogWriter,
    next: number,
  ) {
    this.#setting = setting
    this.#partition = partition
    this.#producer = producer
    this.#worker = worker
    this.#changelog = changelog
    this.#next = next
  }

  /**
   * Takes a partition over: initialises its transactional id, which fences whoever had it and ends their transaction; only
   * then reads what is committed, loads the last whole snapshot, and replays the records since with outputs suppressed.
   */
  static open(setting: StageSetting, partition: number, heartbeat: Heartbeat): Promise<StageTask> {
    const { tracing } = setting
    if (tracing === undefined) return StageTask.#open(setting, partition, heartbeat)
    return tracing.around('recovery', placeOf(setting, partition), async (add) => {
      const task = await StageTask.#open(setting, partition, heartbeat)
      add({ 'messaging.kafka.offset': task.next })
      return task
    })
  }

  static async #open(setting: StageSetting, partition: number, heartbeat: Heartbeat): Promise<StageTask> {
    const { kafka, stage, topicPrefix, log, metrics } = setting
    const startedMs = Date.now()
    const producer = kafka.producer({
      transactionalId: `${topicPrefix}${stage.service}-${stage.input}-${partition}`,
      idempotent: true,
      maxInFlightRequests: 1,
      transactionTimeout: transactionTimeoutMs,
      allowAutoTopicCreation: false,
    })
    try {
      await producer.connect()
      const fence = await fenceOthers(producer, topicPrefix + stage.changelog, partition)
      const told = await committedOffset(setting, partition)
      const { worker, recovered, from } = await recover(setting, partition, fence, told, heartbeat)
      const { committed } = recovered
      if (committed > told)
        log.warn({ partition, told, committed }, "the group's offset lags behind the log; passing over")
      const replayed = await replay(setting, partition, worker, from, committed, heartbeat)
      const options = {
        topic: stage.changelog,
        store: worker.entries,
        origin: originOf(setting, partition, worker),
        encodeManifest: setting.encodeManifest,
        snapshotMs: setting.snapshotMs,
        snapshotRecordsMax: setting.snapshotRecordsMax,
      }
      const changelog = new ChangelogWriter(options, recovered, Date.now())
      changelog.processed(replayed, committed, Date.now())
      const recoveryMs = Date.now() - startedMs
      metrics.recoveries.labels(recovered.manifest === undefined ? 'empty' : 'restored').inc()
      metrics.recoverySeconds.observe(recoveryMs / 1000)
      const entries = recovered.entries.size
      log.info({ partition, committed, entries, from, replayed, recoveryMs }, 'took over a partition')
      return new StageTask(setting, partition, producer, worker, changelog, committed)
    } catch (error) {
      metrics.recoveries.labels('failed').inc()
      await producer.disconnect().catch(() => undefined)
      throw error
    }
  }

  /** The first offset that is not committed. */
  get next(): number {
    return this.#next
  }

  /** Append of the record processed last, ms since the Unix epoch; 0 before the first. */
  get newestMs(): number {
    return this.#newestMs
  }

  standing(nowMs: number): TaskStanding {
    const { stateEntries, stateBytes, written } = this.#changelog
    const worker = this.#worker.standing?.() ?? {}
    const unsavedMs = this.#changelog.unsavedMs(nowMs)
    return { worker, stateEntries, stateBytes, snapshotBytes: written?.bytes ?? 0, unsavedMs }
  }

  /**
   * Processes records in one transaction: outputs, a portion of the snapshot under way, and the offset behind the last of
   * them. Records before `next` are passed over. Processes fewer where one cannot be prepared, and rejects with the
   * reason where that is the first.
   *
   * @returns how many of the records are done with
   */
  async process(records: readonly InputRecord[]): Promise<number> {
    const first = records.findIndex((record) => record.offset >= this.#next)
    if (first < 0) return records.length
    const prepared = await this.#prepare(records, first)
    const due = records.slice(first, prepared)
    const { groupId, stage, topicPrefix, tracing } = this.#setting
    const source = { topic: topicPrefix + stage.input, group: groupId, operation: 'transaction' as const }
    const batch = tracing?.batch(source, due)
    if (batch === undefined) await this.#transact(due)
    else await batch.finish(() => this.#transact(due, batch))
    return prepared
  }

  async #transact(due: readonly InputRecord[], batch?: TracedBatch): Promise<void> {
    const { stage, metrics } = this.#setting
    const outputs = new CollectedOutputs()
    const step = (record: InputRecord): void =>
      stepOrBury(this.#worker, stage.bury, record, outputs, (error) => this.#tellDefect(error, record))
    const begun = performance.now()
    for (const record of due)
      if (batch === undefined || record.trace === undefined) step(record)
      else {
        batch.step(record, outputs, () => step(record))
        batch.describe(record, this.#worker.spanAttributesOf?.(record))
      }
    const stepMs = performance.now() - begun
    const last = due[due.length - 1]!
    await this.#commit(outputs, last.offset + 1)
    this.#newestMs = last.timeMs
    this.#changelog.processed(due.length, this.#next, Date.now())
    metrics.processingSeconds.observe(stepMs / 1000)
    tellCommitted(metrics, stage, this.#worker, due, outputs)
  }

  /** Writes the state as it is, where it has changed, and lets go of the partition. */
  async close(options: { readonly snapshot: boolean }): Promise<void> {
    try {
      if (options.snapshot) await this.#saveAll()
    } finally {
      await this.#producer.disconnect()
    }
  }

  async #prepare(records: readonly InputRecord[], first: number): Promise<number> {
    for (let index = first; index < records.length; index++) {
      try {
        const preparing = this.#worker.prepare(records[index]!)
        if (preparing !== undefined) await preparing
      } catch (error) {
        if (index === first) throw error
        return index
      }
    }
    return records.length
  }

  async #saveAll(): Promise<void> {
    // What is under way is closed first: its manifest speaks of an earlier moment.
    while (this.#changelog.isUnderWay) await this.#commit(new CollectedOutputs(), this.#next)
    if (this.#changelog.recordsSince === 0) return
    this.#changelog.begin(this.#next, Date.now())
    while (this.#changelog.isUnderWay) await this.#commit(new CollectedOutputs(), this.#next)
  }

  async #commit(outputs: CollectedOutputs, next: number): Promise<void> {
    const { groupId, topicPrefix, stage, metrics, tracing } = this.#setting
    const begunMs = Date.now()
    const wasUnderWay = this.#changelog.isUnderWay
    const portion = this.#changelog.takePortion(this.#partition)
    const transaction = await this.#producer.transaction()
    try {
      const position = {
        topic: stage.changelog,
        partition: this.#partition,
        key: positionKey,
        value: Buffer.from(String(next)),
      }
      for (const send of sendsOf([...outputs.records, position, ...portion], topicPrefix))
        await transaction.sendBatch({ acks: -1, ...send })
      const partitions = [{ partition: this.#partition, offset: String(next) }]
      const topics = [{ topic: topicPrefix + stage.input, partitions }]
      await whilePreviousEnds(() => transaction.sendOffsets({ consumerGroupId: groupId, topics }))
      await transaction.commit()
    } catch (error) {
      metrics.transactions.labels(isFenced(error) ? 'fenced' : 'aborted').inc()
      if (transaction.isActive()) await transaction.abort().catch(() => undefined)
      throw error
    }
    this.#next = next
    metrics.transactions.labels('committed').inc()
    metrics.transactionSeconds.observe((Date.now() - begunMs) / 1000)
    metrics.changelogEntries.inc(portion.length)
    if (wasUnderWay && !this.#changelog.isUnderWay) {
      metrics.snapshots.labels('written').inc()
      const { beganMs, bytes } = this.#changelog.written!
      metrics.snapshotSeconds.observe((Date.now() - beganMs) / 1000)
      const place = placeOf(this.#setting, this.#partition)
      tracing?.tell('snapshot', beganMs, { ...place, 'ostiary.snapshot.bytes': bytes })
    }
  }

  /** By the place of the record, as its dead letter has it; what the error says is in there too. */
  #tellDefect(error: unknown, { partition, offset }: InputRecord): void {
    const { log, stage } = this.#setting
    const place = `${stage.input}/${partition}/${offset}`
    log.error({ place, ...errorPlace(error) }, 'a defect: the record went to the dead letters')
  }
}

/** A partition of the input, as spans name it. */
function placeOf({ topicPrefix, stage }: StageSetting, partition: number): Readonly<Record<string, string>> {
  return {
    'messaging.system': 'kafka',
    'messaging.destination.name': topicPrefix + stage.input,
    'messaging.destination.partition.id': String(partition),
  }
}

function originOf(setting: StageSetting, partition: number, worker: PartitionWorker): ManifestOrigin {
  const { stage, origin } = setting
  return { ...origin, service: stage.service, topic: stage.input, partition, layout: worker.entries.layout }
}

/** The committed offset, or where the partition begins when nothing was ever committed. */
async function committedOffset(setting: StageSetting, partition: number): Promise<number> {
  const { admin, groupId, topicPrefix, stage } = setting
  const topic = topicPrefix + stage.input
  const fetched = await admin.fetchOffsets({ groupId, topics: [topic] })
  const offset = Number(fetched[0]?.partitions.find((one) => one.partition === partition)?.offset ?? '-1')
  return Math.max(offset, await beginningOf(setting, topic, partition))
}

/** Where a partition begins: what lay before has been deleted. */
async function beginningOf({ admin }: StageSetting, topic: string, partition: number): Promise<number> {
  const offsets = (await admin.fetchTopicOffsets(topic)).find((one) => one.partition === partition)
  return Number(offsets?.low ?? '0')
}

interface Recovery {
  readonly worker: PartitionWorker
  readonly recovered: RecoveredState
  /** The first input offset that the worker does not know. */
  readonly from: number
}

async function recover(
  setting: StageSetting,
  partition: number,
  fence: number,
  committed: number,
  heartbeat: Heartbeat,
): Promise<Recovery> {
  const { stage, topicPrefix, metrics, log } = setting
  const worker = stage.createWorker(partition)
  const reader = new ChangelogReader(originOf(setting, partition, worker), committed, setting.decodeManifest)
  const topic = topicPrefix + stage.changelog
  await readPartition({
    kafka: setting.kafka,
    groupId: `${setting.groupId}-restore`,
    topic,
    partition,
    fromOffset: await beginningOf(setting, topic, partition),
    // Up to our own fence and no less: whoever was before us has everything they committed in front of it.
    toOffset: fence + 1,
    endsWithRecord: true,
    onBatch: async (messages) => {
      for (const message of messages) reader.take(message)
      await heartbeat()
    },
  })
  const recovered = reader.finish()
  for (const reason of recovered.passedOver) {
    metrics.snapshotsRejected.labels(reason).inc()
    log.warn({ partition, reason, taken: recovered.manifest?.epoch }, 'passed over a snapshot')
  }
  const beginning = await beginningOf(setting, topicPrefix + stage.input, partition)
  if (recovered.manifest === undefined) return { worker, recovered, from: beginning }
  try {
    await worker.restore(recovered.entries)
  } catch (error) {
    // A state may need a body that a broker has; one that is away says nothing of the state.
    if (toOstiaryError('restore a state', error).retriable) throw error
    metrics.snapshotsRejected.labels('damaged').inc()
    log.warn({ partition, err: error }, 'passed over a snapshot that cannot be read; learning anew from the log')
    const names = [...recovered.rewrite.keys(), ...recovered.entries.keys()]
    const rewrite = new Map(names.map((name) => [name, null] as const))
    const nothing = { ...recovered, manifest: undefined, entries: new Map(), rewrite }
    return { worker: stage.createWorker(partition), recovered: nothing, from: beginning }
  }
  const from = recovered.manifest.next_offset
  if (from < beginning)
    log.warn({ partition, from, beginning }, 'records between the snapshot and now have been deleted by retention')
  return { worker, recovered, from: Math.max(from, beginning) }
}

/** Steps through what was processed before, writing nothing. Returns how many records that were. */
async function replay(
  setting: StageSetting,
  partition: number,
  worker: PartitionWorker,
  from: number,
  committed: number,
  heartbeat: Heartbeat,
): Promise<number> {
  let replayed = 0
  await readPartition({
    kafka: setting.kafka,
    groupId: `${setting.groupId}-restore`,
    topic: setting.topicPrefix + setting.stage.input,
    partition,
    fromOffset: from,
    toOffset: committed,
    endsWithRecord: true,
    onBatch: async (messages) => {
      for (const { offset, timestamp, value } of messages) {
        const record: InputRecord = { partition, offset: Number(offset), timeMs: Number(timestamp), value }
        if (record.offset < from || record.offset >= committed) continue
        const preparing = worker.prepare(record)
        if (preparing !== undefined) await preparing
        stepOrBury(worker, setting.stage.bury, record, suppressedOutputs, () => undefined)
        replayed += 1
        if (replayed % replayStepRecords === 0) await heartbeat()
      }
      await heartbeat()
    },
  })
  return replayed
}

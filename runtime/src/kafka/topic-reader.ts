import { randomBytes } from 'node:crypto'
import { OstiaryError } from '@ostiary/schemas'
import type { Admin, Consumer, Kafka, KafkaMessage } from 'kafkajs'
import { onlyPartition } from './only-partition.ts'

/** How long a fetch waits for something to come. */
const fetchWaitMs = 100
const fetchBytesMax = 4 * 1024 * 1024
/** Answered fetches in a row that bring nothing, after which the end of the log is asked for. */
const idleFetchesMax = 3
/** Without progress for so long, a stretch that has an end is given up. */
const stalledMsMax = 60_000

export interface ReadPartitionOptions {
  readonly kafka: Kafka
  /** Prefix of the throwaway group that reads. */
  readonly groupId: string
  readonly topic: string
  readonly partition: number
  /** From this offset on ... */
  readonly fromOffset: number
  /** ... and before this one; `Infinity` to go on until the signal aborts. */
  readonly toOffset: number
  /**
   * A committed record lies just before the end: then nothing but its coming is the end. Else empty answers are believed in time,
   * also those of a broker that has just come back.
   */
  readonly endsWithRecord?: boolean
  /** Given the committed records, in order, each once; the next ones are read once it resolves. */
  readonly onBatch: (messages: readonly KafkaMessage[]) => Promise<void>
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads a stretch of one partition as read_committed, and resolves at its end, also where only control records or nothing at
 * all lie before it. kafkajs reads in groups only, so a group of one is made whose assignment is that partition.
 *
 * @throws OstiaryError `kafka.unavailable` where nothing comes for a minute although there is something, the signal's reason
 * where it aborts, what `onBatch` throws, and what kafkajs throws
 */
export async function readPartition(options: ReadPartitionOptions): Promise<void> {
  const { kafka, topic, partition, fromOffset, toOffset, signal } = options
  signal?.throwIfAborted()
  if (fromOffset >= toOffset) return
  const groupId = `${options.groupId}-${randomBytes(6).toString('hex')}`
  const consumer = kafka.consumer({
    groupId,
    partitionAssigners: [onlyPartition(topic, partition)],
    maxWaitTimeInMs: fetchWaitMs,
    maxBytesPerPartition: fetchBytesMax,
    allowAutoTopicCreation: false,
    // Begun again by itself after what can pass, as a coordinator that loads or a broker that is away.
    retry: { retries: 5 },
  })
  const admin = kafka.admin()
  try {
    await admin.connect()
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new PartitionReading(options, consumer, admin).done()
  } finally {
    await consumer.disconnect().catch(() => undefined)
    // An empty group goes by itself in time; not everybody may delete one.
    await admin.deleteGroups([groupId]).catch(() => undefined)
    await admin.disconnect().catch(() => undefined)
  }
}

/** One reading: where it is, and whether it is at its end. */
class PartitionReading {
  readonly #options: ReadPartitionOptions
  readonly #consumer: Consumer
  readonly #admin: Admin
  /** The first offset that has not been passed. */
  #next: number
  #ended = false
  #idleFetches = 0
  /** Whether the log was seen to reach the end of the stretch, so that what does not come is not there. */
  #isEndThere = false
  #isAskingForEnd = false
  #progressMs = Date.now()

  constructor(options: ReadPartitionOptions, consumer: Consumer, admin: Admin) {
    this.#options = options
    this.#consumer = consumer
    this.#admin = admin
    this.#next = options.fromOffset
  }

  async done(): Promise<void> {
    const { signal, toOffset, topic, partition } = this.#options
    let watch: NodeJS.Timeout | undefined
    let abort = (): void => undefined
    try {
      await new Promise<void>((resolve, reject) => {
        const end = (error?: unknown): void => {
          this.#ended = true
          if (error === undefined) resolve()
          else reject(error)
        }
        abort = () => end(signal?.reason)
        signal?.addEventListener('abort', abort, { once: true })
        watch = setInterval(() => {
          if (toOffset === Number.POSITIVE_INFINITY || Date.now() - this.#progressMs < stalledMsMax) return
          const stretch = `${topic}/${partition} from offset ${this.#next} to ${toOffset}`
          const what = `Cannot read ${stretch}: nothing came for ${stalledMsMax / 1000} s. See that the brokers are well`
          end(new OstiaryError('kafka.unavailable', what, { retriable: true }))
        }, 1000)
        this.#listen(end)
        this.#consumer
          .run({
            autoCommit: false,
            eachBatch: async ({ batch }) => {
              if (this.#ended) return
              // What the reader of the records throws is the caller's to handle, not the client's to try again.
              await this.#take(batch.messages).catch(end)
            },
          })
          .catch(end)
      })
    } finally {
      clearInterval(watch)
      signal?.removeEventListener('abort', abort)
    }
  }

  #listen(end: (error?: unknown) => void): void {
    const { topic, partition, toOffset, endsWithRecord = false } = this.#options
    // After every join, the first and those after a lost session: the client would begin at the beginning of the log.
    this.#consumer.on('consumer.group_join', () => {
      this.#idleFetches = 0
      this.#consumer.seek({ topic, partition, offset: String(this.#next) })
    })
    this.#consumer.on('consumer.crash', ({ payload }) => {
      if (!payload.restart) end(payload.error)
    })
    // Batches of control records only come by here, too.
    this.#consumer.on('consumer.end_batch_process', ({ payload }) => {
      this.#idleFetches = 0
      this.#passed(Number(payload.lastOffset))
      if (this.#next >= toOffset) end()
    })
    // The client tells of fetches that failed as of empty ones; of requests it tells when they were answered.
    this.#consumer.on('consumer.network.request', ({ payload }) => {
      if (payload.apiName !== 'Fetch') return
      this.#idleFetches += 1
      if (this.#idleFetches <= idleFetchesMax || toOffset === Number.POSITIVE_INFINITY || endsWithRecord) return
      if (!this.#isEndThere) void this.#askForEnd()
      // The answer that is told of here may bring something.
      else setTimeout(() => this.#idleFetches > idleFetchesMax && end(), fetchWaitMs)
    })
  }

  async #take(messages: readonly KafkaMessage[]): Promise<void> {
    this.#idleFetches = 0
    const due = messages.filter(({ offset }) => Number(offset) >= this.#next && Number(offset) < this.#options.toOffset)
    if (due.length === 0) return
    await this.#options.onBatch(due)
    this.#passed(Number(due[due.length - 1]!.offset))
    this.#idleFetches = 0
  }

  #passed(offset: number): void {
    if (offset < this.#next) return
    this.#next = offset + 1
    this.#progressMs = Date.now()
  }

  /** Finds out whether all of the stretch can be read by now; if so, further empty answers mean that nothing is left in it. */
  async #askForEnd(): Promise<void> {
    if (this.#isAskingForEnd) return
    this.#isAskingForEnd = true
    try {
      const { topic, partition, toOffset } = this.#options
      const offsets = (await this.#admin.fetchTopicOffsets(topic)).find((one) => one.partition === partition)
      this.#isEndThere = Number(offsets?.high ?? 0) >= toOffset
    } catch {
      // Asked again after the next empty answers.
    } finally {
      this.#idleFetches = 0
      this.#isAskingForEnd = false
    }
  }
}

export interface ReadTopicOptions {
  readonly kafka: Kafka
  /** Prefix of the throwaway groups that read. */
  readonly groupId: string
  readonly topic: string
  readonly from: 'beginning' | 'now'
  /** Whether to go on until the signal aborts; else up to the end as of now. */
  readonly follow: boolean
  /** Given the committed records of one partition, in order. */
  readonly onBatch: (messages: readonly KafkaMessage[], partition: number) => Promise<void>
  readonly signal?: AbortSignal | undefined
}

/**
 * Reads all partitions of a topic: one after the other up to the end as of now, or side by side for good.
 *
 * @throws what `readPartition` throws
 */
export async function readTopic(options: ReadTopicOptions): Promise<void> {
  const { kafka, groupId, topic, from, follow, onBatch, signal } = options
  const stretches = (await offsetsOf(kafka, topic)).map(({ partition, low, high }) => ({
    kafka,
    groupId,
    topic,
    partition,
    fromOffset: from === 'beginning' ? Number(low) : Number(high),
    toOffset: follow ? Number.POSITIVE_INFINITY : Number(high),
    onBatch: (messages: readonly KafkaMessage[]) => onBatch(messages, partition),
  }))
  if (!follow) {
    for (const stretch of stretches) await readPartition({ ...stretch, signal })
    return
  }
  // The first that ends takes the others with it.
  const failed = new AbortController()
  const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal])
  const readings = stretches.map((stretch) =>
    readPartition({ ...stretch, signal: either }).catch((error: unknown) => {
      failed.abort(error)
      throw error
    }),
  )
  await Promise.allSettled(readings)
  either.throwIfAborted()
}

/** Offsets of a topic's partitions; `high` is where the committed records end. */
async function offsetsOf(
  kafka: Kafka,
  topic: string,
): Promise<{ readonly partition: number; readonly low: string; readonly high: string }[]> {
  const admin = kafka.admin()
  try {
    await admin.connect()
    // Tells at once of a topic that is missing; offsets would be asked for again and again.
    await admin.fetchTopicMetadata({ topics: [topic] })
    return await admin.fetchTopicOffsets(topic)
  } finally {
    await admin.disconnect().catch(() => undefined)
  }
}

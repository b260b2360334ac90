import type { Span } from '@opentelemetry/api'
import { OstiaryError } from '@ostiary/schemas'
import { type Kafka, Partitioners, type Producer } from 'kafkajs'
import type { Logger } from '../log/logger.ts'
import { traceHeader } from '../tracing/trace-header.ts'
import type { Tracing } from '../tracing/tracing.ts'
import { toOstiaryError } from './kafka-errors.ts'
import { RawDelivery, type RawQueue } from './raw-delivery.ts'
import { sendFailureOf } from './send-failure.ts'
import { messageBytesMax } from './topics.ts'

/** One send: more is hardly faster, and brokers take a batch of 1 MB unless told otherwise. */
export const sendRecordsMax = 500
export const sendBytesMax: number = 900 * 1024
/** Bytes of records that were taken and are not acknowledged; whoever hands over more waits. */
export const inFlightBytesMaxDefault: number = 32 * 1024 * 1024
/** What a record costs beside its bytes: its key, its header and its place in the queue. */
const overheadBytes = 256
/** A send that takes this long tells that the broker is away. */
const slowSendMs = 5000
const retryMsMin = 100
const retryMsMax = 5000
const disconnectMs = 5000

export interface RawProducerOptions {
  readonly kafka: Kafka
  /** With its prefix. */
  readonly topic: string
  readonly keyOf: (bytes: Buffer) => string
  readonly recordBytesMax: number
  readonly inFlightBytesMax?: number
  readonly log: Logger
  /** Begins the traces of the records it samples. */
  readonly tracing?: Tracing | undefined
  /** Kafka has so many more. */
  readonly onSent?: (records: number, bytes: number) => void
  /** A send is tried again. */
  readonly onRetry?: () => void
  /** The broker went away, with the reason, or came back. */
  readonly onAway?: (reason: string | undefined) => void
  /** The producer has come to its end before it was closed. */
  readonly onFailed?: () => void
}

interface Entry {
  readonly key: string
  readonly value: Buffer
  readonly isRecord: boolean
  readonly delivery: RawDelivery
  /** Of a sampled record: from its place in the queue to its acknowledgement. */
  readonly span: Span | undefined
}

/**
 * Writes raw records to Kafka, all of them, in the order in which they were taken, each as it was sent. While the broker is
 * away it keeps what it took and goes on trying, without bound in time; its memory is bounded by `inFlightBytesMax` and one
 * record of each sender, who waits.
 *
 * One send is under way at a time: the client gives a failed send's sequence numbers to the next one, which the broker
 * would take for a repeat and drop.
 */
export class RawProducer implements RawQueue {
  readonly #options: RawProducerOptions
  readonly #inFlightBytesMax: number
  readonly #recordBytesMax: number
  #producer: Producer | undefined
  #queue: Entry[] = []
  #running: Promise<void> | undefined
  #inFlightBytes = 0
  readonly #senders: Set<RawDelivery> = new Set()
  readonly #waiters: { resolve: () => void; reject: (error: unknown) => void }[] = []
  #error: unknown
  #refusal: unknown
  #away: string | undefined
  #closing = false
  /** Ends a wait between two attempts. */
  #wake: () => void = () => undefined

  constructor(options: RawProducerOptions) {
    this.#options = options
    this.#inFlightBytesMax = options.inFlightBytesMax ?? inFlightBytesMaxDefault
    this.#recordBytesMax = Math.min(options.recordBytesMax, messageBytesMax - overheadBytes)
  }

  /** Why the broker does not take anything now; nothing while it does. */
  get away(): string | undefined {
    return this.#away
  }

  /** Whether who hands over a record now would wait. */
  get full(): boolean {
    return this.#inFlightBytes >= this.#inFlightBytesMax
  }

  get inFlightBytes(): number {
    return this.#inFlightBytes
  }

  /** What ended the producer, if something did. */
  get error(): unknown {
    return this.#error
  }

  /** The same, where it was the broker's refusal and not the closing. */
  get refusal(): unknown {
    return this.#refusal
  }

  /**
   * Connects for the first time. Not needed before records are handed over, but tells early what is wrong.
   *
   * @throws OstiaryError `topics.invalid`, `kafka.refused`, `kafka.unavailable`
   */
  async open(): Promise<void> {
    const { topic, kafka } = this.#options
    const admin = kafka.admin()
    try {
      await admin.connect()
      await admin.fetchTopicMetadata({ topics: [topic] })
      await this.#connected()
    } catch (cause) {
      throw toOstiaryError(`write to "${topic}"`, cause)
    } finally {
      await admin.disconnect().catch(() => undefined)
    }
  }

  /** A new sender. `origin` goes with each of its records. */
  delivery(origin: string): RawDelivery {
    return new RawDelivery(this, origin)
  }

  refusalOf(length: number): string | undefined {
    return length > this.#recordBytesMax ? `longer than recordBytesMax (${this.#recordBytesMax} bytes)` : undefined
  }

  enqueue(bytes: Buffer, delivery: RawDelivery, isRecord: boolean): Promise<void> | undefined {
    if (this.#error !== undefined) throw this.#error
    if (this.#closing) throw new OstiaryError('kafka.unavailable', 'Cannot take a record: the producer is being closed')
    const { keyOf, tracing, topic } = this.#options
    const span = tracing?.samples(bytes) === true ? tracing.startAppend(topic) : undefined
    this.#queue.push({ key: keyOf(bytes), value: Buffer.from(bytes), isRecord, delivery, span })
    this.#senders.add(delivery)
    this.#inFlightBytes += bytes.length + overheadBytes
    this.#running ??= this.#run()
    if (!this.full) return undefined
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }))
  }

  /** Waits for what was taken, but no longer than `drainMs`; whatever is left is told as failed to its senders. */
  async close(drainMs = 10_000): Promise<void> {
    this.#closing = true
    if (this.#running !== undefined) await within(drainMs, this.#running)
    if (this.#queue.length > 0 || this.#inFlightBytes > 0) {
      const detail = `${this.#inFlightBytes} bytes of records were not acknowledged within ${drainMs} ms`
      this.#fail(new OstiaryError('kafka.unavailable', `Cannot finish writing to "${this.#options.topic}": ${detail}`))
    }
    await this.#disconnect()
  }

  async #run(): Promise<void> {
    // What one chunk of a file gives comes at once: let it gather.
    await new Promise((resolve) => setImmediate(resolve))
    try {
      while (this.#queue.length > 0 && this.#error === undefined) await this.#deliver(this.#nextSend())
    } catch (error) {
      this.#refusal = error
      this.#fail(error)
      this.#options.onFailed?.()
    } finally {
      this.#running = undefined
    }
  }

  #nextSend(): readonly Entry[] {
    let bytes = 0
    let count = 0
    for (const { value } of this.#queue) {
      bytes += value.length + overheadBytes
      if (count > 0 && (bytes > sendBytesMax || count === sendRecordsMax)) break
      count += 1
    }
    return this.#queue.splice(0, count)
  }

  async #deliver(entries: readonly Entry[]): Promise<void> {
    for (let attempt = 0; this.#error === undefined; attempt++) {
      const watch = setTimeout(() => this.#setAway(`a send takes more than ${slowSendMs} ms`), slowSendMs)
      try {
        await this.#send(entries)
        // Its senders were told otherwise; a repeat is dropped by the enricher.
        if (this.#error !== undefined) return
        this.#setAway(undefined)
        this.#settle(entries)
        return
      } catch (error) {
        const failure = sendFailureOf(error)
        if (failure === 'refused') throw toOstiaryError(`write to "${this.#options.topic}"`, error)
        if (failure === 'smaller') return await this.#deliverSmaller(entries, error)
        if (failure === 'anew') await this.#disconnect()
        this.#setAway(error instanceof Error ? error.message : String(error))
        this.#options.onRetry?.()
      } finally {
        clearTimeout(watch)
      }
      if (this.#error === undefined) await this.#pause(Math.min(retryMsMax, retryMsMin * 2 ** Math.min(attempt, 10)))
    }
  }

  async #deliverSmaller(entries: readonly Entry[], error: unknown): Promise<void> {
    if (entries.length > 1) {
      const middle = entries.length >> 1
      await this.#deliver(entries.slice(0, middle))
      await this.#deliver(entries.slice(middle))
      return
    }
    const detail = `the broker refuses it: ${error instanceof Error ? error.message : String(error)}`
    this.#options.log.warn({ bytes: entries[0]!.value.length }, `a record is not sent: ${detail}`)
    this.#settle(entries, detail)
  }

  async #send(entries: readonly Entry[]): Promise<void> {
    const producer = await this.#connected()
    await producer.send({
      topic: this.#options.topic,
      acks: -1,
      messages: entries.map((entry) => ({ key: entry.key, value: entry.value, headers: this.#headersOf(entry) })),
    })
  }

  #headersOf({ delivery: { origin }, span }: Entry): Record<string, string> {
    return span === undefined ? { origin } : { origin, [traceHeader]: this.#options.tracing!.headerOf(span) }
  }

  async #connected(): Promise<Producer> {
    if (this.#producer !== undefined) return this.#producer
    const producer = this.#options.kafka.producer({
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
      // The attempts that count are ours, which end when the producer is closed.
      retry: { retries: 3 },
    })
    try {
      await producer.connect()
    } catch (error) {
      await producer.disconnect().catch(() => undefined)
      throw error
    }
    this.#producer = producer
    return producer
  }

  #settle(entries: readonly Entry[], refusal?: string): void {
    let bytes = 0
    for (const { value, delivery, isRecord, span } of entries) {
      bytes += value.length
      if (span !== undefined) this.#options.tracing!.endAppend(span, refusal === undefined)
      if (refusal === undefined) delivery.acknowledge(isRecord)
      else delivery.refuse(isRecord, value.length, refusal)
      if (delivery.idle) this.#senders.delete(delivery)
    }
    this.#inFlightBytes -= bytes + entries.length * overheadBytes
    if (refusal === undefined) this.#options.onSent?.(entries.length, bytes)
    if (!this.full) for (const { resolve } of this.#waiters.splice(0)) resolve()
  }

  #fail(error: unknown): void {
    this.#error ??= error
    this.#queue = []
    this.#inFlightBytes = 0
    for (const delivery of this.#senders) delivery.fail(this.#error)
    this.#senders.clear()
    for (const { reject } of this.#waiters.splice(0)) reject(this.#error)
    this.#wake()
  }

  #setAway(reason: string | undefined): void {
    if ((reason === undefined) === (this.#away === undefined)) return
    this.#away = reason
    const { log, topic, onAway } = this.#options
    if (reason === undefined) log.info({ topic }, 'records are taken again')
    else log.warn({ topic, reason, inFlightBytes: this.#inFlightBytes }, 'records wait: the broker takes none')
    onAway?.(reason)
  }

  async #pause(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }

  async #disconnect(): Promise<void> {
    const producer = this.#producer
    this.#producer = undefined
    // A broker that hangs must not keep the process.
    if (producer !== undefined)
      await within(
        disconnectMs,
        producer.disconnect().catch(() => undefined),
      )
  }
}

/** Waits for a promise, but no longer than so. */
async function within(ms: number, promise: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await Promise.race([
    promise,
    new Promise<void>((resolve) => {
      timer = setTimeout(resolve, ms)
    }),
  ])
  clearTimeout(timer)
}

import type { Config, Logger, RawItem } from '@ostiary/runtime'
import { connect, type RawDelivery, RawProducer, rawKey } from '@ostiary/runtime/kafka'
import { Pace } from './pace.ts'

const topicName = 'access.raw'
/** Files whose records may be under way at a time: small ones need not wait for each other. */
const deliveriesMax = 64
/** How long an interrupted run waits for what is under way. */
const drainMs = 5000

/** What a run sent, for its summary. */
export interface SendSummary {
  /** Records that Kafka has. */
  readonly records: number
  readonly bytes: number
  /** What is no record, or too long for one, by reason. */
  readonly rejected: Readonly<Record<string, number>>
  readonly files: number
  readonly seconds: number
  readonly topic: string
}

/** Sends records of files or of a generator to `access.raw`, at a pace. */
export class RawSender {
  readonly #producer: RawProducer
  readonly #topic: string
  readonly #signal: AbortSignal
  readonly #pace: Pace
  readonly #startMs: number = performance.now()
  readonly #open: RawDelivery[] = []
  readonly #rejected: Map<string, number> = new Map()
  #records = 0
  #bytes = 0
  #files = 0

  private constructor(config: Config, log: Logger, signal: AbortSignal, rate: number) {
    this.#topic = `${config.topicPrefix}${topicName}`
    this.#signal = signal
    this.#pace = new Pace(rate)
    this.#producer = new RawProducer({
      kafka: connect(config, process.env, log, 'ostiary-send'),
      topic: this.#topic,
      keyOf: rawKey({ tenant: config.tenant, source: config.source === 'auto' ? undefined : config.source }),
      recordBytesMax: config.recordBytesMax,
      log,
      onSent: (_, bytes) => {
        this.#bytes += bytes
      },
    })
  }

  /**
   * @param rate records a second; 0 for as fast as may be
   * @throws OstiaryError `config.invalid`, `topics.invalid`, `kafka.refused`, `kafka.unavailable`
   */
  static async open(config: Config, log: Logger, signal: AbortSignal, rate: number): Promise<RawSender> {
    const sender = new RawSender(config, log, signal, rate)
    try {
      await sender.#producer.open()
    } catch (error) {
      await sender.#producer.close(0)
      throw error
    }
    // While the broker is away, whoever waits for it would not see an interrupt.
    signal.addEventListener('abort', () => void sender.#producer.close(drainMs), { once: true })
    return sender
  }

  /** Sends what comes, in its order. Ends early, without an error, when the run is interrupted. */
  async send(origin: string, batches: AsyncIterable<readonly RawItem[]>): Promise<void> {
    const delivery = this.#producer.delivery(origin)
    this.#open.push(delivery)
    this.#files += 1
    await this.#orInterrupted(async () => {
      for await (const items of batches) {
        for (const item of items) {
          const early = this.#pace.next(this.#signal)
          if (early !== undefined) await early
          if (this.#signal.aborted) return
          const room = delivery.take(item)
          if (room !== undefined) await room
        }
      }
      while (this.#open.length > deliveriesMax) await this.#settleFirst()
    })
  }

  /** Waits until Kafka has everything, or for a moment where the run was interrupted. */
  async close(): Promise<SendSummary> {
    await this.#orInterrupted(async () => {
      while (this.#open.length > 0) await this.#settleFirst()
    })
    await this.#producer.close(drainMs)
    for (const delivery of this.#open.splice(0)) this.#add(delivery)
    return {
      records: this.#records,
      bytes: this.#bytes,
      rejected: Object.fromEntries(this.#rejected),
      files: this.#files,
      seconds: Math.round(performance.now() - this.#startMs) / 1000,
      topic: this.#topic,
    }
  }

  async #settleFirst(): Promise<void> {
    const first = this.#open[0]!
    await first.settled()
    this.#open.shift()
    this.#add(first)
  }

  #add({ acknowledged, refused }: RawDelivery): void {
    this.#records += acknowledged
    for (const [reason, count] of refused) this.#rejected.set(reason, (this.#rejected.get(reason) ?? 0) + count)
  }

  /** An interrupt closes the producer under whoever waits for it: that is no error. */
  async #orInterrupted(work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!this.#signal.aborted || this.#producer.refusal !== undefined) throw error
    }
  }
}

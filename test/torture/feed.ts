import type { Logger } from '@ostiary/runtime'
import { messageBytesMax, type RawDelivery, RawProducer, rawKey } from '@ostiary/runtime/kafka'
import type { Kafka } from 'kafkajs'
import { nameOf } from './check-produced.ts'

/** How often the feed looks what is due. */
const stepMs = 50
/** How long the end of the feed waits for what is under way. */
const closeMsMax = 5000

export interface FeedOptions {
  readonly kafka: Kafka
  /** With its prefix. */
  readonly topic: string
  readonly tenant: string
  readonly stream: Generator<Buffer, void>
  /** Records a second, while nobody asks for more. */
  readonly perSecond: number
  readonly log: Logger
}

/** Sends a stream of raw records at a pace, through whatever befalls the broker. */
export class Feed {
  readonly #options: FeedOptions
  readonly #producer: RawProducer
  readonly #delivery: RawDelivery
  /** Names of what was handed over, in order. */
  readonly produced: string[] = []
  #perSecond: number
  #owed = 0
  #isDone = false
  #running: Promise<void> | undefined

  constructor(options: FeedOptions) {
    this.#options = options
    this.#perSecond = options.perSecond
    const { kafka, topic, tenant, log } = options
    this.#producer = new RawProducer({
      kafka,
      topic,
      keyOf: rawKey({ tenant }),
      recordBytesMax: messageBytesMax,
      log,
    })
    this.#delivery = this.#producer.delivery('torture')
  }

  async start(): Promise<void> {
    await this.#producer.open()
    this.#running = this.#run()
    // Told by `finish`; until then nobody listens.
    this.#running.catch(() => undefined)
  }

  /** So many records at once, beside the pace. */
  burst(records: number): void {
    this.#owed += records
  }

  /** Sends what is left as fast as it goes, and resolves once Kafka has everything. */
  async finish(): Promise<void> {
    this.#perSecond = Number.POSITIVE_INFINITY
    await this.#running
    await this.#delivery.settled()
  }

  async close(): Promise<void> {
    this.#isDone = true
    await this.#running?.catch(() => undefined)
    await this.#producer.close(closeMsMax)
  }

  async #run(): Promise<void> {
    let beforeMs = performance.now()
    while (!this.#isDone) {
      await new Promise((resolve) => setTimeout(resolve, stepMs))
      const nowMs = performance.now()
      this.#owed += (this.#perSecond * (nowMs - beforeMs)) / 1000
      beforeMs = nowMs
      for (; this.#owed >= 1 && !this.#isDone; this.#owed -= 1) await this.#sendNext()
    }
  }

  async #sendNext(): Promise<void> {
    const { value } = this.#options.stream.next()
    if (value === undefined) {
      this.#isDone = true
      return
    }
    this.produced.push(nameOf(value))
    const { length } = this.produced
    await this.#delivery.take({ kind: 'record', bytes: value, index: length, byteOffset: 0 })
  }
}

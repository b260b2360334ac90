import { SchemaClient, type TopicName } from '@ostiary/runtime/kafka'
import type { AccessEvent, Alert, Finding } from '@ostiary/schemas'
import type { Consumer } from 'kafkajs'
import type { BenchTopics } from './bench-cluster.ts'

/** Records whose time of sending is remembered. */
const sentMax = 120_000
/** Samples of one hop that are kept until they are taken. */
const samplesMax = 1_000_000

const hops = ['raw → events', 'raw → findings', 'raw → alerts'] as const
export type Hop = (typeof hops)[number]

/** Ms from just before the raw record was sent until somebody reads what became of it as committed. */
export interface HopLatency {
  readonly hop: Hop
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

/** Reads what comes of records, and takes the time of each hop. */
export class HopClock {
  readonly #sentMs: Map<string, number> = new Map()
  readonly #samples: Map<Hop, number[]> = new Map(hops.map((hop) => [hop, []]))
  readonly #readers: Consumer[] = []

  static async start(topics: BenchTopics, partitions: number): Promise<HopClock> {
    const clock = new HopClock()
    await clock.#follow(topics, partitions, 'access.events', 'AccessEvent', (event) =>
      clock.#sample('raw → events', (event as AccessEvent).event_uid),
    )
    await clock.#follow(topics, partitions, 'access.findings', 'Finding', (finding) =>
      clock.#sampleFinding('raw → findings', finding as Finding),
    )
    await clock.#follow(topics, partitions, 'access.alerts', 'Alert', (alert) =>
      clock.#sampleFinding('raw → alerts', alert as Alert),
    )
    return clock
  }

  /** Reads the alerts of the peer, which are JSON and name their event. */
  static async ofPeer(topics: BenchTopics, partitions: number, topic: string): Promise<HopClock> {
    const clock = new HopClock()
    await clock.#read(topics, partitions, topic, async (value) =>
      clock.#sample('raw → alerts', (JSON.parse(String(value)) as { eventID: string }).eventID),
    )
    return clock
  }

  /** To be called before a record goes out. */
  sent(id: string, atMs: number): void {
    this.#sentMs.set(id, atMs)
    for (const oldest of this.#sentMs.keys()) {
      if (this.#sentMs.size <= sentMax) break
      this.#sentMs.delete(oldest)
    }
  }

  /** The hops of all samples since the last call. */
  take(): HopLatency[] {
    return hops.map((hop) => {
      const latency = summary(hop, this.#samples.get(hop)!)
      this.#samples.set(hop, [])
      return latency
    })
  }

  async stop(): Promise<void> {
    for (const reader of this.#readers) await reader.disconnect()
  }

  #sample(hop: Hop, id: string): void {
    const at = this.#sentMs.get(id)
    const samples = this.#samples.get(hop)!
    if (at !== undefined && samples.length < samplesMax) samples.push(performance.now() - at)
  }

  /** The event that led to a revision is the newest of its evidence; what closes a case has none. */
  #sampleFinding(hop: Hop, finding: Finding): void {
    const last = finding.evidence.at(-1)
    if (finding.activity !== 'close' && last !== undefined) this.#sample(hop, last.event_uid)
  }

  async #follow(
    topics: BenchTopics,
    partitions: number,
    name: TopicName,
    of: string,
    onValue: (value: unknown) => void,
  ): Promise<void> {
    const decoder = new SchemaClient(topics.config, {}).decoder(name)
    await this.#read(topics, partitions, topics.config.topicPrefix + name, async (value) => {
      await decoder.prepare(value)
      const decoded = decoder.decode(value)
      if (decoded.name === of) onValue(decoded.value)
    })
  }

  async #read(
    { kafka, config }: BenchTopics,
    partitions: number,
    topic: string,
    onValue: (value: Buffer | null) => Promise<void>,
  ): Promise<void> {
    const consumer = kafka.consumer({ groupId: `${config.topicPrefix}bench-${topic}`, maxWaitTimeInMs: 100 })
    this.#readers.push(consumer)
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      partitionsConsumedConcurrently: partitions,
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) await onValue(value)
      },
    })
  }
}

function summary(hop: Hop, samples: readonly number[]): HopLatency {
  const sorted = Float64Array.from(samples).sort()
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { hop, count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

import type { Kafka } from 'kafkajs'
import {
  type BenchCluster,
  type BenchService,
  processorMs,
  progressOf,
  ready,
  type ServiceProcess,
} from './bench-cluster.ts'
import { rawRecords } from './raw-records.ts'

const partitions = 4
const sendRecords = 500
const pollMs = 100

/** How fast a backlog of raw records became alerts. */
export interface ThroughputRun {
  readonly instances: number
  readonly records: number
  readonly perSecond: number
  /** Events that each service took a second, over its own busy time. */
  readonly stagesPerSecond: Readonly<Record<string, number>>
  /** Processor time of all instances of a service, in µs a raw record. */
  readonly processorUs: Readonly<Record<string, number>>
}

/**
 * The reference: a bare client that reads the same records and writes the same bytes to another topic, with no transaction
 * and nothing done to them.
 *
 * @returns records a second
 */
export async function bareRelay(cluster: BenchCluster, records: number): Promise<number> {
  const { kafka, admin } = await cluster.topics(`relay${Date.now()}.`, partitions)
  const [from, to] = ['relay-from', 'relay-to'].map((name) => `${name}-${Date.now()}`) as [string, string]
  await admin.createTopics({ topics: [from, to].map((topic) => ({ topic, numPartitions: partitions })) })
  await fill(kafka, from, records)
  const producer = kafka.producer({ idempotent: true, maxInFlightRequests: 1 })
  const consumer = kafka.consumer({ groupId: from, maxWaitTimeInMs: 100 })
  await producer.connect()
  await consumer.connect()
  await consumer.subscribe({ topic: from, fromBeginning: true })
  let beganMs = 0
  let relayed = 0
  await new Promise<void>((resolve) => {
    void consumer.run({
      partitionsConsumedConcurrently: partitions,
      eachBatch: async ({ batch }) => {
        if (beganMs === 0) beganMs = performance.now()
        for (let at = 0; at < batch.messages.length; at += sendRecords) {
          const messages = batch.messages.slice(at, at + sendRecords).map(({ key, value }) => ({ key, value }))
          await producer.send({ topic: to, messages })
        }
        relayed += batch.messages.length
        if (relayed >= records) resolve()
      },
    })
  })
  const seconds = (performance.now() - beganMs) / 1000
  await consumer.disconnect()
  await producer.disconnect()
  await admin.disconnect()
  return records / seconds
}

/** Raw records that lie ready, through all services to the alert topic. */
export async function throughput(cluster: BenchCluster, records: number, instances: number): Promise<ThroughputRun> {
  const prefix = `through${Date.now()}.`
  const topics = await cluster.topics(prefix, partitions)
  await fill(topics.kafka, `${prefix}access.raw`, records)
  const names: BenchService[] = ['enricher', 'detector', 'desk', 'census']
  const services: ServiceProcess[] = []
  for (const name of names)
    for (let i = 0; i < (name === 'enricher' || name === 'detector' ? instances : 1); i++)
      services.push(await cluster.run(name, prefix))
  await Promise.all(services.map(ready))
  // Starting takes each of them seconds, which is no matter of records.
  const startedMs = new Map(services.map((service) => [service, processorMs(service)]))
  const busy = new Map<BenchService, { firstMs: number; lastMs: number; first: number; last: number }>()
  for (let settled = 0; settled < 5; ) {
    await new Promise((resolve) => setTimeout(resolve, pollMs))
    let done = true
    for (const name of names) {
      const progress = await progressOf(topics, name)
      const span = busy.get(name)
      const nowMs = performance.now()
      if (progress.done > 0 && span === undefined)
        busy.set(name, { firstMs: nowMs, lastMs: nowMs, first: progress.done, last: progress.done })
      else if (span !== undefined && progress.done > span.last) {
        span.last = progress.done
        span.lastMs = nowMs
      }
      // Behind the last record of each partition lie the ends of transactions: one of each of those who write there.
      if (progress.done < progress.all - partitions * partitions || (name === 'enricher' && progress.done < records))
        done = false
    }
    settled = done ? settled + 1 : 0
  }
  const enricher = busy.get('enricher')!
  const lastMs = Math.max(...[...busy.values()].map((span) => span.lastMs))
  const processorUs: Record<string, number> = {}
  for (const service of services)
    processorUs[service.name] =
      (processorUs[service.name] ?? 0) + ((processorMs(service) - startedMs.get(service)!) * 1000) / records
  for (const service of services) await cluster.end(service)
  await topics.admin.disconnect()
  const stagesPerSecond = Object.fromEntries(
    [...busy].map(([name, span]) => [
      name,
      ((span.last - span.first) / Math.max(1, span.lastMs - span.firstMs)) * 1000,
    ]),
  )
  const perSecond = ((records - enricher.first) / (lastMs - enricher.firstMs)) * 1000
  return { instances, records, perSecond, stagesPerSecond, processorUs }
}

async function fill(kafka: Kafka, topic: string, records: number): Promise<void> {
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  let messages: { key: string; value: Buffer }[] = []
  for (const { key, value } of rawRecords(records)) {
    messages.push({ key, value })
    if (messages.length < sendRecords) continue
    await producer.send({ topic, messages })
    messages = []
  }
  if (messages.length > 0) await producer.send({ topic, messages })
  await producer.disconnect()
}

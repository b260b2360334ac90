import type { Kafka } from 'kafkajs'
import {
  type BenchCluster,
  type BenchProcess,
  type BenchService,
  groupProgress,
  type Progress,
  processorMs,
  progressOf,
  ready,
  type ServiceProcess,
} from './bench-cluster.ts'
import { startPeer } from './peer-process.ts'
import { rawRecords } from './raw-records.ts'

const partitions = 4
const sendRecords = 500
const pollMs = 100
/** So many looks in a row must find everything done. */
const settledLooks = 5

/** How fast a backlog was worked off, and what it cost. */
export interface WorkRun {
  readonly records: number
  readonly perSecond: number
  /** Processor time of all processes of a name, in µs a raw record. */
  readonly processorUs: Readonly<Record<string, number>>
  /** The broker's, for the same records. */
  readonly brokerUs: number
}

/** How fast a backlog of raw records became alerts. */
export interface ThroughputRun extends WorkRun {
  readonly instances: number
  /** Events that each service took a second, over its own busy time. */
  readonly stagesPerSecond: Readonly<Record<string, number>>
}

/**
 * The reference: a bare client that reads the same records and writes the same bytes to another topic, with no transaction
 * and nothing done to them.
 */
export async function bareRelay(cluster: BenchCluster, records: number): Promise<WorkRun> {
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
  let beganAt = process.cpuUsage()
  const brokerMs = processorMs(cluster.kafka)
  let relayed = 0
  await new Promise<void>((resolve) => {
    void consumer.run({
      partitionsConsumedConcurrently: partitions,
      eachBatch: async ({ batch }) => {
        if (beganMs === 0) {
          beganMs = performance.now()
          beganAt = process.cpuUsage()
        }
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
  const { user, system } = process.cpuUsage(beganAt)
  const brokerUs = ((processorMs(cluster.kafka) - brokerMs) * 1000) / records
  await consumer.disconnect()
  await producer.disconnect()
  await admin.disconnect()
  return { records, perSecond: records / seconds, processorUs: { relay: (user + system) / records }, brokerUs }
}

/** Raw records that lie ready, through all services to the alert topic. */
export async function throughput(cluster: BenchCluster, records: number, instances: number): Promise<ThroughputRun> {
  const prefix = `through${Date.now()}.`
  const topics = await cluster.topics(prefix, partitions)
  await fill(topics.kafka, `${prefix}access.raw`, records)
  const names: BenchService[] = ['census', 'desk', 'detector', 'enricher']
  const services: ServiceProcess[] = []
  // The enricher comes last: until it runs the others have nothing to do, so that no work is done before it is measured.
  for (const name of names) {
    const of = name === 'enricher' || name === 'detector' ? instances : 1
    const started = await Promise.all(Array.from({ length: of }, () => cluster.run(name, prefix)))
    await Promise.all(started.map(ready))
    services.push(...started)
  }
  const cost = costOf(cluster, services, records)
  const spans = await workedOff(
    names,
    (name) => progressOf(topics, name),
    // Behind the last record of each partition lie the ends of transactions: one of each of those who write there.
    (name, { done, all }) => done >= all - partitions * partitions && (name !== 'enricher' || done >= records),
  )
  const stagesPerSecond = Object.fromEntries([...spans].map(([name, span]) => [name, perSecondOf(span)]))
  const enricher = spans.get('enricher')!
  const lastMs = Math.max(...[...spans.values()].map((span) => span.lastMs))
  const run = { instances, records, perSecond: perSecondOf({ ...enricher, lastMs }), stagesPerSecond, ...cost() }
  for (const service of services) await cluster.end(service)
  await topics.admin.disconnect()
  return run
}

/** Raw records that lie ready, through the peer to its alert topic. */
export async function peerThroughput(cluster: BenchCluster, records: number, trees: number): Promise<WorkRun> {
  const peer = await startPeer(cluster, `peer${Date.now()}.`, partitions, trees, ({ kafka }, raw) =>
    fill(kafka, raw, records),
  )
  const cost = costOf(cluster, [peer.process], records)
  const spans = await workedOff(
    ['peer'],
    () => groupProgress(peer.topics, peer.groupId, peer.raw),
    (_name, { done }) => done >= records,
  )
  const run = { records, perSecond: perSecondOf(spans.get('peer')!), ...cost() }
  await cluster.end(peer.process)
  await peer.topics.admin.disconnect()
  return run
}

/** What processes and the broker take from now until it is called. Starting takes each of them seconds, which is no matter of records. */
function costOf(
  cluster: BenchCluster,
  processes: readonly BenchProcess[],
  records: number,
): () => Pick<WorkRun, 'processorUs' | 'brokerUs'> {
  const startedMs = processes.map((started) => processorMs(started.process))
  const brokerMs = processorMs(cluster.kafka)
  return () => {
    const processorUs: Record<string, number> = {}
    for (const [index, { name, process }] of processes.entries())
      processorUs[name] = (processorUs[name] ?? 0) + ((processorMs(process) - startedMs[index]!) * 1000) / records
    return { processorUs, brokerUs: ((processorMs(cluster.kafka) - brokerMs) * 1000) / records }
  }
}

/** From the first records that were seen committed to the last. */
interface Span {
  readonly firstMs: number
  readonly first: number
  lastMs: number
  last: number
}

function perSecondOf({ firstMs, lastMs, first, last }: Span): number {
  return ((last - first) / Math.max(1, lastMs - firstMs)) * 1000
}

/** Looks at groups until all have done what there was. */
async function workedOff<Name extends string>(
  names: readonly Name[],
  progress: (name: Name) => Promise<Progress>,
  finished: (name: Name, progress: Progress) => boolean,
): Promise<Map<Name, Span>> {
  const spans = new Map<Name, Span>()
  for (let settled = 0; settled < settledLooks; ) {
    await new Promise((resolve) => setTimeout(resolve, pollMs))
    let all = true
    for (const name of names) {
      const seen = await progress(name)
      const span = spans.get(name)
      const nowMs = performance.now()
      if (span === undefined) {
        if (seen.done > 0) spans.set(name, { firstMs: nowMs, lastMs: nowMs, first: seen.done, last: seen.done })
      } else if (seen.done > span.last) {
        span.last = seen.done
        span.lastMs = nowMs
      }
      if (!finished(name, seen)) all = false
    }
    settled = all ? settled + 1 : 0
  }
  return spans
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

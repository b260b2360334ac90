import { SchemaClient, type TopicName } from '@ostiary/runtime/kafka'
import type { AccessEvent, Alert, Finding } from '@ostiary/schemas'
import type { Consumer } from 'kafkajs'
import {
  type BenchCluster,
  type BenchService,
  type BenchTopics,
  processorMs,
  ready,
  residentMiB,
  type ServiceProcess,
} from './bench-cluster.ts'
import { rawRecords, withProbes } from './raw-records.ts'

const partitions = 4
/** Records go out in small sends, this often. */
const sendEveryMs = 10
/** Records to one that opens a case, so that there are alerts enough for a percentile. */
const probeEvery = 100
/** Share of a run whose records are not measured: rebalances and cold caches. */
const warmUpShare = 0.2
/** Samples of one hop that are kept, the newest. */
const samplesMax = 1_000_000

/** Ms from just before the raw record was sent until somebody reads what became of it as committed. */
export interface HopLatency {
  readonly hop: string
  readonly count: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

export interface PacedRun {
  readonly perSecond: number
  readonly seconds: number
  readonly hops: readonly HopLatency[]
  /** Resident MiB by service, at a fifth of the run and at its end. */
  readonly memory: readonly { readonly service: string; readonly early: number; readonly late: number }[]
  readonly work: readonly ServiceWork[]
}

/** What a service did in a run. */
export interface ServiceWork {
  readonly service: string
  /** Of one processor, in percent. */
  readonly processorPercent: number
  readonly transactionsPerSecond: number
  readonly transactionMs: number
  readonly recordsPerTransaction: number
}

/** A steady stream through all services. */
export async function pacedRun(cluster: BenchCluster, perSecond: number, seconds: number): Promise<PacedRun> {
  const prefix = `paced${Date.now()}.`
  const topics = await cluster.topics(prefix, partitions)
  const names: BenchService[] = ['enricher', 'detector', 'desk', 'census']
  const services: ServiceProcess[] = []
  for (const name of names) services.push(await cluster.run(name, prefix))
  await Promise.all(services.map(ready))
  const sentMs = new Map<string, number>()
  const hops = new Map<string, number[]>([
    ['raw → events', []],
    ['raw → findings', []],
    ['raw → alerts', []],
  ])
  const sample = (hop: string, id: string): void => {
    const at = sentMs.get(id)
    const samples = hops.get(hop)!
    if (at !== undefined && samples.length < samplesMax) samples.push(performance.now() - at)
  }
  const readers = [
    await follow(topics, 'access.events', 'AccessEvent', (event) =>
      sample('raw → events', (event as AccessEvent).event_uid),
    ),
    await follow(topics, 'access.findings', 'Finding', (finding) =>
      sampleFinding('raw → findings', finding as Finding, sample),
    ),
    await follow(topics, 'access.alerts', 'Alert', (alert) => sampleFinding('raw → alerts', alert as Alert, sample)),
  ]
  const early = new Map<ServiceProcess, number>()
  const processorBefore = services.map(processorMs)
  const startedMs = performance.now()
  const measuredFromMs = startedMs + seconds * 1000 * warmUpShare
  const producer = topics.kafka.producer({ idempotent: true })
  await producer.connect()
  const stream = withProbes(rawRecords(perSecond * seconds), probeEvery)
  let sent = 0
  while (sent < perSecond * seconds) {
    const nowMs = performance.now()
    const due = Math.floor(((nowMs - startedMs) / 1000) * perSecond) - sent
    if (nowMs > measuredFromMs && early.size === 0)
      for (const service of services) early.set(service, residentMiB(service))
    const messages: { key: string; value: Buffer }[] = []
    for (let i = 0; i < Math.min(due, 2000); i++) {
      const next = stream.next()
      if (next.done) break
      const { id, key, value } = next.value
      if (nowMs > measuredFromMs) sentMs.set(id, performance.now())
      messages.push({ key, value })
      sent += 1
    }
    if (messages.length > 0) await producer.send({ topic: `${prefix}access.raw`, messages })
    forgetOldest(sentMs, perSecond * 60)
    await new Promise((resolve) => setTimeout(resolve, sendEveryMs))
  }
  await new Promise((resolve) => setTimeout(resolve, 3000))
  const memory = services.map((service) => ({
    service: service.name,
    early: early.get(service) ?? 0,
    late: residentMiB(service),
  }))
  const work: ServiceWork[] = []
  for (const [index, service] of services.entries())
    work.push(await workOf(service, processorMs(service) - processorBefore[index]!, performance.now() - startedMs))
  for (const reader of readers) await reader.disconnect()
  await producer.disconnect()
  for (const service of services) await cluster.end(service)
  await topics.admin.disconnect()
  return { perSecond, seconds, hops: [...hops].map(([hop, samples]) => summary(hop, samples)), memory, work }
}

/** What nobody will ask for any more. */
function forgetOldest(sentMs: Map<string, number>, sizeMax: number): void {
  for (const id of sentMs.keys()) {
    if (sentMs.size <= sizeMax) break
    sentMs.delete(id)
  }
}

async function workOf(service: ServiceProcess, busyMs: number, ms: number): Promise<ServiceWork> {
  const text = await (await fetch(`http://${service.listen}/metrics`)).text()
  const sumOf = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))].reduce(
      (sum, [, value]) => sum + Number(value),
      0,
    )
  const transactions = sumOf('ostiary_transaction_seconds_count')
  return {
    service: service.name,
    processorPercent: (busyMs / ms) * 100,
    transactionsPerSecond: (transactions / ms) * 1000,
    transactionMs: (sumOf('ostiary_transaction_seconds_sum') / transactions) * 1000,
    recordsPerTransaction: sumOf('ostiary_records_received_total') / transactions,
  }
}

/** The event that led to a revision is the newest of its evidence; what closes a case has none. */
function sampleFinding(hop: string, finding: Finding, sample: (hop: string, id: string) => void): void {
  const last = finding.evidence.at(-1)
  if (finding.activity !== 'close' && last !== undefined) sample(hop, last.event_uid)
}

async function follow(
  { kafka, config }: BenchTopics,
  name: TopicName,
  of: string,
  onValue: (value: unknown) => void,
): Promise<Consumer> {
  const decoder = new SchemaClient(config, {}).decoder(name)
  const consumer = kafka.consumer({ groupId: `${config.topicPrefix}bench-${name}`, maxWaitTimeInMs: 100 })
  await consumer.connect()
  await consumer.subscribe({ topic: config.topicPrefix + name, fromBeginning: true })
  await consumer.run({
    partitionsConsumedConcurrently: partitions,
    eachBatch: async ({ batch }) => {
      for (const { value } of batch.messages) {
        await decoder.prepare(value)
        const decoded = decoder.decode(value)
        if (decoded.name === of) onValue(decoded.value)
      }
    },
  })
  return consumer
}

function summary(hop: string, samples: readonly number[]): HopLatency {
  const sorted = Float64Array.from(samples).sort()
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  return { hop, count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

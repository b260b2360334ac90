import {
  type BenchCluster,
  type BenchService,
  type BenchTopics,
  processorMs,
  ready,
  type ServiceProcess,
} from './bench-cluster.ts'
import { HopClock, type HopLatency } from './hop-clock.ts'
import { sendPaced } from './paced-load.ts'
import { startPeer } from './peer-process.ts'

const partitions = 4
/** Share of a run whose records are not measured: rebalances and cold caches. */
const warmUpShare = 0.2
/** What was sent last has this long to arrive. */
const settleMs = 3000

export interface LatencyRun {
  readonly perSecond: number
  readonly seconds: number
  readonly hops: readonly HopLatency[]
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
export async function latency(cluster: BenchCluster, perSecond: number, seconds: number): Promise<LatencyRun> {
  const prefix = `paced${Date.now()}.`
  const topics = await cluster.topics(prefix, partitions)
  const names: BenchService[] = ['enricher', 'detector', 'desk', 'census']
  const services: ServiceProcess[] = []
  for (const name of names) services.push(await cluster.run(name, prefix))
  await Promise.all(services.map(ready))
  const clock = await HopClock.start(topics, partitions)
  const processorBefore = services.map((service) => processorMs(service.process))
  const startedMs = performance.now()
  await sendMeasured(topics, clock, perSecond, seconds)
  const work: ServiceWork[] = []
  for (const [index, service] of services.entries())
    work.push(
      await workOf(service, processorMs(service.process) - processorBefore[index]!, performance.now() - startedMs),
    )
  await clock.stop()
  for (const service of services) await cluster.end(service)
  await topics.admin.disconnect()
  return { perSecond, seconds, hops: clock.take(), work }
}

/** The same stream through the peer, from raw record to alert. */
export async function peerLatency(
  cluster: BenchCluster,
  perSecond: number,
  seconds: number,
  trees: number,
): Promise<HopLatency> {
  const peer = await startPeer(cluster, `peerpaced${Date.now()}.`, partitions, trees)
  const clock = await HopClock.ofPeer(peer.topics, partitions, peer.alerts)
  await sendMeasured(peer.topics, clock, perSecond, seconds)
  await clock.stop()
  await cluster.end(peer.process)
  await peer.topics.admin.disconnect()
  return clock.take().find(({ hop }) => hop === 'raw → alerts')!
}

/** Sends records at a pace, tells the clock of those after the warm-up, and waits for the last to arrive. */
async function sendMeasured(topics: BenchTopics, clock: HopClock, perSecond: number, seconds: number): Promise<void> {
  const measuredFromMs = performance.now() + seconds * 1000 * warmUpShare
  await sendPaced(topics, { perSecond, seconds, burst: 1 }, (id, atMs) => {
    if (atMs > measuredFromMs) clock.sent(id, atMs)
  })
  await new Promise((resolve) => setTimeout(resolve, settleMs))
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

import { kafkaVersion } from '@ostiary/runtime/kafka'
import { developerCommand, someOf, wholeNumber, wholeNumbers } from '../../developer-command.ts'
import { machineFacts } from '../machine-facts.ts'
import { record, tell, textTable } from '../report.ts'
import { BenchCluster } from './bench-cluster.ts'
import { type LatencyRun, latency, peerLatency } from './latency.ts'
import { recovery } from './recovery.ts'
import { bareRelay, peerThroughput, throughput, type WorkRun } from './throughput.ts'

const parts = ['throughput', 'peer', 'latency', 'recovery'] as const
const sessionMs = 6000

const flags = developerCommand(
  'bench:kafka',
  'Tells speed, latency and recovery of the services on a broker, beside a bare relay and a peer',
)
  .option('--only <list>', `some of ${parts.join(',')}`, someOf(parts), parts)
  .option('--records <n>', 'records for throughput', wholeNumber(1), 100_000)
  .option('--rate <n>', 'records a second for latency', wholeNumber(1), 1000)
  .option('--seconds <n>', 'how long for latency', wholeNumber(1), 60)
  .option('--identities <list>', 'identities for recovery', wholeNumbers(1), [10_000, 200_000])
  .option('--trees <n>', "trees in the peer's forest", wholeNumber(1), 100)
  .parse()
  .opts<{
    only: readonly (typeof parts)[number][]
    records: number
    rate: number
    seconds: number
    identities: readonly number[]
    trees: number
  }>()
const { only, records, rate, seconds, trees } = flags

const cluster = await BenchCluster.start()
try {
  const machine = machineFacts()
  record({ bench: 'kafka', machine })
  tell(
    `Kafka ${kafkaVersion}, one node on this machine · Node ${machine.node} · ${machine.cpus} cores · load ${machine.load}\n\n`,
  )
  if (only.includes('throughput')) await benchThroughput()
  if (only.includes('peer')) await benchPeer()
  if (only.includes('latency')) tellLatency(await latency(cluster, rate, seconds))
  if (only.includes('recovery')) await benchRecovery()
} finally {
  await cluster.stop()
}

async function benchThroughput(): Promise<void> {
  const { perSecond: relay } = await bareRelay(cluster, records)
  const rows = [['way', 'events/s', 'of the bare relay', 'processor µs/event']]
  rows.push(['bare kafkajs: read and write the same bytes', relay.toFixed(0), '1', ''])
  for (const instances of [1, 2]) {
    const run = await throughput(cluster, records, instances)
    const processor = Object.entries(run.processorUs).map(([name, us]) => `${name} ${us.toFixed(0)}`)
    record({ part: 'throughput', relay, ratio: run.perSecond / relay, ...run })
    rows.push([
      `raw → alerts, ${instances} enricher${instances > 1 ? 's' : ''} and detector${instances > 1 ? 's' : ''}`,
      run.perSecond.toFixed(0),
      (run.perSecond / relay).toFixed(2),
      processor.join(', '),
    ])
  }
  tell(`${textTable(rows)}\n`)
}

/** Ostiary and a program made for the same end, one after the other over the same records. */
async function benchPeer(): Promise<void> {
  const runs: readonly (readonly [string, WorkRun])[] = [
    ['bare kafkajs: read and write the same bytes', await bareRelay(cluster, records)],
    ['Kafka Streams with a Random Cut Forest', await peerThroughput(cluster, records, trees)],
    ['Ostiary: enricher, detector, desk and census', await throughput(cluster, records, 1)],
  ]
  const usOf = ({ processorUs }: WorkRun): number => Object.values(processorUs).reduce((sum, us) => sum + us, 0)
  const [, [, peer]] = runs as [unknown, (typeof runs)[number]]
  const rows = [['way', 'events/s', 'processor µs/event', 'events/s per core', 'of the peer’s', 'broker µs/event']]
  for (const [way, run] of runs) {
    const us = usOf(run)
    record({ part: 'peer', way, ...run, us, perCoreSecond: 1e6 / us, ratio: usOf(peer) / us })
    rows.push([
      way,
      ...[run.perSecond.toFixed(0), us.toFixed(0), (1e6 / us).toFixed(0)],
      ...[(usOf(peer) / us).toFixed(2), run.brokerUs.toFixed(0)],
    ])
  }
  tell(`${textTable(rows)}\n`)
  const theirs = await peerLatency(cluster, rate, seconds, trees)
  const ours = (await latency(cluster, rate, seconds)).hops.find(({ hop }) => hop === theirs.hop)!
  record({ part: 'peer', perSecond: rate, seconds, latency: { peer: theirs, ostiary: ours } })
  const hopRows = [[`${theirs.hop}, ${rate} events/s, ${seconds} s`, 'samples', 'p50 ms', 'p99 ms', 'max ms']]
  for (const [name, { count, p50, p99, max }] of [['peer', theirs] as const, ['Ostiary', ours] as const])
    hopRows.push([name, String(count), p50.toFixed(0), p99.toFixed(0), max.toFixed(0)])
  tell(`${textTable(hopRows)}\n`)
}

function tellLatency(run: LatencyRun): void {
  record({ part: 'latency', ...run })
  const rows = [[`${run.perSecond} events/s, ${run.seconds} s`, 'samples', 'p50 ms', 'p99 ms', 'max ms']]
  for (const { hop, count, p50, p99, max } of run.hops)
    rows.push([hop, String(count), p50.toFixed(0), p99.toFixed(0), max.toFixed(0)])
  tell(`${textTable(rows)}\n`)
  const work = [['service', '% of a processor', 'transactions/s', 'ms each', 'records each']]
  for (const { service, processorPercent, transactionsPerSecond, transactionMs, recordsPerTransaction } of run.work)
    work.push([
      service,
      processorPercent.toFixed(0),
      transactionsPerSecond.toFixed(1),
      transactionMs.toFixed(0),
      recordsPerTransaction.toFixed(1),
    ])
  tell(`${textTable(work)}\n`)
}

async function benchRecovery(): Promise<void> {
  const rows = [['identities', 'first finding after kill -9, s', 'of these the dead member’s session, s']]
  for (const identities of flags.identities) {
    const run = await recovery(cluster, identities, sessionMs)
    record({ part: 'recovery', ...run })
    rows.push([String(identities), (run.firstFindingMs / 1000).toFixed(1), (run.sessionMs / 1000).toFixed(0)])
  }
  tell(`${textTable(rows)}\n`)
}

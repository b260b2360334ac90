import { readdirSync } from 'node:fs'
import {
  type BenchCluster,
  type BenchService,
  type BenchTopics,
  progressOf,
  ready,
  residentMiB,
  type ServiceProcess,
} from '../bench/kafka/bench-cluster.ts'
import { HopClock } from '../bench/kafka/hop-clock.ts'
import { type PacedLoad, sendPaced } from '../bench/kafka/paced-load.ts'

const partitions = 4
const services: readonly BenchService[] = ['enricher', 'detector', 'desk', 'census']
const sampleEveryMs = 10_000
/** What was sent last has this long to arrive. */
const settleMs = 5000
const bytesPerMiB = 1 << 20

/** What a service holds at a moment. */
export interface Held {
  readonly residentMiB: number
  /** Used, garbage included: its lowest points say what is alive. */
  readonly heapMiB: number
  readonly externalMiB: number
  readonly files: number
}

export interface SoakSample {
  readonly seconds: number
  readonly sent: number
  /** Records that lie before the enricher, the detector and the desk. */
  readonly lag: number
  readonly alertsP50Ms: number
  readonly alertsP99Ms: number
  readonly held: Readonly<Record<BenchService, Held>>
}

/** All services under a paced load, looked at every 10 s. */
export async function soakRun(
  cluster: BenchCluster,
  load: PacedLoad,
  onSample: (sample: SoakSample) => void,
): Promise<SoakSample[]> {
  const prefix = `soak${Date.now()}.`
  const topics = await cluster.topics(prefix, partitions)
  const running: ServiceProcess[] = []
  for (const name of services) running.push(await cluster.run(name, prefix))
  await Promise.all(running.map(ready))
  const clock = await HopClock.start(topics, partitions)
  const samples: SoakSample[] = []
  const startedMs = performance.now()
  let sent = 0
  let isOver = false
  const watching = (async (): Promise<void> => {
    while (!isOver) {
      await new Promise((resolve) => setTimeout(resolve, sampleEveryMs))
      const alerts = clock.take().find(({ hop }) => hop === 'raw → alerts')!
      const sample: SoakSample = {
        seconds: Math.round((performance.now() - startedMs) / 1000),
        sent,
        lag: await lagOf(topics),
        alertsP50Ms: alerts.p50,
        alertsP99Ms: alerts.p99,
        held: Object.fromEntries(
          await Promise.all(running.map(async (service) => [service.name, await heldBy(service)] as const)),
        ) as Record<BenchService, Held>,
      }
      samples.push(sample)
      onSample(sample)
    }
  })()
  try {
    await sendPaced(topics, load, (id, atMs) => {
      sent += 1
      clock.sent(id, atMs)
    })
    await new Promise((resolve) => setTimeout(resolve, settleMs))
  } finally {
    isOver = true
    await watching
  }
  await clock.stop()
  for (const service of running) await cluster.end(service)
  await topics.admin.disconnect()
  return samples
}

async function lagOf(topics: BenchTopics): Promise<number> {
  let lag = 0
  for (const service of ['enricher', 'detector', 'desk'] as const) {
    const { done, all } = await progressOf(topics, service)
    lag += Math.max(0, all - done)
  }
  return lag
}

async function heldBy(service: ServiceProcess): Promise<Held> {
  const text = await (await fetch(`http://${service.listen}/metrics`)).text()
  const bytes = (name: string): number => Number(new RegExp(`^${name} (\\S+)`, 'm').exec(text)?.[1] ?? Number.NaN)
  return {
    residentMiB: residentMiB(service),
    heapMiB: bytes('nodejs_heap_size_used_bytes') / bytesPerMiB,
    externalMiB: bytes('nodejs_external_memory_bytes') / bytesPerMiB,
    files: readdirSync(`/proc/${service.process.pid}/fd`).length,
  }
}

import { createHash } from 'node:crypto'
import { cp, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { defaultCacheFolder } from '@ostiary/runtime'
import { cachedFolder, runTool } from '@ostiary/runtime/kafka'
import type { BenchCluster, BenchProcess, BenchTopics } from './bench-cluster.ts'

/** Read in place: the compiler copies no Java. */
const sources = fileURLToPath(new URL('../../../bench/peers', import.meta.url))
/** The first build downloads about 100 MB. */
const buildMsMax = 30 * 60_000
const startMsMax = 120_000
const pollMs = 50
/** More than it needs; and the collector that spends the least on what lives as short as an event. */
const javaFlags = ['-Xms1g', '-Xmx1g', '-XX:+UseParallelGC'] as const

/** A jar of the peer and all it needs in one folder, built by Maven where these very sources have not been built before. */
function peerLibraries(): Promise<string> {
  return sourcesHash().then((hash) =>
    cachedFolder(join(defaultCacheFolder(process.env), `bench-peer-${hash}`), async (draft) => {
      await cp(sources, draft, { recursive: true })
      const args = ['--batch-mode', '--quiet', '--no-transfer-progress', 'package']
      await runTool('mvn', args, { action: 'build the peer', timeoutMs: buildMsMax, cwd: draft })
      return join(draft, 'target', 'libs')
    }),
  )
}

async function sourcesHash(): Promise<string> {
  const files = await readdir(sources, { recursive: true, withFileTypes: true })
  const paths = files.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name))
  const hash = createHash('sha256')
  for (const path of paths.sort()) hash.update(await readFile(path))
  return hash.digest('hex').slice(0, 16)
}

/** The peer at work on topics of its own. */
export interface RunningPeer {
  readonly topics: BenchTopics
  readonly process: BenchProcess
  /** The group that commits its offsets. */
  readonly groupId: string
  readonly raw: string
  readonly alerts: string
}

/**
 * Starts the peer on topics under a prefix and waits until it has its partitions.
 *
 * @param trees of each forest
 * @param fill called when the topics are there, before the peer runs
 */
export async function startPeer(
  cluster: BenchCluster,
  prefix: string,
  partitions: number,
  trees: number,
  fill: (topics: BenchTopics, raw: string) => Promise<void> = async () => undefined,
): Promise<RunningPeer> {
  const libraries = await peerLibraries()
  const topics = await cluster.topics(prefix, partitions)
  const [groupId, raw, alerts] = [`${prefix}peer`, `${prefix}access.raw`, `${prefix}peer.alerts`] as const
  await topics.admin.createTopics({ topics: [{ topic: alerts, numPartitions: partitions }] })
  await fill(topics, raw)
  const started = cluster.start('peer', 'java', [
    ...[...javaFlags, '-cp', join(libraries, '*')],
    ...['peer.Peer', cluster.kafka.brokers, groupId, raw, alerts, join(cluster.folder, 'peer-state'), String(trees)],
  ])
  await readyPeer(started)
  return { topics, process: started, groupId, raw, alerts }
}

async function readyPeer({ process: child, logFile }: BenchProcess): Promise<void> {
  for (const startedMs = performance.now(); ; ) {
    const printed = await readFile(logFile, 'utf8')
    if (/^ready$/m.test(printed)) return
    if (child.exitCode !== null || performance.now() - startedMs > startMsMax)
      throw new Error(`The peer ended, or was not ready within ${startMsMax} ms. It printed:\n${printed.slice(-2000)}`)
    await sleep(pollMs)
  }
}

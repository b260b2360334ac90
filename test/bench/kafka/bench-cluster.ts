import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Config, createLogger, loadOrCreateKey, resolveConfig } from '@ostiary/runtime'
import {
  applyTopics,
  connect,
  freePort,
  type LocalKafka,
  type LocalRegistry,
  SchemaClient,
  startKafka,
  startRegistry,
  type TopicName,
} from '@ostiary/runtime/kafka'
import type { Admin, Kafka } from 'kafkajs'

export type BenchService = 'enricher' | 'detector' | 'desk' | 'census'

const program = new URL('../../../../services/cli/bin/ostiary.js', import.meta.url).pathname

/** Which group reads which topic. */
const inputs: Readonly<Record<BenchService, TopicName>> = {
  enricher: 'access.raw',
  detector: 'access.events',
  desk: 'access.findings',
  census: 'access.census',
}

export interface BenchProcess {
  readonly name: string
  readonly process: ChildProcess
  /** Takes what it prints. */
  readonly logFile: string
}

/** A service as a process of its own, as it is deployed. */
export interface ServiceProcess extends BenchProcess {
  readonly name: BenchService
  readonly listen: string
}

/** A broker and a registry of the bench's own, topics under a prefix for each measurement, and services as processes. */
export class BenchCluster {
  readonly kafka: LocalKafka
  readonly registry: LocalRegistry
  readonly folder: string
  readonly #processes: Map<ChildProcess, BenchProcess> = new Map()
  #started = 0

  private constructor(folder: string, kafka: LocalKafka, registry: LocalRegistry) {
    this.folder = folder
    this.kafka = kafka
    this.registry = registry
    loadOrCreateKey(this.keyFile)
  }

  static async start(): Promise<BenchCluster> {
    const folder = mkdtempSync(join(tmpdir(), 'ostiary-bench-'))
    const kafka = await startKafka({ dataFolder: join(folder, 'kafka'), heapMb: 512 })
    const registry = await startRegistry({ dataFolder: join(folder, 'registry') })
    return new BenchCluster(folder, kafka, registry)
  }

  get keyFile(): string {
    return join(this.folder, 'key')
  }

  /** Topics of one measurement. */
  async topics(prefix: string, partitions: number): Promise<BenchTopics> {
    const config = resolveConfig({
      flags: { brokers: this.kafka.brokers, registryUrl: this.registry.registryUrl, topicPrefix: prefix },
    })
    const log = createLogger({ level: 'error', service: 'bench', version: '0' })
    const kafka = connect(config, {}, log, 'bench')
    const admin = kafka.admin()
    await admin.connect()
    await applyTopics({ admin, schemas: new SchemaClient(config, {}), topicPrefix: prefix, partitions })
    return { config, kafka, admin }
  }

  async run(name: BenchService, prefix: string, env: Readonly<Record<string, string>> = {}): Promise<ServiceProcess> {
    const listen = `127.0.0.1:${await freePort()}`
    const args = [program, 'run', name, ...(name === 'enricher' ? ['--key', this.keyFile] : [])]
    const started = this.start(name, process.execPath, args, {
      OSTIARY_BROKERS: this.kafka.brokers,
      OSTIARY_REGISTRY_URL: this.registry.registryUrl,
      OSTIARY_TOPIC_PREFIX: prefix,
      OSTIARY_LISTEN: listen,
      OSTIARY_LOG_LEVEL: 'warn',
      // As in the image.
      MALLOC_ARENA_MAX: '2',
      ...env,
    })
    return { ...started, name, listen }
  }

  /** Starts any program beside the cluster, which ends with it. */
  start(
    name: string,
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): BenchProcess {
    const logFile = join(this.folder, `${name}-${++this.#started}.log`)
    const log = openSync(logFile, 'w', 0o600)
    const child = spawn(command, args, { stdio: ['ignore', log, log], env: { ...process.env, ...env } })
    closeSync(log)
    const started = { name, process: child, logFile }
    this.#processes.set(child, started)
    return started
  }

  /** Ends services: in order, or at once as a crash does. */
  async end({ process: child }: BenchProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#processes.delete(child)
    if (child.exitCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  async endAll(): Promise<void> {
    for (const started of [...this.#processes.values()]) await this.end(started)
  }

  async stop(): Promise<void> {
    for (const started of [...this.#processes.values()]) await this.end(started, 'SIGKILL')
    await this.registry.kill()
    await this.kafka.kill()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

export interface BenchTopics {
  readonly config: Config
  readonly kafka: Kafka
  readonly admin: Admin
}

/** Records that a group has committed, and records there are. */
export interface Progress {
  readonly done: number
  readonly all: number
}

/** How far a service is. */
export function progressOf(topics: BenchTopics, service: BenchService): Promise<Progress> {
  const { topicPrefix } = topics.config
  return groupProgress(topics, `${topicPrefix}ostiary-${service}`, topicPrefix + inputs[service])
}

export async function groupProgress({ admin }: BenchTopics, groupId: string, topic: string): Promise<Progress> {
  const fetched = await admin.fetchOffsets({ groupId, topics: [topic] })
  const done = (fetched[0]?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0)
  const all = (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0)
  return { done, all }
}

/** Resident memory of a process in MiB, as Linux tells it. */
export function residentMiB({ process: child }: ServiceProcess): number {
  const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024
}

/** User and system time of a process so far, in ms. */
export function processorMs({ pid }: { readonly pid?: number | undefined }): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
  // In ticks of 10 ms, the kernel's unit towards programs.
  return (Number(fields[11]) + Number(fields[12])) * 10
}

/** Resolves once a service answers that it is ready. */
export async function ready({ name, listen, logFile, process: child }: ServiceProcess): Promise<void> {
  while (child.exitCode === null) {
    const answer = await fetch(`http://${listen}/readyz`).catch(() => undefined)
    if (answer?.status === 200) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`The ${name} ended before it was ready: ${readFileSync(logFile, 'utf8').slice(-2000)}`)
}

import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
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

/** A service as a process of its own, as it is deployed. */
export interface ServiceProcess {
  readonly name: BenchService
  readonly process: ChildProcess
  readonly listen: string
  readonly logFile: string
}

/** A broker and a registry of the bench's own, topics under a prefix for each measurement, and services as processes. */
export class BenchCluster {
  readonly kafka: LocalKafka
  readonly registry: LocalRegistry
  readonly #folder: string
  readonly #services: Set<ServiceProcess> = new Set()

  private constructor(folder: string, kafka: LocalKafka, registry: LocalRegistry) {
    this.#folder = folder
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
    return join(this.#folder, 'key')
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
    const logFile = join(this.#folder, `${name}.log`)
    const log = openSync(logFile, 'a', 0o600)
    const args = [program, 'run', name, ...(name === 'enricher' ? ['--key', this.keyFile] : [])]
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', log, log],
      env: {
        ...process.env,
        OSTIARY_BROKERS: this.kafka.brokers,
        OSTIARY_REGISTRY_URL: this.registry.registryUrl,
        OSTIARY_TOPIC_PREFIX: prefix,
        OSTIARY_LISTEN: listen,
        OSTIARY_LOG_LEVEL: 'warn',
        ...env,
      },
    })
    const service = { name, process: child, listen, logFile }
    this.#services.add(service)
    return service
  }

  /** Ends services: in order, or at once as a crash does. */
  async end(service: ServiceProcess, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<void> {
    this.#services.delete(service)
    if (service.process.exitCode !== null) return
    const ended = new Promise((resolve) => service.process.once('exit', resolve))
    service.process.kill(signal)
    await ended
  }

  async endAll(): Promise<void> {
    for (const service of [...this.#services]) await this.end(service)
  }

  async stop(): Promise<void> {
    for (const service of [...this.#services]) await this.end(service, 'SIGKILL')
    await this.registry.kill()
    await this.kafka.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

export interface BenchTopics {
  readonly config: Config
  readonly kafka: Kafka
  readonly admin: Admin
}

/** Records that the group of a service has committed, and records there are. */
export async function progressOf(
  { admin, config }: BenchTopics,
  service: BenchService,
): Promise<{ readonly done: number; readonly all: number }> {
  const topic = config.topicPrefix + inputs[service]
  const groupId = `${config.topicPrefix}ostiary-${service}`
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
export function processorMs({ process: child }: ServiceProcess): number {
  const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
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

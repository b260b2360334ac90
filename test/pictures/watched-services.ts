import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { freePort } from '@ostiary/runtime/kafka'
import { BenchCluster, type BenchProcess } from '../bench/kafka/bench-cluster.ts'
import { Alertmanager } from '../receivers/alertmanager.ts'
import { hurried } from '../receivers/hurried-rules.ts'
import { Prometheus } from '../receivers/prometheus.ts'
import { checkout } from './checkout.ts'

const partitions = 4
const token = 'pictures-of-dashboards'
const readyMsMax = 120_000
const instances = ['collector', 'enricher', 'detector-1', 'detector-2', 'census', 'desk', 'forwarder'] as const
type Instance = (typeof instances)[number]
/** Addresses as Compose gives them, which a picture shows as `instance`: those of this machine say nothing. */
const shownAddress = (position: number): string => `172.18.0.${position + 4}:9464`

/** Two detectors and one of every other service, a Prometheus with the rules of deploy, and an Alertmanager. */
export class WatchedServices {
  readonly prometheus: Prometheus
  readonly #cluster: BenchCluster
  readonly #env: Readonly<Record<string, string>>
  readonly #running: Map<Instance, BenchProcess> = new Map()
  readonly #alertmanager: Alertmanager
  readonly #collectPort: number
  readonly #listens: ReadonlyMap<Instance, string>

  private constructor(
    cluster: BenchCluster,
    env: Readonly<Record<string, string>>,
    listens: ReadonlyMap<Instance, string>,
    collectPort: number,
    watchers: { readonly prometheus: Prometheus; readonly alertmanager: Alertmanager },
  ) {
    this.#cluster = cluster
    this.#env = env
    this.#listens = listens
    this.#collectPort = collectPort
    this.prometheus = watchers.prometheus
    this.#alertmanager = watchers.alertmanager
  }

  /** @throws Error that says what is missing, of Java, Maven, Prometheus and Alertmanager */
  static async start(): Promise<WatchedServices> {
    const listens = new Map<Instance, string>()
    for (const name of instances) listens.set(name, `127.0.0.1:${await freePort()}`)
    const alertmanager = await Alertmanager.open()
    const targets = instances.map((name, position) => ({
      address: listens.get(name)!,
      labels: { service: serviceOf(name), instance: shownAddress(position) },
    }))
    const prometheus = await Prometheus.open(
      targets,
      hurried(readFileSync(join(checkout, 'deploy/prometheus/ostiary.rules.yml'), 'utf8')),
      alertmanager.url,
    )
    const cluster = await BenchCluster.start()
    const prefix = 'pictures.'
    await cluster.topics(prefix, partitions)
    const env = {
      OSTIARY_BROKERS: cluster.kafka.brokers,
      OSTIARY_REGISTRY_URL: cluster.registry.registryUrl,
      OSTIARY_TOPIC_PREFIX: prefix,
      OSTIARY_SESSION_MS: '6s',
      OSTIARY_SNAPSHOT_MS: '15s',
      OSTIARY_COLLECTOR_TOKEN: token,
    }
    const services = new WatchedServices(cluster, env, listens, await freePort(), { prometheus, alertmanager })
    try {
      for (const name of instances) await services.begin(name)
    } catch (error) {
      await services.close()
      throw error
    }
    return services
  }

  async begin(name: Instance): Promise<void> {
    const own: Readonly<Partial<Record<Instance, readonly string[]>>> = {
      collector: ['--collect', `127.0.0.1:${this.#collectPort}`],
      enricher: ['--key', this.#cluster.keyFile],
      forwarder: ['--to', 'file', '--file', join(this.#cluster.folder, 'alerts.ndjson')],
    }
    const listen = this.#listens.get(name)!
    const args = [join(checkout, 'services/cli/bin/ostiary.js'), 'run', serviceOf(name), ...(own[name] ?? [])]
    const env = { ...this.#env, OSTIARY_LISTEN: listen }
    const started = this.#cluster.start(name, process.execPath, args, env)
    this.#running.set(name, started)
    for (const startedMs = Date.now(); Date.now() - startedMs < readyMsMax; await sleep(200)) {
      if (started.process.exitCode !== null) break
      if ((await fetch(`http://${listen}/readyz`).catch(() => undefined))?.ok === true) return
    }
    throw new Error(`The ${name} does not get ready: ${readFileSync(started.logFile, 'utf8').slice(-2000)}`)
  }

  /** As a crash does. */
  async kill(name: Instance): Promise<void> {
    await this.#cluster.end(this.#running.get(name)!, 'SIGKILL')
  }

  /** Sends lines to the collector, again where it asks for patience. */
  async collect(lines: readonly string[]): Promise<void> {
    const address = `http://127.0.0.1:${this.#collectPort}/v1/records`
    const headers = { authorization: `Bearer ${token}` }
    for (;;) {
      const { status } = await fetch(address, { method: 'POST', body: lines.join('\n'), headers })
      if (status !== 429 && status !== 503) return
      await sleep(100)
    }
  }

  async close(): Promise<void> {
    await this.prometheus.close()
    await this.#alertmanager.close()
    await this.#cluster.stop()
  }
}

function serviceOf(name: Instance): string {
  return name.replace(/-\d$/, '')
}

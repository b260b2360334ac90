import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { CommandFolder, Json, Running } from '../e2e/command.ts'
import { Alertmanager } from '../receivers/alertmanager.ts'
import { hurried } from '../receivers/hurried-rules.ts'
import { Prometheus } from '../receivers/prometheus.ts'
import { Stack } from './stack.ts'

export const serviceNames = ['collector', 'enricher', 'detector', 'census', 'desk', 'forwarder'] as const
export type ObservedService = (typeof serviceNames)[number]

const token = 'a token of enough letters'.replaceAll(' ', '-')
const untilMsMax = 90_000

/** An alert of which the Alertmanager told its webhook. */
export interface ToldAlert {
  readonly status: 'firing' | 'resolved'
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
}

/** Every service as a process of its own on the broker of the run, a Prometheus that scrapes them, and who it tells. */
export class ObservedSystem {
  readonly told: ToldAlert[] = []
  readonly #stack: Stack
  readonly #running: ReadonlyMap<ObservedService, Running>
  #prometheus: Prometheus | undefined
  #alertmanager: Alertmanager | undefined
  #webhook: Server | undefined

  private constructor(stack: Stack, running: ReadonlyMap<ObservedService, Running>) {
    this.#stack = stack
    this.#running = running
  }

  /**
   * @param rules those of deploy, which are evaluated in a hurry
   * @param tracesEndpoint where all spans go
   */
  static async start(folder: CommandFolder, rules: string, tracesEndpoint: string): Promise<ObservedSystem> {
    const stack = await Stack.make(1)
    const { brokers, registryUrl, topicPrefix } = stack.config
    const env = {
      OSTIARY_BROKERS: brokers,
      OSTIARY_REGISTRY_URL: registryUrl,
      OSTIARY_TOPIC_PREFIX: topicPrefix,
      OSTIARY_LISTEN: '127.0.0.1:0',
      OSTIARY_DIGEST_BITS: '5',
      OSTIARY_SESSION_MS: '6s',
      OSTIARY_SNAPSHOT_MS: '2s',
      OSTIARY_LOG_LEVEL: 'debug',
      OSTIARY_COLLECTOR_TOKEN: token,
      OSTIARY_TRACES_RATIO: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: tracesEndpoint,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-receiver-key=of-a-test',
    }
    const flags: Readonly<Record<ObservedService, readonly string[]>> = {
      collector: ['--collect', '127.0.0.1:0'],
      enricher: ['--key', stack.keyFile],
      detector: [],
      census: [],
      desk: [],
      forwarder: ['--to', 'file', '--file', folder.at('alerts.ndjson')],
    }
    const running = new Map(serviceNames.map((name) => [name, folder.start(['run', name, ...flags[name]], { env })]))
    const system = new ObservedSystem(stack, running)
    const targets = []
    for (const name of serviceNames)
      targets.push({ address: await system.addressOf(name), labels: { service: name, instance: name } })
    system.#webhook = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        system.told.push(...(JSON.parse(Buffer.concat(chunks).toString('utf8')) as { alerts: ToldAlert[] }).alerts)
        response.end()
      })
    })
    await new Promise<void>((resolve) => system.#webhook!.listen(0, '127.0.0.1', resolve))
    const { port } = system.#webhook.address() as AddressInfo
    system.#alertmanager = await Alertmanager.open(`http://127.0.0.1:${port}/`)
    system.#prometheus = await Prometheus.open(targets, hurried(rules), system.#alertmanager.url)
    await until(
      async () => (await system.prometheus.range('up == 1', 1)).length === serviceNames.length,
      () => 'Prometheus has scraped every service',
    )
    return system
  }

  get prometheus(): Prometheus {
    return this.#prometheus!
  }

  running(name: ObservedService): Running {
    return this.#running.get(name)!
  }

  /** Everything that a service has written, to standard output and error. */
  written(name: ObservedService): string {
    const { stdout, stderr } = this.running(name).seen()
    return stdout + stderr
  }

  logOf(name: ObservedService): readonly Json[] {
    return this.written(name)
      .split('\n')
      .filter((line) => line.startsWith('{') && line.endsWith('}'))
      .map((line) => JSON.parse(line) as Json)
  }

  /** Where a service answers /metrics. */
  addressOf(name: ObservedService): Promise<string> {
    return this.#addressIn(name, 'answering /metrics, /livez and /readyz')
  }

  async metricsOf(name: ObservedService, accept: string): Promise<string> {
    return (await fetch(`http://${await this.addressOf(name)}/metrics`, { headers: { accept } })).text()
  }

  /** Sends a body to the collector. @returns its answer's status */
  async collect(body: string, headers: Readonly<Record<string, string>> = {}): Promise<number> {
    const address = await this.#addressIn('collector', 'taking records over HTTP')
    const given = { authorization: `Bearer ${token}`, ...headers }
    return (await fetch(`http://${address}/v1/records`, { method: 'POST', body, headers: given })).status
  }

  /** Resolves when everything that was sent has been alerted on or not. */
  drained(): Promise<void> {
    return this.#stack.drained('enricher', 'detector', 'desk')
  }

  async close(): Promise<void> {
    for (const { child } of this.#running.values()) child.kill('SIGKILL')
    await this.#prometheus?.close()
    await this.#alertmanager?.close()
    this.#webhook?.closeAllConnections()
    this.#webhook?.close()
    await this.#stack.close()
  }

  async #addressIn(name: ObservedService, msg: string): Promise<string> {
    const told = (): unknown => this.logOf(name).find((line) => line['msg'] === msg)?.['address']
    await until(
      () => told() !== undefined,
      () => `${name} says where it answers: ${this.written(name).slice(-500)}`,
    )
    return String(told())
  }
}

/** Waits for a condition, also where no test runs yet. @throws Error with what was waited for */
export async function until(condition: () => boolean | Promise<boolean>, what: () => string): Promise<void> {
  for (const startedMs = Date.now(); !(await condition()); await sleep(200))
    if (Date.now() - startedMs > untilMsMax) throw new Error(`waited in vain: ${what()}`)
}

import type { Config } from '@ostiary/runtime'
import { freePort } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import type { Steps } from '../render/steps.ts'
import type { UpSummary } from '../render/up-summary.ts'
import {
  type BrokerAddresses,
  composeAddresses,
  dockerAnswers,
  dockerPart,
  javaParts,
  requireFree,
  type Way,
} from './broker-way.ts'
import { KeptPart } from './kept-part.ts'
import type { Part } from './part.ts'
import { prepareTopics } from './prepare-topics.ts'
import { servicePart } from './service-process.ts'
import type { UpFiles } from './up-files.ts'

/** What the command line may choose. A port of 0 is a free one. */
export interface UpChoices {
  readonly brokers?: string
  readonly config?: string
  readonly with?: Way
  readonly brokerPort?: number
  readonly registryPort?: number
  readonly collectPort: number
  readonly listenPort: number
  readonly partitions?: number
}

export interface UpOptions extends Omit<UpChoices, 'config'> {
  readonly config: Config
  /** The configuration's own file, for the services to read. */
  readonly configFile: string | undefined
  readonly files: UpFiles
  readonly env: NodeJS.ProcessEnv
  readonly signal: AbortSignal
  readonly steps: Steps
}

const brokerPortByDefault = 9092
const registryPortByDefault = 8081
/** In the order they are started; they are stopped the other way round. */
const services = ['enricher', 'detector', 'census', 'desk', 'collector'] as const
type Service = (typeof services)[number]

/** One run of `ostiary up`: what it has started so far, and how to end that. */
export class UpRun {
  readonly #options: UpOptions
  readonly #kept: KeptPart[] = []
  readonly #lost: Promise<OstiaryError>
  #lose: (error: OstiaryError) => void = () => undefined

  constructor(options: UpOptions) {
    this.#options = options
    this.#lost = new Promise((resolve) => {
      this.#lose = resolve
    })
  }

  /** Starts everything and says where it is. What it has started when it throws is ended by `stop`. */
  async start(): Promise<UpSummary> {
    const { config, files, steps, collectPort, partitions, env } = this.#options
    const collect = await this.#portFor(collectPort, 'the collector', '--collect-port')
    const listenPorts = await this.#listenPorts()
    const addresses = await this.#startBroker()
    steps.begin('Topics', 'comparing them with what they should be')
    steps.done(await prepareTopics({ ...config, ...addresses }, partitions, env))
    await this.#startServices(addresses, collect, listenPorts)
    return {
      ...addresses,
      topicPrefix: config.topicPrefix,
      collectUrl: `http://127.0.0.1:${collect}/v1/records`,
      tokenFile: files.tokenFile,
      folder: files.folder,
      metrics: services.map((name, index) => [name, `http://127.0.0.1:${listenPorts[index]!}/metrics`]),
    }
  }

  /** Resolves when it is interrupted. Throws when a part does not stay up. */
  async untilEnd(): Promise<void> {
    const { signal } = this.#options
    const interrupted = new Promise<undefined>((resolve) => {
      signal.addEventListener('abort', () => resolve(undefined), { once: true })
      if (signal.aborted) resolve(undefined)
    })
    const lost = await Promise.race([this.#lost, interrupted])
    if (lost !== undefined) throw lost
  }

  /** Ends what was started, the last first. */
  async stop(): Promise<void> {
    const { steps } = this.#options
    steps.close()
    if (this.#kept.length === 0) return
    steps.begin('Stopping')
    for (let part = this.#kept.pop(); part !== undefined; part = this.#kept.pop()) {
      steps.note(part.name)
      await part.stop()
    }
    steps.done('everything has ended')
  }

  async #keep(part: Part): Promise<void> {
    const { signal, steps } = this.#options
    const options = {
      signal,
      onEnd: (text: string) => steps.say(text),
      onLost: (lost: OstiaryError) => this.#lose(lost),
    }
    this.#kept.push(await KeptPart.start(part, options))
  }

  async #startBroker(): Promise<BrokerAddresses> {
    const { brokers: flag, config, steps, signal } = this.#options
    const { with: way, brokerPort, registryPort } = this.#options
    if (flag !== undefined && way !== undefined)
      throw new OstiaryError('usage.invalid', `Cannot use --brokers "${flag}" and --with "${way}" together: give one`)
    if (way === undefined && config.brokers !== '') return givenAddresses(config)
    const chosen = brokerPort !== undefined || registryPort !== undefined
    if (way === 'docker' && chosen)
      throw new OstiaryError(
        'usage.invalid',
        'Cannot choose ports with Docker, where docker-compose.yml does: leave --broker-port and --registry-port out',
      )
    steps.begin('Docker', 'asking whether it is there')
    const useDocker = way === 'docker' || (way === undefined && !chosen && (await dockerAnswers(signal)))
    steps.close()
    return useDocker ? this.#startDocker() : this.#startJava()
  }

  async #startDocker(): Promise<BrokerAddresses> {
    const { steps, signal } = this.#options
    steps.begin('Docker', 'starting Kafka and the registry, fetching them the first time')
    await this.#keep(dockerPart(signal))
    steps.done(`Kafka at ${composeAddresses.brokers}, registry at ${composeAddresses.registryUrl}`)
    return composeAddresses
  }

  async #startJava(): Promise<BrokerAddresses> {
    const { brokerPort, registryPort, files, steps } = this.#options
    const { parts, addresses } = javaParts({
      dataFolder: files.folder,
      brokerPort: await this.#portFor(brokerPort ?? brokerPortByDefault, 'Kafka', '--broker-port'),
      registryPort: await this.#portFor(registryPort ?? registryPortByDefault, 'the registry', '--registry-port'),
      steps,
    })
    const where = [addresses.brokers, addresses.registryUrl]
    for (const [index, part] of parts.entries()) {
      steps.begin(part.name)
      await this.#keep(part)
      steps.done(where[index]!)
    }
    return addresses
  }

  async #startServices(
    { brokers, registryUrl }: BrokerAddresses,
    collectPort: number,
    listenPorts: readonly number[],
  ): Promise<void> {
    const { config, configFile, files, steps } = this.#options
    const env: NodeJS.ProcessEnv = {
      // As in the image.
      MALLOC_ARENA_MAX: '2',
      ...this.#options.env,
      OSTIARY_BROKERS: brokers,
      OSTIARY_REGISTRY_URL: registryUrl,
      OSTIARY_TOPIC_PREFIX: config.topicPrefix,
    }
    const ownArgs: Readonly<Partial<Record<Service, readonly string[]>>> = {
      enricher: ['--key', files.keyFile],
      collector: ['--collect', `127.0.0.1:${collectPort}`, '--token-file', files.tokenFile],
    }
    const configArgs = configFile === undefined ? [] : ['--config', configFile]
    for (const [index, name] of services.entries()) {
      steps.begin(name, 'starting')
      await this.#keep(
        servicePart({
          name,
          args: [...(ownArgs[name] ?? []), ...configArgs],
          env,
          listenPort: listenPorts[index]!,
          logFolder: files.logFolder,
        }),
      )
      steps.done('ready')
    }
  }

  async #listenPorts(): Promise<number[]> {
    const { listenPort } = this.#options
    const ports: number[] = []
    for (const [index, name] of services.entries())
      ports.push(await this.#portFor(listenPort === 0 ? 0 : listenPort + index, `the ${name}`, '--listen-port'))
    return ports
  }

  /** Checked before anything is started, so that nothing is half up. */
  async #portFor(given: number, what: string, flag: string): Promise<number> {
    if (given === 0) return freePort()
    await requireFree(given, what, flag)
    return given
  }
}

function givenAddresses({ brokers, registryUrl }: Config): BrokerAddresses {
  if (registryUrl !== '') return { brokers, registryUrl }
  throw new OstiaryError(
    'config.invalid',
    `Cannot use broker "${brokers}" without a schema registry: set --registry-url or OSTIARY_REGISTRY_URL`,
  )
}

import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { loadOrCreateKey } from '@ostiary/runtime'
import { type PrincipalName, principals, type ServiceName } from '@ostiary/runtime/kafka'
import { Kafka, type KafkaConfig, logLevel } from 'kafkajs'
import { expect } from 'vitest'
import { type CommandFolder, expectCode, type Ran, type Running } from '../e2e/command.ts'
import { freshPrefix, kafkaForTests, type SecuredTestKafka, securedKafkaForTests } from './harness.ts'
import { RegistryDoor } from './registry-door.ts'

/** Who comes in TLS; the others come without. */
const inTls: ReadonlySet<PrincipalName> = new Set(['collector', 'enricher', 'desk', 'subscriber', 'analyst'])
const registryUser = 'ostiary'

/** A broker that denies by default and a registry that asks for a password, with our topics, rules and principals. */
export class SecuredCluster {
  readonly kafka: SecuredTestKafka
  readonly registry: RegistryDoor
  readonly folder: CommandFolder
  readonly prefix: string = freshPrefix()
  /** Every secret that was given to a process. */
  readonly secrets: readonly string[]
  readonly collectorToken: string
  readonly #runs: Running[] = []
  readonly #services: Map<ServiceName, Running> = new Map()

  private constructor(
    kafka: SecuredTestKafka,
    registry: RegistryDoor,
    folder: CommandFolder,
    own: { readonly registryPassword: string; readonly collectorToken: string },
  ) {
    this.kafka = kafka
    this.registry = registry
    this.folder = folder
    this.collectorToken = own.collectorToken
    const basic = Buffer.from(`${registryUser}:${own.registryPassword}`).toString('base64')
    this.secrets = [...Object.values(kafka.users), own.registryPassword, own.collectorToken, basic]
    const files = { ...kafka.users, registry: own.registryPassword, token: own.collectorToken }
    for (const [name, secret] of Object.entries(files)) writeFileSync(folder.at(name), `${secret}\n`, { mode: 0o600 })
    loadOrCreateKey(folder.at('pseudonym-key'))
  }

  /** Brings all of it up, as an administrator does who follows deploy/README.md. */
  static async make(folder: CommandFolder): Promise<SecuredCluster> {
    const { registryUrl } = await kafkaForTests()
    const kafka = await securedKafkaForTests(principals.map((name) => `ostiary-${name}`))
    const registryPassword = randomBytes(12).toString('hex')
    const registry = await RegistryDoor.open(registryUrl, registryUser, registryPassword)
    const collectorToken = randomBytes(24).toString('hex')
    const cluster = new SecuredCluster(kafka, registry, folder, { registryPassword, collectorToken })
    const admin = { ...cluster.#surroundings(), OSTIARY_BROKERS: kafka.adminBrokers }
    expectCode(await cluster.#ran(['topics', 'apply', '--partitions', '2'], admin), 0)
    expectCode(await cluster.#ran(['acls', 'apply'], admin), 0)
    return cluster
  }

  /** What a process of a principal is given in its environment. */
  envOf(principal: PrincipalName): Readonly<Record<string, string>> {
    const isTls = inTls.has(principal)
    const { tlsBrokers, saslBrokers, caFile, users } = this.kafka
    const name = `ostiary-${principal}`
    return {
      ...this.#surroundings(),
      OSTIARY_BROKERS: isTls ? tlsBrokers : saslBrokers,
      ...(isTls ? { OSTIARY_TLS: 'yes', OSTIARY_TLS_CA_FILE: caFile } : {}),
      OSTIARY_SASL_MECHANISM: 'scram-sha-512',
      OSTIARY_SASL_USERNAME: name,
      // From a file or from the environment: both ways are taken.
      ...(isTls ? { OSTIARY_SASL_PASSWORD_FILE: this.folder.at(name) } : { OSTIARY_SASL_PASSWORD: users[name]! }),
    }
  }

  #surroundings(): Record<string, string> {
    return {
      XDG_CACHE_HOME: process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
      OSTIARY_REGISTRY_URL: this.registry.url,
      OSTIARY_REGISTRY_USERNAME: registryUser,
      OSTIARY_REGISTRY_PASSWORD_FILE: this.folder.at('registry'),
      OSTIARY_TOPIC_PREFIX: this.prefix,
      OSTIARY_LOG_LEVEL: 'trace',
      OSTIARY_SESSION_MS: '6s',
      OSTIARY_SNAPSHOT_MS: '2s',
      OSTIARY_SCORES_TO: 'topic',
    }
  }

  /** Runs a command to its end, with whatever environment. */
  async #ran(args: readonly string[], env: Readonly<Record<string, string>>, input?: string): Promise<Ran> {
    const running = this.folder.start(args, { env, input: input ?? '' })
    this.#runs.push(running)
    return running.done
  }

  /** Runs a command of a principal to its end; `env` stands instead of what it is given otherwise. */
  command(
    principal: PrincipalName,
    args: readonly string[],
    { env = {}, input }: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
  ): Promise<Ran> {
    return this.#ran(args, { ...this.envOf(principal), ...env }, input)
  }

  /** Starts a service under its own principal. */
  start(service: ServiceName, args: readonly string[] = []): Running {
    const running = this.folder.start(['run', service, ...args], { env: this.envOf(service) })
    this.#runs.push(running)
    this.#services.set(service, running)
    return running
  }

  /** Ends the services: in order, or as a crash does. */
  async end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const services = [...this.#services]
    this.#services.clear()
    for (const [, { child }] of services) child.kill(signal)
    for (const [name, { done }] of services) {
      const ran = await done
      if (signal === 'SIGTERM') expect(ran.code, `${name}: ${ran.stdout.slice(-2000)}`).toBe(0)
    }
  }

  /** A bare client of a principal, or of the administrator; it tries nothing twice. */
  client(principal: PrincipalName | 'admin'): Kafka {
    return new Kafka({ ...this.#configOf(principal), logLevel: logLevel.NOTHING, retry: { retries: 0 } })
  }

  /** Sends something that no service of ours would write, for each stage to lay aside. */
  async sendGarbage(): Promise<void> {
    const producer = this.client('admin').producer()
    await producer.connect()
    for (const topic of ['access.raw', 'access.events', 'access.findings', 'access.census'])
      await producer.send({ topic: this.prefix + topic, messages: [{ value: '{"half":' }] })
    await producer.disconnect()
  }

  #configOf(principal: PrincipalName | 'admin'): Pick<KafkaConfig, 'brokers' | 'ssl' | 'sasl'> {
    const { adminBrokers, tlsBrokers, saslBrokers, caFile, users } = this.kafka
    if (principal === 'admin') return { brokers: [adminBrokers] }
    const username = `ostiary-${principal}`
    return {
      sasl: { mechanism: 'scram-sha-512', username, password: users[username]! },
      ...(inTls.has(principal)
        ? { brokers: [tlsBrokers], ssl: { ca: [readFileSync(caFile, 'utf8')] } }
        : { brokers: [saslBrokers] }),
    }
  }

  /** Everything that processes printed so far, each with what it was. */
  printed(): string[] {
    return this.#runs.map(({ child, seen }) => `${child.spawnargs.join(' ')}\n${seen().stdout}${seen().stderr}`)
  }

  async close(): Promise<void> {
    await this.end('SIGKILL')
    for (const { child } of this.#runs) child.kill('SIGKILL')
    await this.registry.close()
    await this.kafka.stop()
  }
}

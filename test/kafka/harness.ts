import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalKafka, startKafka } from '@ostiary/runtime/kafka'
import { inject } from 'vitest'

/** Where tests find Kafka and the registry. */
export interface TestKafka {
  readonly brokers: string
  readonly registryUrl: string
}

/** What `global-setup.ts` found: addresses, or why there are none. */
export type FoundKafka = TestKafka | { readonly missing: string }

declare module 'vitest' {
  interface ProvidedContext {
    kafka: FoundKafka
  }
}

/**
 * The broker and the registry that all tests of a run share; each test takes names under a prefix of its own. They come from
 * `OSTIARY_TEST_BROKERS` and `OSTIARY_TEST_REGISTRY`, from containers, or from Java on this machine: see `global-setup.ts`.
 *
 * @throws Error that says what to install, where there is none of them: no test is left out in silence
 */
export async function kafkaForTests(): Promise<TestKafka> {
  const found = inject('kafka')
  if ('missing' in found) throw new Error(found.missing)
  return found
}

/** A prefix for topics, groups and transactional ids that no other test has. */
export function freshPrefix(): string {
  return `t${randomBytes(6).toString('hex')}.`
}

const plainModule = 'org.apache.kafka.common.security.plain.PlainLoginModule required'

/** A broker that knows who asks, and denies what no rule allows. */
export interface SecuredTestKafka {
  /** For rules and topics: whoever asks here may do everything. */
  readonly adminBrokers: string
  /** SCRAM-SHA-512, without TLS. */
  readonly saslBrokers: string
  /** SCRAM-SHA-512 or PLAIN, in TLS by a certificate of the authority in `caFile`. */
  readonly tlsBrokers: string
  readonly caFile: string
  readonly users: Readonly<Record<string, string>>
  /** What the authorizer has written so far: a line for each decision, in order. */
  auditLines(): string[]
  /** Has to be called in an `afterAll`. */
  stop(): Promise<void>
}

/**
 * Starts a broker of the test's own with these principals, each with a password of its own. Always of this machine, since the
 * container's image cannot be told of principals before it starts.
 */
export async function securedKafkaForTests(names: readonly string[]): Promise<SecuredTestKafka> {
  const folder = mkdtempSync(join(tmpdir(), 'ostiary-secured-'))
  const users = Object.fromEntries(names.map((name) => [name, randomBytes(12).toString('hex')]))
  const kafka: LocalKafka = await startKafka({
    dataFolder: folder,
    tls: true,
    audit: true,
    settings: {
      'listener.name.tls.sasl.enabled.mechanisms': 'SCRAM-SHA-512,PLAIN',
      'listener.name.tls.plain.sasl.jaas.config': `${plainModule} ${Object.entries(users)
        .map(([name, password]) => `user_${name}="${password}"`)
        .join(' ')};`,
    },
    auth: { users: names.map((name) => ({ name, password: users[name]! })), superUsers: [] },
  })
  return {
    adminBrokers: kafka.brokers,
    saslBrokers: kafka.saslBrokers!,
    tlsBrokers: kafka.tlsBrokers!,
    caFile: kafka.caFile!,
    users,
    auditLines: () => readFileSync(join(folder, 'authorizer.log'), 'utf8').split('\n'),
    async stop() {
      await kafka.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

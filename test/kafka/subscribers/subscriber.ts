// Reads alerts from access.alerts: npm install kafkajs@2.2.4 @kafkajs/confluent-schema-registry@3.9.0
import { readFileSync } from 'node:fs'
import { SchemaRegistry } from '@kafkajs/confluent-schema-registry'
import { Kafka, logLevel } from 'kafkajs'

/** The fields that this reader uses; docs/spec/ocsf.md has them all. */
interface Alert {
  readonly finding_uid: string
  readonly revision: number
  readonly disposition: 'page' | 'digest' | 'suppressed'
  readonly severity: string
  readonly score: number
  readonly reasons: readonly { readonly words: string }[]
}

const env = (name: string): string => process.env[name] ?? ''
const password = (file: string): string => readFileSync(file, 'utf8').trimEnd()

const kafka = new Kafka({
  clientId: 'soc',
  brokers: env('BROKERS').split(','),
  logLevel: logLevel.ERROR,
  ssl: { ca: [readFileSync(env('CA_FILE'), 'utf8')] },
  sasl: { mechanism: 'scram-sha-512', username: 'ostiary-subscriber', password: password(env('PASSWORD_FILE')) },
})
const registry = new SchemaRegistry({
  host: env('REGISTRY_URL'),
  auth: { username: env('REGISTRY_USER'), password: password(env('REGISTRY_PASSWORD_FILE')) },
})

/** The highest revision handled of each finding. Keep it where you keep your tickets, so that it outlives this process. */
const handled = new Map<string, number>()

/** Does something with an alert: page now, the digest when there is time, suppressed ones for the record only. */
async function handle({ finding_uid, revision, disposition, severity, score, reasons }: Alert): Promise<void> {
  process.stdout.write(
    `${JSON.stringify({ finding_uid, revision, disposition, severity, score, why: reasons[0]?.words })}\n`,
  )
}

// The group's name begins with ostiary-subscriber-: those are the ones it may read in.
const consumer = kafka.consumer({ groupId: `${env('TOPIC_PREFIX')}ostiary-subscriber-soc-ts`, readUncommitted: false })
await consumer.connect()
await consumer.subscribe({ topic: `${env('TOPIC_PREFIX')}access.alerts`, fromBeginning: true })
await consumer.run({
  // A place is committed once its record is handled: after a crash the last ones come again, and are known by their revision.
  eachMessage: async ({ message }) => {
    if (message.value === null) return
    const alert = (await registry.decode(message.value)) as Alert
    if (alert.revision <= (handled.get(alert.finding_uid) ?? 0)) return
    await handle(alert)
    handled.set(alert.finding_uid, alert.revision)
  },
})
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void consumer.disconnect())

import { version } from '@ostiary/launcher'
import { type Config, createLogger } from '@ostiary/runtime'
import { applyTopics, connect, SchemaClient, type TopicRow, toOstiaryError } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'

/**
 * Makes the topics and registers the schemas, as `ostiary topics apply` does, and says in words what that came to.
 *
 * @throws OstiaryError `topics.invalid` where a topic is there and cannot be made what it should be
 */
export async function prepareTopics(
  config: Config,
  partitions: number | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  // What the client has to say of a broker that is just up is for nobody.
  const log = createLogger({ level: 'error', service: 'ostiary-up', version })
  const admin = connect(config, env, log, 'ostiary-up').admin()
  let rows: readonly TopicRow[]
  try {
    await admin.connect().catch((error: unknown) => {
      throw toOstiaryError(`connect to Kafka at ${config.brokers}`, error)
    })
    const schemas = new SchemaClient(config, env)
    rows = await applyTopics({ admin, schemas, topicPrefix: config.topicPrefix, partitions, replication: undefined })
  } finally {
    await admin.disconnect()
  }
  const differing = rows.filter(({ state }) => state === 'differs')
  if (differing.length === 0) return countsOf(rows)
  const lines = differing.map(({ topic, details }) => `${topic}: ${details.join('; ')}`)
  throw new OstiaryError('topics.invalid', `Topics are not as their contracts say. ${lines.join('. ')}`)
}

function countsOf(rows: readonly TopicRow[]): string {
  const words = { created: 'made', changed: 'changed', unchanged: 'as they should be' } as const
  return Object.entries(words)
    .map(([state, word]) => [rows.filter((row) => row.state === state).length, word] as const)
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ')
}

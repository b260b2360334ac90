import { OstiaryError } from '@ostiary/schemas'
import { connect } from './connection.ts'
import type { ServiceContext } from './service.ts'
import type { TopicName } from './topics.ts'

/**
 * How many partitions a topic has.
 *
 * @throws OstiaryError `topics.invalid` where there is no such topic
 */
export async function partitionsOf({ config, env, log }: ServiceContext, name: TopicName): Promise<number> {
  const admin = connect(config, env, log, 'ostiary-start').admin()
  const topic = config.topicPrefix + name
  await admin.connect()
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    return topics[0]!.partitions.length
  } catch (cause) {
    if ((cause as { type?: string }).type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw cause
    throw new OstiaryError('topics.invalid', `Cannot find topic "${topic}": make it with "ostiary topics apply"`, {
      cause,
    })
  } finally {
    await admin.disconnect()
  }
}

import kafkajs, { type Admin } from 'kafkajs'
import { toOstiaryError } from './kafka-errors.ts'
import { partitionsByDefault, type TopicsSetting } from './topic-plan.ts'
import { topicNames } from './topics.ts'

/** A topic as the cluster has it. */
export interface FoundTopic {
  readonly partitions: number
  /** The least replicated partition's. */
  readonly replication: number
  /** What holds for it, by Kafka's names, whether set on the topic or not. */
  readonly configs: ReadonlyMap<string, string>
  /** The names among them that are set on the topic itself. */
  readonly own: ReadonlySet<string>
}

/** How many partitions and replicas somebody asked for; what is left out follows from the cluster. */
export interface TopicsWish {
  readonly topicPrefix: string
  readonly partitions?: number | undefined
  readonly replication?: number | undefined
}

/** Kafka's number for a setting that was made on the topic itself. */
const topicSource = 1

/** Those of our topics that are there, by their names with prefix. */
export async function findTopics(admin: Admin, topicPrefix: string): Promise<ReadonlyMap<string, FoundTopic>> {
  try {
    const all = new Set(await admin.listTopics())
    const names = topicNames.map((name) => topicPrefix + name).filter((topic) => all.has(topic))
    if (names.length === 0) return new Map()
    const { topics } = await admin.fetchTopicMetadata({ topics: names })
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: names.map((name) => ({ type: kafkajs.ConfigResourceTypes.TOPIC, name })),
    })
    const entriesOf = new Map(resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]))
    return new Map(
      topics.map(({ name, partitions }) => {
        const entries = entriesOf.get(name) ?? []
        return [
          name,
          {
            partitions: partitions.length,
            replication: Math.min(...partitions.map(({ replicas }) => replicas.length)),
            configs: new Map(entries.map(({ configName, configValue }) => [configName, configValue])),
            own: new Set(
              entries
                .filter(({ configSource }) => Number(configSource) === topicSource)
                .map(({ configName }) => configName),
            ),
          },
        ]
      }),
    )
  } catch (error) {
    throw toOstiaryError('read the topics of the cluster', error)
  }
}

/**
 * What was asked for, and where nothing was: as many partitions as there are already, else 4; and as many replicas as there
 * are brokers, three at most.
 */
export async function topicsSettingOf(
  admin: Admin,
  wish: TopicsWish,
  found: ReadonlyMap<string, FoundTopic>,
): Promise<TopicsSetting> {
  const { topicPrefix, partitions } = wish
  const partitionsLike = (name: 'access.raw' | 'access.events'): number =>
    partitions ?? found.get(topicPrefix + name)?.partitions ?? partitionsByDefault
  return {
    topicPrefix,
    rawPartitions: partitionsLike('access.raw'),
    eventsPartitions: partitionsLike('access.events'),
    replication: wish.replication ?? Math.min(3, await brokersOf(admin)),
  }
}

async function brokersOf(admin: Admin): Promise<number> {
  try {
    return (await admin.describeCluster()).brokers.length
  } catch (error) {
    throw toOstiaryError('count the brokers of the cluster', error)
  }
}

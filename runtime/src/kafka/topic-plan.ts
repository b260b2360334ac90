import { messageBytesMax, type TopicName, topicNames, topics } from './topics.ts'

/** How the topics of a cluster are to be made. */
export interface TopicsSetting {
  readonly topicPrefix: string
  /** Of `access.raw` and of `access.events`, each with what is partitioned like it. */
  readonly rawPartitions: number
  readonly eventsPartitions: number
  readonly replication: number
}

/** A topic as its contract wants it. */
export interface TopicPlan {
  readonly name: TopicName
  /** With prefix, as the cluster knows it. */
  readonly topic: string
  readonly partitions: number
  readonly replication: number
  /** Topic settings by Kafka's names for them. */
  readonly configs: Readonly<Record<string, string>>
}

/** Partitions of `access.raw` and `access.events` where nobody says. */
export const partitionsByDefault = 4

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/**
 * Retention takes whole segments whose newest record is old enough, so a record outlives its time by a segment's at most:
 * a 24th of it, but no more than Kafka's own week and no less than an hour, below which there would be too many files.
 */
function segmentMs(retentionMs: number): number {
  return Math.min(7 * dayMs, Math.max(hourMs, Math.floor(retentionMs / 24)))
}

/**
 * Of a topic that keeps the last record of each key. Only closed segments are compacted: they are small, and closed within
 * the hour, so that who restores state reads little that is outdated. The lag leaves a reader an hour to see every record.
 */
const compacted: Readonly<Record<string, string>> = {
  'min.compaction.lag.ms': String(hourMs),
  'max.compaction.lag.ms': String(dayMs),
  'segment.ms': String(hourMs),
  'segment.bytes': String(128 * 1024 * 1024),
}

/** Every topic as its contract wants it, in the order of the table. */
export function topicPlans(setting: TopicsSetting): readonly TopicPlan[] {
  return topicNames.map((name) => {
    const { partitions, retentionMs, cleanup } = topics[name]
    const keeping =
      cleanup === 'compact'
        ? compacted
        : { 'retention.ms': String(retentionMs), 'segment.ms': String(segmentMs(retentionMs)) }
    return {
      name,
      topic: setting.topicPrefix + name,
      partitions: partitionsIn(partitions, setting),
      replication: setting.replication,
      configs: {
        'cleanup.policy': cleanup,
        ...keeping,
        'max.message.bytes': String(messageBytesMax),
        // Producers choose; a broker that compressed again would only spend its time.
        'compression.type': 'producer',
        'min.insync.replicas': setting.replication >= 3 ? '2' : '1',
      },
    }
  })
}

function partitionsIn(partitions: 'raw' | 'events' | number, setting: TopicsSetting): number {
  if (partitions === 'raw') return setting.rawPartitions
  return partitions === 'events' ? setting.eventsPartitions : partitions
}

import { readPartition, type SchemaClient, type TopicName, topics } from '@ostiary/runtime/kafka'
import type { Admin, Kafka, KafkaMessage } from 'kafkajs'
import type { LogRecord, Logs } from './log-record.ts'

export interface LogReading {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly schemas: SchemaClient
  readonly topicPrefix: string
}

/** The topics that laws speak of. */
const readTopics = [
  'access.raw',
  'access.events',
  'access.findings',
  'access.exhibits',
  'access.alerts',
  'access.alerts.ocsf',
  'access.census',
  'access.artefacts',
  'access.dlq',
] as const satisfies readonly TopicName[]

/** Reads everything that is committed, and decodes what is Avro. */
export async function readLogs(reading: LogReading): Promise<Logs> {
  const logs = new Map<TopicName, LogRecord[][]>()
  for (const name of readTopics) logs.set(name, await readTopic(reading, name))
  return logs
}

/** The committed records of one topic, by partition. */
async function readTopic({ kafka, admin, schemas, topicPrefix }: LogReading, name: TopicName): Promise<LogRecord[][]> {
  const topic = topicPrefix + name
  const decoder = topics[name].schemas.length === 0 ? undefined : schemas.decoder(name)
  const partitions: LogRecord[][] = []
  for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
    const records: LogRecord[] = []
    partitions[partition] = records
    await readPartition({
      kafka,
      groupId: `${topicPrefix}torture`,
      topic,
      partition,
      fromOffset: Number(low),
      toOffset: Number(high),
      onBatch: async (messages) => {
        for (const message of messages) {
          const record = recordOf(message, partition)
          if (decoder !== undefined) await decoder.prepare(record.value)
          records.push(
            decoder === undefined || record.value === null
              ? record
              : { ...record, decoded: decoder.decode(record.value) },
          )
        }
      },
    })
  }
  return partitions
}

function recordOf({ offset, timestamp, key, value, headers }: KafkaMessage, partition: number): LogRecord {
  return {
    partition,
    offset: Number(offset),
    timeMs: Number(timestamp),
    key: key?.toString('utf8') ?? null,
    value,
    raw: headers?.['raw']?.toString(),
  }
}

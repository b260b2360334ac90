import { randomBytes } from 'node:crypto'
import { AssignerProtocol, type Kafka, type KafkaMessage, type PartitionAssigner } from 'kafkajs'

/** How long a fetch waits for something to come. */
const fetchWaitMs = 100
const fetchBytesMax = 4 * 1024 * 1024
/** Fetches in a row that bring nothing, after which nothing more lies before the end: it was compacted away. */
const idleFetchesMax = 5

export interface ReadPartitionOptions {
  readonly kafka: Kafka
  /** Prefix of the throwaway group that reads. */
  readonly groupId: string
  readonly topic: string
  readonly partition: number
  /** From this offset on ... */
  readonly fromOffset: number
  /** ... and before this one. */
  readonly toOffset: number
  /** Given the committed records, in order; the next ones are read once it resolves. */
  readonly onBatch: (messages: readonly KafkaMessage[]) => Promise<void>
}

/**
 * Reads a stretch of one partition as read_committed, and resolves at its end, also where only control records or nothing at
 * all lie before it. kafkajs reads in groups only, so a group of one is made whose assignment is that partition.
 */
export async function readPartition(options: ReadPartitionOptions): Promise<void> {
  const { kafka, topic, partition, fromOffset, toOffset, onBatch } = options
  if (fromOffset >= toOffset) return
  const consumer = kafka.consumer({
    groupId: `${options.groupId}-${randomBytes(6).toString('hex')}`,
    partitionAssigners: [onlyPartition(topic, partition)],
    maxWaitTimeInMs: fetchWaitMs,
    maxBytesPerPartition: fetchBytesMax,
    allowAutoTopicCreation: false,
    retry: { retries: 5, restartOnFailure: async () => false },
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await new Promise<void>((resolve, reject) => {
      let idleFetches = 0
      let sought = false
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
      consumer.on('consumer.fetch', () => {
        if (!sought) return
        idleFetches += 1
        if (idleFetches > idleFetchesMax) resolve()
      })
      consumer.on('consumer.end_batch_process', ({ payload }) => {
        idleFetches = 0
        if (sought && Number(payload.lastOffset) >= toOffset - 1) resolve()
      })
      const eachBatch = async (messages: readonly KafkaMessage[]): Promise<void> => {
        idleFetches = 0
        const due = messages.filter(({ offset }) => Number(offset) >= fromOffset && Number(offset) < toOffset)
        if (due.length > 0) await onBatch(due)
      }
      consumer
        .run({
          autoCommit: false,
          eachBatch: async ({ batch, isStale }) => {
            if (!sought || isStale()) return
            // What the reader of the records throws is the caller's to handle, not the client's to try again.
            await eachBatch(batch.messages).catch(reject)
          },
        })
        .then(() => {
          consumer.seek({ topic, partition, offset: String(fromOffset) })
          sought = true
        }, reject)
    })
  } finally {
    await consumer.disconnect().catch(() => undefined)
  }
}

/** Gives every member the one partition; the group has one member. */
function onlyPartition(topic: string, partition: number): PartitionAssigner {
  const name = 'only-partition'
  const version = 1
  const userData = Buffer.alloc(0)
  return () => ({
    name,
    version,
    assign: async ({ members }) =>
      members.map(({ memberId }) => ({
        memberId,
        memberAssignment: AssignerProtocol.MemberAssignment.encode({
          version,
          assignment: { [topic]: [partition] },
          userData,
        }),
      })),
    protocol: ({ topics }) => ({
      name,
      metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData }),
    }),
  })
}

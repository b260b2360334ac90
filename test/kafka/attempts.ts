import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Kafka } from 'kafkajs'

/** A thing that somebody tries at a broker. Rejects with what the client says where it is refused. */
export type Attempt = () => Promise<unknown>

const triesMax = 10
const againMs = 500

/**
 * `allowed`, or what the broker called its refusal. What is neither, as a coordinator that loads, is tried again, and thrown in
 * the end, so that an outage is not taken for a refusal.
 */
export async function outcomeOf(attempt: Attempt): Promise<string> {
  for (let tries = 1; ; tries += 1)
    try {
      await attempt()
      return 'allowed'
    } catch (error) {
      const refusal = refusalOf(error)
      if (refusal !== undefined) return refusal
      if (tries === triesMax) throw error
      await sleep(againMs)
    }
}

function refusalOf(error: unknown): string | undefined {
  const { name, type, cause, errors, partitions } = error as {
    readonly name?: string
    readonly type?: string
    readonly cause?: unknown
    readonly errors?: readonly unknown[]
    readonly partitions?: readonly { readonly error?: unknown }[]
  }
  if (type?.endsWith('_AUTHORIZATION_FAILED')) return type
  // The client keeps to itself why no broker tells it of a group or transactional id; the broker's audit has the reason.
  if (name === 'KafkaJSGroupCoordinatorNotFound') return 'coordinator refused'
  const inner = cause ?? errors?.[0] ?? partitions?.[0]?.error
  return inner === undefined || inner === null ? undefined : refusalOf(inner)
}

/** Writes one record. */
export function writing(kafka: Kafka, topic: string): Attempt {
  return async () => {
    const producer = kafka.producer({ allowAutoTopicCreation: false })
    try {
      await producer.connect()
      await producer.send({ topic, messages: [{ key: 'x', value: 'x', partition: 0 }] })
    } finally {
      await producer.disconnect()
    }
  }
}

/** Reads a topic, in a group, until something comes or is refused. The topic has to hold something. */
export function reading(kafka: Kafka, topic: string, groupId: string): Attempt {
  return async () => {
    const consumer = kafka.consumer({
      groupId,
      maxWaitTimeInMs: 100,
      allowAutoTopicCreation: false,
      retry: { retries: 0 },
    })
    try {
      await consumer.connect()
      await consumer.subscribe({ topic, fromBeginning: true })
      await new Promise<void>((resolve, reject) => {
        consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
        consumer.run({ autoCommit: false, eachBatch: async () => resolve() }).catch(reject)
      })
    } finally {
      await consumer.disconnect()
    }
  }
}

/** Asks for what a group has committed. */
export function asking(kafka: Kafka, groupId: string, topic: string): Attempt {
  return asAdmin(kafka, (admin) => admin.fetchOffsets({ groupId, topics: [topic] }))
}

/** Takes over a transactional id, which would fence its owner. */
export function fencing(kafka: Kafka, transactionalId: string): Attempt {
  return async () => {
    const producer = kafka.producer({ transactionalId, maxInFlightRequests: 1, retry: { retries: 1 } })
    try {
      await producer.connect()
      const transaction = await producer.transaction()
      await transaction.abort()
    } finally {
      await producer.disconnect()
    }
  }
}

/** What only administrators may do, each by its name. */
export function administering(kafka: Kafka, topic: string, groupId: string): Readonly<Record<string, Attempt>> {
  return {
    'make a topic': asAdmin(kafka, (admin) => admin.createTopics({ topics: [{ topic: `${topic}.new` }] })),
    'delete a topic': asAdmin(kafka, (admin) => admin.deleteTopics({ topics: [topic] })),
    'delete records': asAdmin(kafka, async (admin) => {
      await admin.fetchTopicOffsets(topic)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '1' }] })
    }),
    'add partitions': asAdmin(kafka, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count: 9 }] })),
    'change a setting': asAdmin(kafka, (admin) =>
      admin.alterConfigs({
        validateOnly: false,
        resources: [
          {
            type: kafkajs.ConfigResourceTypes.TOPIC,
            name: topic,
            configEntries: [{ name: 'retention.ms', value: '1' }],
          },
        ],
      }),
    ),
    'give a right': asAdmin(kafka, (admin) =>
      admin.createAcls({
        acl: [
          {
            principal: 'User:*',
            host: '*',
            permissionType: kafkajs.AclPermissionTypes.ALLOW,
            resourceType: kafkajs.AclResourceTypes.TOPIC,
            resourceName: topic,
            resourcePatternType: kafkajs.ResourcePatternTypes.LITERAL,
            operation: kafkajs.AclOperationTypes.ALL,
          },
        ],
      }),
    ),
    'move a group': asAdmin(kafka, (admin) =>
      admin.setOffsets({ groupId, topic, partitions: [{ partition: 0, offset: '0' }] }),
    ),
  }
}

function asAdmin(kafka: Kafka, action: (admin: ReturnType<Kafka['admin']>) => Promise<unknown>): Attempt {
  return async () => {
    const admin = kafka.admin()
    try {
      await admin.connect()
      // The client knows no broker before it has asked for something.
      await admin.listTopics()
      await action(admin)
    } finally {
      await admin.disconnect()
    }
  }
}

import { setTimeout as sleep } from 'node:timers/promises'
import { readPartition, type TopicName } from '@ostiary/runtime/kafka'
import type { Admin, Kafka } from 'kafkajs'
import type { ServiceId } from './service-process.ts'

const pollMs = 500
const inputs: Readonly<Record<ServiceId, TopicName>> = {
  enricher: 'access.raw',
  detector: 'access.events',
  census: 'access.census',
  desk: 'access.findings',
}

export interface DrainOptions {
  readonly kafka: Kafka
  readonly admin: Admin
  readonly topicPrefix: string
  readonly timeoutMs: number
  /** Told of what is left, now and then. */
  readonly tell: (text: string) => void
}

/**
 * Resolves when every service has committed everything that lies in its input.
 *
 * @throws Error that says what is left, after `timeoutMs`
 */
export async function drained(options: DrainOptions): Promise<void> {
  const startedMs = performance.now()
  let before = ''
  for (;;) {
    const standing = await standingOf(options).catch((error: unknown) => String(error))
    if (typeof standing !== 'string') {
      const left = standing.filter(({ committed, end }) => committed < end)
      const text = left
        .map(({ name, partition, committed, end }) => `${name}/${partition} ${committed} of ${end}`)
        .join(', ')
      // Offsets of markers are never committed, so that only a look tells whether records are left; one that can wait.
      if (text === before && (await isEmpty(options, left))) return
      before = text
      options.tell(`${left.reduce((sum, { committed, end }) => sum + end - committed, 0)} offsets to go`)
    }
    if (performance.now() - startedMs > options.timeoutMs)
      throw new Error(
        `Not consumed within ${options.timeoutMs} ms: ${typeof standing === 'string' ? standing : before}`,
      )
    await sleep(pollMs)
  }
}

interface Standing {
  readonly name: TopicName
  readonly partition: number
  readonly committed: number
  readonly end: number
}

async function standingOf({ admin, topicPrefix }: DrainOptions): Promise<Standing[]> {
  const standings: Standing[] = []
  for (const [service, name] of Object.entries(inputs)) {
    const topic = topicPrefix + name
    const groupId = `${topicPrefix}ostiary-${service}`
    const [fetched] = await admin.fetchOffsets({ groupId, topics: [topic] })
    for (const { partition, low, high } of await admin.fetchTopicOffsets(topic)) {
      const committed = Number(fetched?.partitions.find((one) => one.partition === partition)?.offset ?? '-1')
      standings.push({ name, partition, committed: Math.max(committed, Number(low)), end: Number(high) })
    }
  }
  return standings
}

async function isEmpty({ kafka, topicPrefix }: DrainOptions, left: readonly Standing[]): Promise<boolean> {
  for (const { name, partition, committed, end } of left) {
    let records = 0
    await readPartition({
      kafka,
      groupId: `${topicPrefix}torture`,
      topic: topicPrefix + name,
      partition,
      fromOffset: committed,
      toOffset: end,
      onBatch: async (messages) => {
        records += messages.length
      },
    })
    if (records > 0) return false
  }
  return true
}

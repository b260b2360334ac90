import { createLogger, resolveConfig } from '@ostiary/runtime'
import { connect, readPartition, readTopic } from '@ostiary/runtime/kafka'
import type { Admin, Kafka, KafkaMessage, Producer, Transaction } from 'kafkajs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshPrefix, kafkaForTests } from './harness.ts'

const prefix = freshPrefix()
const groupId = `${prefix}reader`
let kafka: Kafka
let admin: Admin
let producer: Producer

beforeAll(async () => {
  const { brokers } = await kafkaForTests()
  const log = createLogger({ level: 'fatal', service: 'test', version: '0' })
  kafka = connect({ ...resolveConfig(), brokers }, {}, log, 'test')
  admin = kafka.admin()
  producer = kafka.producer({ transactionalId: `${prefix}writer`, idempotent: true, maxInFlightRequests: 1 })
  await admin.connect()
  await producer.connect()
})

afterAll(async () => {
  await producer.disconnect()
  const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(prefix))
  await admin.deleteTopics({ topics })
  await admin.disconnect()
})

async function makeTopic(name: string, configEntries: { name: string; value: string }[] = []): Promise<string> {
  const topic = prefix + name
  await admin.createTopics({ topics: [{ topic, numPartitions: 2, configEntries }], waitForLeaders: true })
  return topic
}

/** Writes texts to partition 1 in one transaction. */
async function write(topic: string, texts: readonly string[], end: 'commit' | 'abort' = 'commit'): Promise<void> {
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: texts.map((value) => ({ key: value, value, partition: 1 })) })
  await transaction[end]()
}

/** The end of partition 1 once it is there: the markers that end a transaction are written after the commit is answered. */
async function endAt(topic: string, end: number): Promise<number> {
  const high = async (): Promise<number> => {
    const offsets = await admin.fetchTopicOffsets(topic)
    return Number(offsets.find(({ partition }) => partition === 1)!.high)
  }
  await expect.poll(high).toBe(end)
  return end
}

function collect(): { readonly texts: string[]; readonly onBatch: (given: readonly KafkaMessage[]) => Promise<void> } {
  const texts: string[] = []
  return {
    texts,
    onBatch: async (messages) => {
      for (const { value } of messages) texts.push(String(value))
    },
  }
}

async function read(topic: string, fromOffset: number, toOffset: number): Promise<string[]> {
  const { texts, onBatch } = collect()
  await readPartition({ kafka, groupId, topic, partition: 1, fromOffset, toOffset, onBatch })
  return texts
}

test('reads committed records of the one partition, and ends where only control and aborted records are left', async () => {
  const topic = await makeTopic('transactions')
  await write(topic, ['a', 'b'])
  await write(topic, ['lost', 'lost too'], 'abort')
  await write(topic, ['c'])
  await write(topic, ['lost again'], 'abort')
  const transaction = await producer.transaction()
  await transaction.send({ topic, messages: [{ value: 'of another partition', partition: 0 }] })
  await transaction.commit()
  const end = await endAt(topic, 3 + 3 + 2 + 2)
  expect(await read(topic, 0, end)).toEqual(['a', 'b', 'c'])
  expect(await read(topic, 1, end)).toEqual(['b', 'c'])
  expect(await read(topic, 1, 2)).toEqual(['b'])
  expect(await read(topic, 7, end)).toEqual([])
})

test('shows nothing of transactions that interleave and are given up in another order than they began', async () => {
  const topic = await makeTopic('interleaved')
  const names = ['first', 'second', 'third', 'fourth'] as const
  const producers = names.map((name) =>
    kafka.producer({ transactionalId: `${topic}-${name}`, idempotent: true, maxInFlightRequests: 1 }),
  )
  await Promise.all(producers.map((each) => each.connect()))
  const transactions: Transaction[] = []
  for (const each of producers) transactions.push(await each.transaction())
  const writeAll = async (round: number): Promise<void> => {
    for (const [index, transaction] of transactions.entries())
      await transaction.send({ topic, messages: [{ value: `${names[index]} ${round}`, partition: 1 }] })
  }
  for (let round = 0; round < 3; round++) await writeAll(round)
  // The broker lists what was given up by the ends: fourth, second, first.
  await transactions[3]!.abort()
  await transactions[1]!.abort()
  await transactions[2]!.commit()
  await transactions[0]!.abort()
  await Promise.all(producers.map((each) => each.disconnect()))
  const end = await endAt(topic, 12 + 4)
  for (let from = 0; from < 12; from++)
    expect(await read(topic, from, end)).toEqual([0, 1, 2].filter((n) => 4 * n + 2 >= from).map((n) => `third ${n}`))
})

test('ends at once where there is nothing to read, and leaves no group behind', async () => {
  const topic = await makeTopic('empty')
  expect(await read(topic, 0, 0)).toEqual([])
  expect(await read(topic, 5, 3)).toEqual([])
  await write(topic, ['a'])
  expect(await read(topic, 0, await endAt(topic, 2))).toEqual(['a'])
  const { groups } = await admin.listGroups()
  expect(groups.map((group) => group.groupId).filter((id) => id.startsWith(groupId))).toEqual([])
})

test('ends where what lies before the end has been deleted', async () => {
  const topic = await makeTopic('deleted')
  await write(topic, ['a', 'b', 'c'])
  await write(topic, ['d'])
  const end = await endAt(topic, 6)
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '2' }] })
  expect(await read(topic, 0, end)).toEqual(['c', 'd'])
  await admin.deleteTopicRecords({ topic, partitions: [{ partition: 1, offset: '-1' }] })
  expect(await read(topic, 0, end)).toEqual([])
})

test('reads over the gaps that compaction leaves', async () => {
  const topic = await makeTopic('compacted', [
    { name: 'cleanup.policy', value: 'compact' },
    { name: 'segment.ms', value: '50' },
    { name: 'min.cleanable.dirty.ratio', value: '0.01' },
    { name: 'delete.retention.ms', value: '0' },
  ])
  for (let round = 0; round < 20; round++) await write(topic, ['same', `own ${round % 3}`, 'same'])
  const whole = 60
  let end = 80
  // Every write may roll the segment, and only rolled ones are compacted.
  let texts: string[] = []
  await expect
    .poll(
      async () => {
        await write(topic, ['same'])
        end += 2
        texts = await read(topic, 0, await endAt(topic, end))
        return texts.length
      },
      { timeout: 120_000, interval: 1000 },
    )
    .toBeLessThan(whole)
  expect([...new Set(texts)].toSorted()).toEqual(['own 0', 'own 1', 'own 2', 'same'])
})

test('gives back what the reader of the records throws, and takes no more', async () => {
  const topic = await makeTopic('thrown')
  await write(topic, ['a'])
  await write(topic, ['b'])
  let batches = 0
  const reading = readPartition({
    kafka,
    groupId,
    topic,
    partition: 1,
    fromOffset: 0,
    toOffset: await endAt(topic, 4),
    onBatch: async () => {
      batches += 1
      throw new Error('no more')
    },
  })
  await expect(reading).rejects.toThrow('no more')
  expect(batches).toBe(1)
})

test('follows a topic from now on until the signal aborts', async () => {
  const topic = await makeTopic('followed')
  await write(topic, ['before'])
  const { texts, onBatch } = collect()
  const stop = new AbortController()
  const reading = readTopic({ kafka, groupId, topic, from: 'now', follow: true, onBatch, signal: stop.signal })
  reading.catch(() => undefined)
  // It begins somewhere among these writes, and misses none after the first it shows.
  let written = 0
  await expect
    .poll(async () => {
      await write(topic, [`after ${written}`])
      written += 1
      return texts.length
    })
    .toBeGreaterThan(2)
  await expect.poll(() => texts.at(-1)).toBe(`after ${written - 1}`)
  stop.abort(new Error('enough'))
  await expect(reading).rejects.toThrow('enough')
  const first = Number(texts[0]!.slice('after '.length))
  expect(texts).toEqual(Array.from({ length: written - first }, (_, index) => `after ${first + index}`))
})

test('says where the topic is missing, without trying again and again', async () => {
  const reading = readTopic({
    kafka,
    groupId,
    topic: `${prefix}nowhere`,
    from: 'beginning',
    follow: false,
    onBatch: async () => undefined,
  })
  await expect(reading).rejects.toMatchObject({ type: 'UNKNOWN_TOPIC_OR_PARTITION' })
})

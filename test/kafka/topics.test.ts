import { type Config, createLogger, resolveConfig } from '@ostiary/runtime'
import {
  applyTopics,
  checkTopics,
  connect,
  SchemaClient,
  type TopicRow,
  type TopicsJob,
  topicNames,
  topics,
} from '@ostiary/runtime/kafka'
import kafkajs, { type Admin } from 'kafkajs'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { freshPrefix, kafkaForTests } from './harness.ts'

const log = createLogger({ level: 'silent', service: 'test', version: '0.1.0' })
let config: Config
let admin: Admin
let topicPrefix: string

beforeAll(async () => {
  config = resolveConfig({
    flags: await kafkaForTests().then(({ brokers, registryUrl }) => ({ brokers, registryUrl })),
  })
  admin = connect(config, {}, log, 'test').admin()
  await admin.connect()
})
beforeEach(() => {
  topicPrefix = freshPrefix()
})
afterAll(() => admin.disconnect())

function job(wish: Partial<TopicsJob> = {}): TopicsJob {
  return { admin, schemas: new SchemaClient(config, {}), topicPrefix, ...wish }
}

function rowOf(rows: readonly TopicRow[], name: string): TopicRow {
  return rows.find(({ topic }) => topic === topicPrefix + name)!
}

async function configOf(name: string): Promise<Map<string, string>> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topicPrefix + name }],
  })
  return new Map(resources[0]!.configEntries.map((entry) => [entry.configName, entry.configValue]))
}

async function configure(name: string, configs: Readonly<Record<string, string>>): Promise<void> {
  const configEntries = Object.entries(configs).map(([key, value]) => ({ name: key, value }))
  const resources = [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topicPrefix + name, configEntries }]
  await admin.alterConfigs({ validateOnly: false, resources })
  await expect.poll(async () => Object.entries(configs).every(all(await configOf(name)))).toBe(true)
}

/** The broker takes a change before it shows it. */
function all(shown: ReadonlyMap<string, string>): (entry: [string, string]) => boolean {
  return ([key, value]) => shown.get(key) === value
}

test('what was missing is made as the contracts say; a second time nothing is left to do', async () => {
  expect((await checkTopics(job())).map(({ state, details }) => [state, details[0]])).toEqual(
    topicNames.map(() => ['differs', 'is missing']),
  )
  const made = await applyTopics(job())
  expect(made.map(({ topic, state }) => [topic, state])).toEqual(
    topicNames.map((name) => [topicPrefix + name, 'created']),
  )
  for (const name of topicNames) {
    const { partitions, cleanup, retentionMs } = topics[name]
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [topicPrefix + name] })
    expect(found[0]!.partitions, name).toHaveLength(typeof partitions === 'number' ? partitions : 4)
    const configs = await configOf(name)
    expect(configs.get('cleanup.policy')).toBe(cleanup)
    expect(configs.get('max.message.bytes')).toBe('2097152')
    if (cleanup === 'delete') expect(configs.get('retention.ms')).toBe(String(retentionMs))
    // A record that is not minimised is gone an hour after its day at the latest.
    if (retentionMs === 86_400_000) expect(configs.get('segment.ms')).toBe('3600000')
  }
  const nothing = topicNames.map((name) => ({ topic: topicPrefix + name, state: 'unchanged', details: [] }))
  expect(await applyTopics(job())).toEqual(nothing)
  expect(await checkTopics(job())).toEqual(nothing)
})

test('other partitions are asked for on a new cluster, and told where topics have others', async () => {
  await applyTopics(job({ partitions: 2 }))
  // Nobody says how many: those that are there count.
  expect((await checkTopics(job())).every(({ state }) => state === 'unchanged')).toBe(true)
  for (const [partitions, word] of [
    [1, 'Kafka takes no partition away'],
    [3, 'its records are keyed'],
  ] as const) {
    expect(rowOf(await checkTopics(job({ partitions })), 'access.events')).toMatchObject({
      state: 'differs',
      details: [`partitions: expected ${partitions}, found 2`],
    })
    const row = rowOf(await applyTopics(job({ partitions })), 'access.events')
    expect(row.state).toBe('differs')
    expect(row.details).toEqual([expect.stringContaining(word)])
    const { topics: found } = await admin.fetchTopicMetadata({ topics: [`${topicPrefix}access.events`] })
    expect(found[0]!.partitions).toHaveLength(2)
  }
})

test('settings are brought back where that loses nothing, and what others set on the topic stays', async () => {
  await applyTopics(job())
  const before = await configOf('access.alerts')
  await configure('access.alerts', {
    'cleanup.policy': 'delete',
    'retention.ms': '60000',
    'max.message.bytes': '1000',
    'flush.ms': '12345',
  })
  const checked = rowOf(await checkTopics(job()), 'access.alerts')
  expect(checked.state).toBe('differs')
  expect(checked.details).toEqual(
    expect.arrayContaining([
      `retention.ms: expected ${topics['access.alerts'].retentionMs}, found 60000`,
      'max.message.bytes: expected 2097152, found 1000',
    ]),
  )
  const row = rowOf(await applyTopics(job()), 'access.alerts')
  expect(row.state).toBe('changed')
  expect(row.details).toContain('max.message.bytes changed from 1000 to 2097152')
  await expect.poll(async () => rowOf(await checkTopics(job()), 'access.alerts').state).toBe('unchanged')
  const after = await configOf('access.alerts')
  expect(after.get('flush.ms')).toBe('12345')
  for (const name of ['retention.ms', 'max.message.bytes', 'segment.ms', 'compression.type'])
    expect([name, after.get(name)]).toEqual([name, before.get(name)])
})

test('nothing is changed that would delete records, and the reason is given', async () => {
  await applyTopics(job())
  await configure('access.exhibits', { 'cleanup.policy': 'delete', 'retention.ms': '-1' })
  await configure('access.desk.changelog', { 'cleanup.policy': 'delete' })
  const rows = await applyTopics(job())
  for (const [name, key, value] of [
    ['access.exhibits', 'retention.ms', '-1'],
    ['access.desk.changelog', 'cleanup.policy', 'delete'],
  ] as const) {
    const row = rowOf(rows, name)
    expect(row.state).toBe('differs')
    expect(row.details.at(-1)).toMatch(/left as it is: it would delete records; if that is meant, kafka-configs.sh/)
    expect((await configOf(name)).get(key)).toBe(value)
  }
})

test('more replicas than brokers are refused with what to do', async () => {
  await expect(applyTopics(job({ replication: 7 }))).rejects.toMatchObject({
    code: 'topics.invalid',
    message: expect.stringContaining('--replication'),
  })
})

test('a schema that is gone is told by a check', async () => {
  await applyTopics(job())
  const subject = `${topicPrefix}access.alerts-io.ostiary.Alert`
  const url = `${config.registryUrl}/subjects/${encodeURIComponent(subject)}`
  expect((await fetch(url, { method: 'DELETE' })).ok).toBe(true)
  expect(rowOf(await checkTopics(job()), 'access.alerts').details).toEqual([`schema ${subject} is not registered`])
  const row = rowOf(await applyTopics(job()), 'access.alerts')
  expect([row.state, row.details]).toEqual(['changed', [expect.stringContaining(`schema ${subject} registered as`)]])
})

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type LocalKafka, type LocalRegistry, startKafka, startRegistry } from '@ostiary/runtime/kafka'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, expect, test } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-local-broker-'))
const started: (LocalKafka | LocalRegistry)[] = []
afterAll(async () => {
  for (const server of started) await server.kill()
  rmSync(folder, { recursive: true, force: true })
})

function portOf(address: string): number {
  return Number(/127\.0\.0\.1:(\d+)/.exec(address)![1])
}

async function registered(registryUrl: string): Promise<number> {
  const response = await fetch(`${registryUrl}/subjects/crash-value/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ schema: '"string"' }),
  })
  return ((await response.json()) as { id: number }).id
}

test('a broker that was killed goes on where it was, at the same address', async () => {
  const dataFolder = join(folder, 'kafka')
  const first = await startKafka({ dataFolder })
  started.push(first)
  const kafka = new Kafka({ brokers: [first.brokers], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic: 'kept' }], waitForLeaders: true })
  const producer = kafka.producer()
  await producer.connect()
  await producer.send({ topic: 'kept', acks: -1, messages: [{ value: 'a' }, { value: 'b' }, { value: 'c' }] })
  await first.kill()
  const second = await startKafka({ dataFolder, port: portOf(first.brokers) })
  started.push(second)
  expect(second.brokers).toBe(first.brokers)
  expect((await admin.fetchTopicOffsets('kept'))[0]).toMatchObject({ low: '0', high: '3' })
  await producer.disconnect()
  await admin.disconnect()
})

test('a registry that was killed at once after it gave an id has given it still', async () => {
  const dataFolder = join(folder, 'registry')
  const first = await startRegistry({ dataFolder })
  started.push(first)
  const id = await registered(first.registryUrl)
  await first.kill()
  const second = await startRegistry({ dataFolder, port: portOf(first.registryUrl) })
  started.push(second)
  expect(await (await fetch(`${second.registryUrl}/schemas/ids/${id}`)).json()).toMatchObject({ schema: '"string"' })
  expect(await registered(second.registryUrl)).toBe(id)
})

test('what does not come up says why, with what it wrote', async () => {
  const wrong = startKafka({ dataFolder: join(folder, 'wrong'), settings: { 'num.io.threads': 'many' } })
  await expect(wrong).rejects.toThrow(/num\.io\.threads/)
})

import { readFileSync } from 'node:fs'
import { Kafka, logLevel } from 'kafkajs'
import { afterAll, expect, test } from 'vitest'
import { freshPrefix, kafkaForTests, type SecuredTestKafka, securedKafkaForTests } from './harness.ts'

let secured: SecuredTestKafka | undefined
afterAll(() => secured?.stop())

test('the broker takes and gives records, and the registry answers', async () => {
  const { brokers, registryUrl } = await kafkaForTests()
  const kafka = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING })
  const topic = `${freshPrefix()}hello`
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({ topics: [{ topic, numPartitions: 1 }], waitForLeaders: true })
  const producer = kafka.producer({ idempotent: true })
  await producer.connect()
  await producer.send({ topic, messages: [{ value: 'a' }, { value: 'b' }] })
  expect((await admin.fetchTopicOffsets(topic))[0]).toMatchObject({ low: '0', high: '2' })
  await producer.disconnect()
  await admin.deleteTopics({ topics: [topic] })
  await admin.disconnect()
  const response = await fetch(`${registryUrl}/subjects`)
  expect(response.status).toBe(200)
  expect(Array.isArray(await response.json())).toBe(true)
})

test('the secured broker lets principals in by their password, and lets them do only what a rule allows', async () => {
  secured = await securedKafkaForTests(['alice'])
  const { tlsBrokers, saslBrokers, caFile, users } = secured
  const ssl = { ca: [readFileSync(caFile, 'utf8')] }
  const client = (brokers: string, password: string, tls: boolean): Kafka =>
    new Kafka({
      brokers: [brokers],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
      sasl: { mechanism: 'scram-sha-512', username: 'alice', password },
      ...(tls ? { ssl } : {}),
    })
  for (const [brokers, tls] of [
    [saslBrokers, false],
    [tlsBrokers, true],
  ] as const) {
    const stranger = client(brokers, 'wrong', tls).admin()
    await expect(stranger.connect()).rejects.toThrow(/SASL SCRAM SHA512 authentication failed/)
    const admin = client(brokers, users['alice']!, tls).admin()
    await admin.connect()
    await expect(admin.createTopics({ topics: [{ topic: 'forbidden' }] })).rejects.toMatchObject({
      errors: [{ type: 'TOPIC_AUTHORIZATION_FAILED' }],
    })
    await admin.disconnect()
  }
})

import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type CollectorOptions, runCollector } from '@ostiary/collector'
import { type Config, createLogger, type RawItem, resolveConfig } from '@ostiary/runtime'
import {
  connect,
  createServiceMetrics,
  type LocalKafka,
  RawProducer,
  rawKey,
  ServiceHealth,
  startKafka,
} from '@ostiary/runtime/kafka'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { freshPrefix } from './harness.ts'
import { type ReadRecord, Stack, testVersion } from './stack.ts'

const token = 'a-token-of-the-tests-0'
const topicName = 'access.raw'
const folder = mkdtempSync(join(tmpdir(), 'ostiary-collector-'))
let stack: Stack
const stops: (() => Promise<void>)[] = []
beforeAll(async () => {
  stack = await Stack.make(4)
})
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})
afterAll(async () => {
  await stack.close()
  rmSync(folder, { recursive: true, force: true })
})

/** A call of one of a few people, each record another. */
function call(person: number, n: number): string {
  return JSON.stringify({
    eventVersion: '1.11',
    userIdentity: { type: 'IAMUser', arn: `arn:aws:iam::111122223333:user/p${person}`, accountId: '111122223333' },
    eventTime: '2026-03-01T10:00:00Z',
    eventSource: 's3.amazonaws.com',
    eventName: n % 2 === 0 ? 'GetObject' : 'PutObject',
    awsRegion: 'eu-central-1',
    sourceIPAddress: `198.51.100.${n % 250}`,
    userAgent: n % 3 === 0 ? 'aws-cli/2.15.0' : 'Mozilla/5.0',
    eventID: `00000000-0000-4000-8000-${String(person * 100_000 + n).padStart(12, '0')}`,
    recipientAccountId: '111122223333',
  })
}

interface Started {
  readonly url: string
  readonly ready: () => boolean
  readonly stop: () => Promise<void>
}

async function start(config: Config, options: CollectorOptions = {}): Promise<Started> {
  const log = createLogger({ level: 'silent', service: 'collector', version: testVersion })
  const health = new ServiceHealth(log)
  const ending = new AbortController()
  const context = {
    config,
    env: { OSTIARY_COLLECTOR_TOKEN: token },
    log,
    version: testVersion,
    signal: ending.signal,
    health,
    metrics: createServiceMetrics(health, 'collector'),
  }
  let address = ''
  const onListening = (given: string): void => {
    address = given
  }
  const running = runCollector(context, { ...options, onListening })
  const ended = running.catch((error: unknown) => error)
  const stop = async (): Promise<void> => {
    ending.abort()
    await ended
  }
  stops.push(stop)
  const ready = (): boolean => Object.keys(health.unready()).length === 0
  await Promise.race([expect.poll(ready, { timeout: 60_000 }).toBe(true), running])
  return { url: `http://${address}/v1/records`, ready, stop }
}

const overHttp: CollectorOptions = { collect: '127.0.0.1:0' }

async function post(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly answer: Record<string, unknown> }> {
  const response = await fetch(url, { method: 'POST', body, headers: { authorization: `Bearer ${token}`, ...headers } })
  return { status: response.status, answer: (await response.json()) as Record<string, unknown> }
}

/** What came into the topic since the last call. */
let seen = 0
async function arrived(): Promise<readonly ReadRecord[]> {
  const all = await stack.read(topicName)
  const fresh = all.filter((record) => !known.has(`${record.partition}:${record.offset}`))
  for (const { partition, offset } of fresh) known.add(`${partition}:${offset}`)
  seen += fresh.length
  return fresh
}
const known = new Set<string>()
const valuesOf = (records: readonly ReadRecord[]): string[] => records.map(({ value }) => value!.toString()).sort()

describe('over HTTP', () => {
  test('every record is in the topic as it was sent, byte for byte, in one order for each identity', async () => {
    const { url } = await start(stack.config, overHttp)
    const sent = Array.from({ length: 3000 }, (_, n) => call(n % 17, n))
    for (let from = 0; from < sent.length; from += 1000) {
      const lines = Buffer.from(sent.slice(from, from + 1000).join('\n'))
      const isZipped = from === 1000
      const answer = await post(url, isZipped ? gzipSync(lines) : lines, {
        'ostiary-origin': 'a test',
        ...(isZipped ? { 'content-encoding': 'gzip' } : {}),
      })
      expect(answer).toEqual({ status: 202, answer: { accepted: 1000, rejected: 0 } })
    }
    const records = await arrived()
    expect(valuesOf(records)).toEqual([...sent].sort())
    expect(new Set(records.map(({ headers }) => headers?.['origin']?.toString()))).toEqual(new Set(['a test']))
    for (let person = 0; person < 17; person++) {
      const own = records.filter(({ value }) => value!.includes(`user/p${person}"`))
      expect(new Set(own.map(({ partition }) => partition)).size).toBe(1)
      expect(own.map(({ value }) => value!.toString())).toEqual(sent.filter((_, n) => n % 17 === person))
    }
    expect(new Set(records.map(({ partition }) => partition)).size).toBeGreaterThan(1)
  })

  test('a wrapper is cut, an envelope goes along whole, and a repeat lies where its first lies', async () => {
    const { url } = await start(stack.config, overHttp)
    const [one, two] = [call(1, 90_001), call(2, 90_002)]
    const envelope = `{"version":"0","id":"e-1","detail-type":"AWS API Call via CloudTrail","detail": ${two}}`
    for (let times = 0; times < 2; times++) {
      expect((await post(url, `{"Records": [${one} , ${two}]}`)).answer).toEqual({ accepted: 2, rejected: 0 })
      expect((await post(url, envelope)).status).toBe(202)
    }
    const records = await arrived()
    expect(valuesOf(records)).toEqual([one, one, two, two, envelope, envelope].sort())
    for (const value of [one, two, envelope])
      expect(new Set(records.filter((record) => record.value!.toString() === value).map((r) => r.partition)).size).toBe(
        1,
      )
  })

  test('what is no record is told, and goes along for the dead letters; what may not send gets nowhere', async () => {
    const { url } = await start(stack.config, overHttp)
    const good = call(3, 90_003)
    const answer = await post(url, `${good}\nno record\n`)
    expect(answer).toMatchObject({ status: 400, answer: { accepted: 1, rejected: 1, reasons: { 'json.invalid': 1 } } })
    expect((await post(url, good, { authorization: 'Bearer another' })).status).toBe(401)
    expect((await post(url, good, { 'content-encoding': 'br' })).status).toBe(415)
    const long = `{"a":"${'x'.repeat(stack.config.recordBytesMax)}"}`
    expect(await post(url, long)).toMatchObject({ status: 400, answer: { reasons: { 'bytes.oversized': 1 } } })
    expect(valuesOf(await arrived())).toEqual([good, 'no record'].sort())
  })

  test('a topic that is not there ends the collector with what to do', async () => {
    const config = resolveConfig({ flags: { brokers: stack.config.brokers, topicPrefix: freshPrefix() } })
    await expect(start(config, overHttp)).rejects.toMatchObject({ code: 'topics.invalid' })
  })
})

describe('from files', () => {
  test('a folder is followed over a restart, and nothing is sent twice', async () => {
    const logs = mkdtempSync(join(folder, 'logs-'))
    const options = { watch: [logs], progress: join(folder, 'progress.json'), pollMs: 20 }
    const sent = Array.from({ length: 12 }, (_, n) => call(n % 3, 80_000 + n))
    writeFileSync(join(logs, 'a.ndjson'), `${sent.slice(0, 4).join('\n')}\n`)
    const first = await start(stack.config, options)
    writeFileSync(join(logs, 'b.json.gz'), gzipSync(`{"Records":[${sent.slice(4, 8).join(',')}]}`))
    await expect.poll(async () => Number(await produced()), { timeout: 60_000 }).toBe(seen + 8)
    await first.stop()
    appendFileSync(join(logs, 'a.ndjson'), `${sent.slice(8).join('\n')}\n`)
    await start(stack.config, options)
    await expect.poll(async () => Number(await produced()), { timeout: 60_000 }).toBe(seen + 12)
    expect(valuesOf(await arrived())).toEqual([...sent].sort())
  })
})

async function produced(): Promise<number> {
  const offsets = await stack.admin.fetchTopicOffsets(stack.config.topicPrefix + topicName)
  return offsets.reduce((sum, { high }) => sum + Number(high), 0)
}

describe('while the broker hangs', () => {
  let broker: LocalKafka
  let config: Config
  beforeAll(async () => {
    broker = await startKafka({ dataFolder: join(folder, 'kafka') })
    config = resolveConfig({ flags: { brokers: broker.brokers, topicPrefix: 'hang.' } })
    const admin = connect(config, {}, createLogger({ level: 'silent', service: 'test', version: '0' }), 'test').admin()
    await admin.connect()
    await admin.createTopics({ waitForLeaders: true, topics: [{ topic: 'hang.access.raw', numPartitions: 2 }] })
    await admin.disconnect()
  })
  afterAll(async () => {
    process.kill(broker.pid, 'SIGCONT')
    await broker.kill()
  })

  test('senders are told to come again, memory stays bounded, and nothing is lost', async () => {
    const { url } = await start(config, { ...overHttp, ackMs: 500, inFlightBytesMax: 20_000 })
    const bodies = Array.from({ length: 12 }, (_, body) =>
      Array.from({ length: 10 }, (_, n) => call(body, 70_000 + body * 10 + n)).join('\n'),
    )
    expect((await post(url, bodies[0]!)).status).toBe(202)
    process.kill(broker.pid, 'SIGSTOP')
    const statuses: number[] = []
    for (const body of bodies) statuses.push((await post(url, body)).status)
    expect(new Set(statuses)).toEqual(new Set([503, 429]))
    process.kill(broker.pid, 'SIGCONT')
    for (const body of bodies)
      await expect.poll(async () => (await post(url, body)).status, { timeout: 120_000, interval: 500 }).toBe(202)
    const read = await readAll(config, 'hang.access.raw')
    expect(new Set(read)).toEqual(new Set(bodies.flatMap((body) => body.split('\n'))))
  })
})

/** Every value of a topic. */
async function readAll(config: Config, topic: string): Promise<string[]> {
  const client = connect(config, {}, createLogger({ level: 'silent', service: 'test', version: '0' }), 'test')
  const admin = client.admin()
  await admin.connect()
  const end = (await admin.fetchTopicOffsets(topic)).reduce((sum, { high }) => sum + Number(high), 0)
  await admin.disconnect()
  const values: string[] = []
  const consumer = client.consumer({ groupId: `${topic}.test` })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      values.push(message.value!.toString())
    },
  })
  await expect.poll(() => values.length, { timeout: 60_000 }).toBe(end)
  await consumer.disconnect()
  return values
}

test('a record the topic does not take is refused and told, and those beside it are written', async () => {
  const topic = `${freshPrefix()}small`
  const configEntries = [{ name: 'max.message.bytes', value: '3000' }]
  await stack.admin.createTopics({ waitForLeaders: true, topics: [{ topic, numPartitions: 1, configEntries }] })
  const log = createLogger({ level: 'silent', service: 'test', version: '0' })
  const keyOf = rawKey({ tenant: 'default' })
  const producer = new RawProducer({ kafka: stack.kafka, topic, keyOf, recordBytesMax: 1_000_000, log })
  const delivery = producer.delivery('a test')
  const lengths = [1000, 5000, 1000, 1000, 1000]
  const items = lengths.map((length, index): RawItem => {
    return { kind: 'record', index, byteOffset: 0, bytes: Buffer.alloc(length, String(index)) }
  })
  for (const item of items) await delivery.take(item)
  await delivery.settled()
  expect(delivery.acknowledged).toBe(4)
  expect(delivery.refusals).toMatchObject([{ reason: 'bytes.oversized', length: 5000 }])
  await producer.close()
  const values = await readAll(stack.config, topic)
  expect(values.map((value) => value[0])).toEqual(['0', '2', '3', '4'])
  await stack.admin.deleteTopics({ topics: [topic] })
})

import type { Kafka, ProducerRecord } from 'kafkajs'
import { pino } from 'pino'
import { describe, expect, test } from 'vitest'
import { type RawItem, rejectOf } from '../reading/raw-item.ts'
import { ServiceHealth } from '../service/health-server.ts'
import { createServiceMetrics } from '../service/service-metrics.ts'
import { startTracing } from '../tracing/start-tracing.ts'
import { sampledContext, traceHeader } from '../tracing/trace-header.ts'
import { RawProducer, type RawProducerOptions, sendBytesMax, sendRecordsMax } from './raw-producer.ts'

type Send = (record: ProducerRecord) => Promise<void>

/** A client whose sends are what a test says they are. */
function kafkaOf(send: Send): Kafka {
  const producer = { connect: async () => undefined, disconnect: async () => undefined, send }
  return { producer: () => producer } as unknown as Kafka
}

function producerOf(send: Send, options: Partial<RawProducerOptions> = {}): RawProducer {
  return new RawProducer({
    kafka: kafkaOf(send),
    topic: 'access.raw',
    keyOf: (bytes) => `key of ${bytes.length}`,
    recordBytesMax: 1024 * 1024,
    log: pino({ level: 'silent' }),
    ...options,
  })
}

function record(bytes: Buffer, index = 0): RawItem {
  return { kind: 'record', index, byteOffset: 0, bytes }
}
function typed(type: string): Error {
  return Object.assign(new Error(type), { type, retriable: false })
}

describe('RawProducer', () => {
  test('sends what it took, in order, as it was, in sends of a bounded size', async () => {
    const sends: ProducerRecord[] = []
    const producer = producerOf(async (record) => void sends.push(record))
    const delivery = producer.delivery('a file')
    const bytes = Buffer.alloc(400)
    for (let i = 0; i < 2000; i++) {
      bytes.fill(`${i} `)
      await delivery.take(record(bytes, i))
    }
    for (let i = 0; i < 3; i++) await delivery.take(record(Buffer.alloc(sendBytesMax * 0.6, 'x'), 2000 + i))
    await delivery.settled()
    const values = sends.flatMap(({ messages }) =>
      messages.map(({ value }) => (value as Buffer).toString().split(' ')[0]),
    )
    expect(values.slice(0, 2000)).toEqual(Array.from({ length: 2000 }, (_, i) => String(i)))
    expect(Math.max(...sends.map(({ messages }) => messages.length))).toBeLessThanOrEqual(sendRecordsMax)
    expect(sends.slice(-3).map(({ messages }) => messages.length)).toEqual([1, 1, 1])
    expect(sends[0]!.messages[0]).toMatchObject({ key: 'key of 400', headers: { origin: 'a file' } })
    expect([delivery.acknowledged, delivery.refusedCount, producer.inFlightBytes]).toEqual([2003, 0, 0])
  })

  test('makes its senders wait when it is full, and lets them go on when there is room', async () => {
    let release = (): void => undefined
    const producer = producerOf(
      () =>
        new Promise((resolve) => {
          release = resolve
        }),
      { inFlightBytesMax: 1000 },
    )
    const delivery = producer.delivery('a file')
    expect(delivery.take(record(Buffer.alloc(100)))).toBeUndefined()
    const wait = delivery.take(record(Buffer.alloc(900)))
    expect(wait).toBeInstanceOf(Promise)
    expect(producer.full).toBe(true)
    await new Promise((resolve) => setImmediate(resolve))
    expect(delivery.acknowledged).toBe(0)
    release()
    await wait
    expect(delivery.acknowledged).toBe(2)
  })

  test('tries again until the broker is back, and tells so', async () => {
    const states: (string | undefined)[] = []
    let failures = 2
    let retries = 0
    const producer = producerOf(
      async () => {
        if (failures-- > 0) throw new Error('read ECONNRESET')
      },
      { onAway: (reason) => states.push(reason), onRetry: () => retries++ },
    )
    const delivery = producer.delivery('a file')
    await delivery.take(record(Buffer.from('{}')))
    await delivery.settled()
    expect(delivery.acknowledged).toBe(1)
    expect(retries).toBe(2)
    expect(states).toEqual(['read ECONNRESET', undefined])
  })

  test('begins the trace of a sampled record, and an attempt made again carries the same one', async () => {
    const log = pino({ level: 'silent' })
    const metrics = createServiceMetrics(new ServiceHealth(log), 'collector')
    const nobody = 'http://127.0.0.1:1'
    const tracing = await startTracing({
      endpoint: nobody,
      ratio: 0.5,
      service: 's',
      version: '0',
      env: {},
      log,
      metrics,
    })
    const attempts: ProducerRecord[] = []
    const producer = producerOf(
      async (given) => {
        attempts.push(given)
        if (attempts.length === 1) throw new Error('read ECONNRESET')
      },
      { tracing },
    )
    const delivery = producer.delivery('a file')
    const records = Array.from({ length: 100 }, (_, index) => Buffer.from(`{"eventID":${index}}`))
    for (const bytes of records) await delivery.take(record(bytes))
    await delivery.settled()
    const [first, second] = attempts.map(({ messages }) => messages.map(({ headers }) => headers))
    expect(second).toEqual(first)
    const contexts = first!.map((headers) => sampledContext(headers?.[traceHeader]))
    expect(contexts.map((context) => context !== undefined)).toEqual(records.map((bytes) => tracing!.samples(bytes)))
    const ids = contexts.flatMap((context) => context?.traceId ?? [])
    expect(ids.length).toBeGreaterThan(20)
    expect(ids.length).toBeLessThan(80)
    expect(new Set(ids).size).toBe(ids.length)
    await tracing!.close()
  })

  test('a record over recordBytesMax is refused with its place and never sent', async () => {
    let sent = 0
    const producer = producerOf(
      async ({ messages }) => {
        sent += messages.length
      },
      { recordBytesMax: 100 },
    )
    const delivery = producer.delivery('a file')
    await delivery.take({ kind: 'record', index: 7, byteOffset: 70, bytes: Buffer.alloc(101) })
    await delivery.take(record(Buffer.alloc(100)))
    await delivery.settled()
    expect([sent, delivery.acknowledged]).toEqual([1, 1])
    expect(Object.fromEntries(delivery.refused)).toEqual({ 'bytes.oversized': 1 })
    expect(delivery.refusals).toMatchObject([{ index: 7, byteOffset: 70, length: 101, reason: 'bytes.oversized' }])
  })

  test('what the reading rejects is sent where it is at hand as a whole, and counts as refused', async () => {
    const values: string[] = []
    const producer = producerOf(async ({ messages }) => {
      for (const { value } of messages) values.push(String(value))
    })
    const delivery = producer.delivery('a file')
    const place = { index: 0, byteOffset: 0 }
    await delivery.take(rejectOf('json.invalid', place, Buffer.from('no JSON'), 'no JSON'))
    await delivery.take(rejectOf('bytes.truncated', place, Buffer.alloc(0), 'the gzip stream is cut off'))
    await delivery.take(rejectOf('json.too_deep', place, Buffer.alloc(70_000, '['), 'too deep'))
    await delivery.settled()
    expect(values).toEqual(['no JSON'])
    expect(delivery.acknowledged).toBe(0)
    expect(Object.fromEntries(delivery.refused)).toEqual({
      'json.invalid': 1,
      'bytes.truncated': 1,
      'json.too_deep': 1,
    })
  })

  test('a batch the broker finds too large is cut, and a single record of that size is refused', async () => {
    const values: number[] = []
    const producer = producerOf(async ({ messages }) => {
      const lengths = messages.map(({ value }) => (value as Buffer).length)
      if (lengths.reduce((sum, length) => sum + length, 0) > 50) throw typed('MESSAGE_TOO_LARGE')
      values.push(...lengths)
    })
    const delivery = producer.delivery('a file')
    for (const length of [10, 20, 60, 30, 40]) await delivery.take(record(Buffer.alloc(length)))
    await delivery.settled()
    expect(values).toEqual([10, 20, 30, 40])
    expect(delivery.acknowledged).toBe(4)
    expect(delivery.refusals).toMatchObject([{ reason: 'bytes.oversized', length: 60 }])
    expect(producer.inFlightBytes).toBe(0)
  })

  test('what the broker refuses for good ends the producer, and every sender is told', async () => {
    const producer = producerOf(async () => {
      throw typed('TOPIC_AUTHORIZATION_FAILED')
    })
    const [one, other] = [producer.delivery('a'), producer.delivery('b')]
    await one.take(record(Buffer.from('1')))
    await other.take(record(Buffer.from('2')))
    await expect(one.settled()).rejects.toMatchObject({ code: 'kafka.refused' })
    await expect(other.settled()).rejects.toMatchObject({ code: 'kafka.refused' })
    expect(() => one.take(record(Buffer.from('3')))).toThrow('Give the principal that right')
  })

  test('closing waits for what was taken', async () => {
    let sent = 0
    const producer = producerOf(async ({ messages }) => {
      sent += messages.length
    })
    const delivery = producer.delivery('a file')
    for (let i = 0; i < 1200; i++) await delivery.take(record(Buffer.from('{}'), i))
    await producer.close()
    expect(sent).toBe(1200)
    expect(() => delivery.take(record(Buffer.from('3')))).toThrow('being closed')
  })

  test('closing while the broker is away ends, and tells what was not acknowledged', async () => {
    const producer = producerOf(() => new Promise(() => undefined))
    const delivery = producer.delivery('a file')
    await delivery.take(record(Buffer.from('{}')))
    const settled = delivery.settled()
    const [told] = await Promise.all([settled.catch((error: unknown) => error), producer.close(1)])
    expect(told).toMatchObject({ code: 'kafka.unavailable' })
    expect(delivery.acknowledged).toBe(0)
  })
})

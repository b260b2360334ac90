import { request } from 'node:http'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { createLogger } from '@ostiary/runtime'
import { RawProducer, type RawProducerOptions } from '@ostiary/runtime/kafka'
import { afterEach, describe, expect, test } from 'vitest'
import { bearerToken } from './bearer-token.ts'
import { bodyBytesMax } from './check-request.ts'
import { HttpIntake } from './http-intake.ts'
import { kafkaForTest, type TestKafka } from './kafka-for-test.ts'

const token = '0123456789abcdef'
const log = createLogger({ level: 'silent', service: 'test', version: '0' })
const open: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of open.splice(0)) await close()
})

interface Collector extends TestKafka {
  readonly url: string
  readonly producer: RawProducer
  readonly http: HttpIntake
}

async function collector(
  options: Partial<RawProducerOptions> & { readonly ackMs?: number; readonly inflatedBytesMax?: number } = {},
): Promise<Collector> {
  const { ackMs, inflatedBytesMax, ...producing } = options
  const kafka = kafkaForTest()
  const producer = new RawProducer({
    kafka: kafka.kafka,
    topic: 'access.raw',
    keyOf: () => 'key',
    recordBytesMax: 1024 * 1024,
    log,
    ...producing,
  })
  const http = new HttpIntake({
    producer,
    isAuthorised: bearerToken(undefined, { OSTIARY_COLLECTOR_TOKEN: token }),
    read: { recordBytesMax: 200 },
    ackMs,
    inflatedBytesMax,
    log,
  })
  const url = `http://${await http.listen('127.0.0.1:0')}/v1/records`
  http.open()
  open.push(async () => {
    kafka.hold(false)
    http.cutOff()
    await http.close()
    await producer.close()
  })
  return { ...kafka, url, producer, http }
}

async function post(
  url: string,
  body: string | Buffer,
  headers: Readonly<Record<string, string>> = {},
): Promise<{ readonly status: number; readonly answer: Record<string, unknown>; readonly headers: Headers }> {
  const response = await fetch(url, { method: 'POST', body, headers: { authorization: `Bearer ${token}`, ...headers } })
  return { status: response.status, answer: JSON.parse(await response.text()), headers: response.headers }
}

describe('records', () => {
  test.each([
    ['lines', '{"a": 1}\n{"b":2}\n'],
    ['an array', '[{"a": 1},{"b":2}]'],
    ['a CloudTrail file', '{"Records":[{"a": 1},{"b":2}]}'],
    ['objects side by side', '{"a": 1}{"b":2}'],
  ])('are cut out of %s, gzip or not, and written as they were sent', async (_, body) => {
    const { url, written } = await collector()
    expect(await post(url, body, { 'Ostiary-Origin': 'bucket/one' })).toMatchObject({
      status: 202,
      answer: { accepted: 2, rejected: 0 },
    })
    expect((await post(url, gzipSync(body), { 'content-encoding': 'gzip' })).status).toBe(202)
    const values = ['{"a": 1}', '{"b":2}']
    expect(written.map(({ value }) => value)).toEqual([...values, ...values])
    expect(written.map(({ origin }) => origin)).toEqual(['bucket/one', 'bucket/one', 'http', 'http'])
  })

  test('are answered once Kafka has them, and not before', async () => {
    const { url, written, hold } = await collector()
    hold(true)
    let isAnswered = false
    const answer = post(url, '{"a":1}').then((given) => {
      isAnswered = true
      return given
    })
    await fetch(url)
    expect([isAnswered, written.length]).toEqual([false, 0])
    hold(false)
    expect((await answer).answer).toEqual({ accepted: 1, rejected: 0 })
    expect(written).toHaveLength(1)
  })

  test('what is no record is told with its place, and the rest is taken all the same', async () => {
    const { url, written } = await collector()
    const long = `{"a":"${'x'.repeat(300)}"}`
    const { status, answer } = await post(url, `{"a":1}\nnonsense\n${long}\n{"b":2}\n`)
    expect(status).toBe(400)
    expect(answer).toMatchObject({
      accepted: 2,
      rejected: 2,
      reasons: { 'json.invalid': 1, 'bytes.oversized': 1 },
      rejects: [
        { reason: 'json.invalid', index: 1, byteOffset: 8, length: 8 },
        { reason: 'bytes.oversized', index: 2, byteOffset: 17, length: long.length },
      ],
    })
    // The small one goes along, for the dead letters.
    expect(written.map(({ value }) => value)).toEqual(['{"a":1}', 'nonsense', '{"b":2}'])
  })

  test('a gzip body that is cut off gives what is there, and says so', async () => {
    const { url } = await collector()
    const lines = Array.from({ length: 2000 }, (_, i) => `{"n":${i},"v":"${(i * 7919) % 1009}"}`).join('\n')
    const whole = gzipSync(lines)
    const { status, answer } = await post(url, whole.subarray(0, whole.length - 20), { 'content-encoding': 'gzip' })
    expect(status).toBe(400)
    expect(answer).toMatchObject({ reasons: { 'bytes.truncated': 1 } })
    expect(answer['accepted']).toBeGreaterThan(100)
  })

  test.each(['', ' \n', '[]', '{"Records":[]}'])('a body without records is no success: %j', async (body) => {
    const { url } = await collector()
    expect(await post(url, body)).toMatchObject({ status: 400, answer: { accepted: 0, rejected: 0 } })
  })
})

describe('refusals', () => {
  test('by path, method, token, encoding, type and origin', async () => {
    const { url, written } = await collector()
    const statusOf = async (headers: Record<string, string>): Promise<number> =>
      (await post(url, '{"a":1}', headers)).status
    expect((await post(`${url}/x`, '{"a":1}')).status).toBe(404)
    expect((await fetch(url)).status).toBe(405)
    expect(await statusOf({ authorization: '' })).toBe(401)
    expect(await statusOf({ authorization: `Bearer ${token}x` })).toBe(401)
    expect(await statusOf({ 'content-encoding': 'br' })).toBe(415)
    expect(await statusOf({ 'content-type': 'multipart/form-data; boundary=x' })).toBe(415)
    expect(await statusOf({ 'ostiary-origin': 'x'.repeat(257) })).toBe(400)
    expect(await statusOf({ 'ostiary-origin': 'caf\u00e9' })).toBe(400)
    expect(written).toEqual([])
  })

  test('a body said to be too long is refused before it is sent', async () => {
    const { url, written } = await collector()
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const asked = request(url, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-length': bodyBytesMax + 1, expect: '100-continue' },
      })
      asked.on('response', (response) => {
        resolve(response.statusCode)
        asked.destroy()
      })
      asked.on('continue', () => reject(new Error('it was told to go on')))
      asked.on('error', reject)
      asked.flushHeaders()
    })
    expect([status, written.length]).toEqual([413, 0])
  })

  test('a body that inflates without end is given up', async () => {
    const { url } = await collector({ inflatedBytesMax: 1024 * 1024 })
    expect((await post(url, gzipSync(Buffer.alloc(1024 * 1024, ' ')), { 'content-encoding': 'gzip' })).status).toBe(400)
    const bomb = gzipSync(Buffer.alloc(1024 * 1024 + 1, ' '))
    expect((await post(url, bomb, { 'content-encoding': 'gzip' })).status).toBe(413)
  })

  test('with too much under way a sender is told to come again, and so is one who is not answered in time', async () => {
    const { url, hold, written } = await collector({ inFlightBytesMax: 1000, ackMs: 50 })
    hold(true)
    const body = Array.from({ length: 10 }, (_, i) => `{"n":${i}}`).join('\n')
    const first = await post(url, body)
    expect(first).toMatchObject({ status: 503, answer: { accepted: 0 } })
    expect(first.headers.get('retry-after')).toBe('5')
    const second = await post(url, body)
    expect(second.status).toBe(429)
    expect(second.headers.get('retry-after')).toBe('1')
    hold(false)
    await expect.poll(async () => (await post(url, body)).status).toBe(202)
    expect(written.slice(-10).map(({ value }) => value)).toEqual(body.split('\n'))
  })

  test('while the collector ends, no request is taken', async () => {
    const { url, hold, http, written } = await collector()
    hold(true)
    const under = post(url, '{"a":1}')
    await fetch(url)
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    const closed = http.close()
    hold(false)
    expect((await under).status).toBe(202)
    await closed
    await expect(post(url, '{"b":2}')).rejects.toThrow()
    expect(written.map(({ value }) => value)).toEqual(['{"a":1}'])
    socket.destroy()
  })

  test('a sender that goes away in the middle harms nobody', async () => {
    const { url, written } = await collector()
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    socket.write(
      `POST /v1/records HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 100\r\n\r\n{"a":1}\n{"b":2}\n{`,
    )
    await expect.poll(() => written.length).toBe(2)
    socket.destroy()
    expect((await post(url, '{"c":3}')).status).toBe(202)
  })
})

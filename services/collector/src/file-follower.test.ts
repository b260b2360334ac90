import { appendFileSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { createLogger } from '@ostiary/runtime'
import { RawProducer } from '@ostiary/runtime/kafka'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { FileFollower } from './file-follower.ts'
import { kafkaForTest, type TestKafka } from './kafka-for-test.ts'
import { ProgressFile } from './progress-file.ts'

let folder = ''
let stop: (() => Promise<void>) | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ostiary-follow-'))
})
afterEach(async () => {
  await stop?.()
  stop = undefined
  rmSync(folder, { recursive: true })
})
const at = (name: string): string => join(folder, name)
const lines = (from: number, to: number): string =>
  Array.from({ length: to - from }, (_, i) => `{"n":${from + i}}\n`).join('')
const values = (from: number, to: number): string[] => lines(from, to).trimEnd().split('\n')

interface Follow extends TestKafka {
  readonly sent: () => string[]
  readonly reasons: (string | undefined)[]
}

/** Follows the folder from here on; ends what followed it before, as a restart does. */
async function follow(logged: object[] = []): Promise<Follow> {
  await stop?.()
  const kafka = kafkaForTest()
  const to = { write: (line: string) => void logged.push(JSON.parse(line) as object) }
  const log = createLogger({ level: 'info', service: 'test', version: '0', to })
  const producer = new RawProducer({
    kafka: kafka.kafka,
    topic: 'access.raw',
    keyOf: () => 'key',
    recordBytesMax: 1024,
    log,
  })
  const reasons: (string | undefined)[] = []
  const follower = new FileFollower({
    paths: [folder],
    pollMs: 5,
    producer,
    progress: new ProgressFile(at('.progress.json'), 100),
    read: {},
    log,
    onReady: (reason) => reasons.push(reason),
  })
  const ending = new AbortController()
  const running = follower.run(ending.signal)
  stop = async () => {
    stop = undefined
    ending.abort()
    kafka.hold(false)
    await running
    await producer.close()
  }
  return { ...kafka, sent: () => kafka.written.map(({ value }) => value), reasons }
}

describe('FileFollower', () => {
  test('sends what is there and what comes, gzip or not, with the file as origin', async () => {
    writeFileSync(at('a.ndjson'), lines(0, 3))
    const { sent, written } = await follow()
    await expect.poll(sent).toEqual(values(0, 3))
    writeFileSync(at('b.json.gz'), gzipSync(`{"Records":[{"n": 3},{"n":4}]}`))
    writeFileSync(at('notes.md'), '{"n":99}')
    await expect.poll(() => sent().slice(3)).toEqual(['{"n": 3}', '{"n":4}'])
    expect(written.map(({ origin }) => origin)).toEqual([
      ...Array(3).fill(at('a.ndjson')),
      ...Array(2).fill(at('b.json.gz')),
    ])
  })

  test('goes on behind what was sent when a file grows', async () => {
    writeFileSync(at('a.log'), lines(0, 2))
    const { sent } = await follow()
    await expect.poll(sent).toEqual(values(0, 2))
    appendFileSync(at('a.log'), lines(2, 4))
    await expect.poll(sent).toEqual(values(0, 4))
  })

  test('the half of a record at the end of a file waits for its other half', async () => {
    const logged: { msg?: string }[] = []
    writeFileSync(at('a.log'), `${lines(0, 2)}{"n":`)
    const { sent } = await follow(logged)
    await expect.poll(() => logged.some(({ msg }) => msg?.includes('ends inside a record'))).toBe(true)
    expect(sent()).toEqual(values(0, 2))
    appendFileSync(at('a.log'), '2}\n')
    await expect.poll(sent).toEqual(values(0, 3))
  })

  test('a renamed file is known again, and what took its name is not taken for it', async () => {
    writeFileSync(at('access.log'), lines(0, 3))
    const { sent } = await follow()
    await expect.poll(sent).toEqual(values(0, 3))
    renameSync(at('access.log'), at('access-1.log'))
    writeFileSync(at('access.log'), lines(3, 5))
    await expect.poll(sent).toEqual(values(0, 5))
    appendFileSync(at('access-1.log'), lines(5, 6))
    await expect.poll(sent).toEqual(values(0, 6))
  })

  test('a file written anew is sent from its start', async () => {
    const logged: { msg?: string }[] = []
    const timesSent = (): number => logged.filter(({ msg }) => msg === 'a file was sent').length
    writeFileSync(at('a.log'), lines(0, 3))
    const { sent } = await follow(logged)
    // Written over while it is still being read, it would be read half old and half new.
    await expect.poll(timesSent).toBe(1)
    expect(sent()).toEqual(values(0, 3))
    writeFileSync(at('a.log'), lines(10, 15))
    await expect.poll(sent).toEqual([...values(0, 3), ...values(10, 15)])
    await expect.poll(timesSent).toBeGreaterThan(1)
    writeFileSync(at('a.log'), lines(20, 21))
    await expect.poll(() => sent().at(-1)).toBe('{"n":20}')
  })

  test('a restart sends nothing again, and what came meanwhile', async () => {
    writeFileSync(at('a.log'), lines(0, 3))
    const first = await follow()
    await expect.poll(first.sent).toEqual(values(0, 3))
    await stop?.()
    appendFileSync(at('a.log'), lines(3, 5))
    renameSync(at('a.log'), at('b.log'))
    const second = await follow()
    await expect.poll(second.sent).toEqual(values(3, 5))
  })

  test('what Kafka had not acknowledged when the process died is sent again', async () => {
    writeFileSync(at('a.log'), lines(0, 20_000))
    const first = await follow()
    first.hold(true, 12_000)
    await expect.poll(() => existsSync(at('.progress.json'))).toBe(true)
    const sentBefore = first.sent()
    // What a process that is killed now leaves behind.
    const left = readFileSync(at('.progress.json'))
    await stop?.()
    writeFileSync(at('.progress.json'), left)
    const second = await follow()
    await expect.poll(() => second.sent().at(-1)).toBe('{"n":19999}')
    const from = 20_000 - second.sent().length
    expect(from).toBeGreaterThan(0)
    expect(from).toBeLessThanOrEqual(sentBefore.length)
    expect(second.sent()).toEqual(values(from, 20_000))
  })

  test('a folder that is away is told, and followed again when it is back', async () => {
    const { reasons, sent } = await follow()
    await expect.poll(() => reasons.at(-1)).toBeUndefined()
    renameSync(folder, `${folder}-away`)
    await expect.poll(() => reasons.at(-1)).toContain('does not exist')
    renameSync(`${folder}-away`, folder)
    writeFileSync(at('a.log'), lines(0, 1))
    await expect.poll(sent).toEqual(values(0, 1))
  })
})

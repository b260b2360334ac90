import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { emptyTables } from '@ostiary/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FileReader, type Reader, type Reading, type ReadSettings } from '../local/file-reader.ts'
import { testRecord } from '../local/test-record.ts'
import { ReaderPool } from './reader-pool.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-pool-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const root = fileURLToPath(new URL('../../../', import.meta.url))
// What a thread runs has to be what is written here.
beforeAll(
  () => void execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', 'runtime'], { cwd: root }),
)

const settings: ReadSettings = {
  tenantUid: 'default',
  key: new Uint8Array(32),
  tables: emptyTables(),
  futureMs: 0,
  atMs: Date.UTC(2026, 2, 3),
  recordBytesMax: 65_536,
  depthMax: 64,
  wantsNames: true,
  wantsRejects: true,
}

function write(name: string, count: number, also = ''): string {
  const path = join(folder, name)
  const minute = (n: number): string => new Date(Date.UTC(2026, 2, 2) + n * 1000).toISOString()
  const lines = Array.from({ length: count }, (_, n) => JSON.stringify(testRecord(`${name}-${n}`, minute(n))))
  writeFileSync(path, `${lines.join('\n')}\n${also}`)
  return path
}

async function readingsOf(reader: Reader, path: string): Promise<Reading[]> {
  const readings: Reading[] = []
  for await (const reading of reader.file(path).readings()) readings.push(reading)
  return readings
}

async function withPool<Result>(threads: number, use: (pool: ReaderPool) => Promise<Result>): Promise<Result> {
  const pool = new ReaderPool(settings, threads)
  try {
    return await use(pool)
  } finally {
    await pool.close()
  }
}

describe('a pool gives what a reader here gives', () => {
  test('events, rejects, names, counts and bytes, in the same stretches', async () => {
    const path = write('some', 500, `no record\n${JSON.stringify(testRecord('ahead', '2026-03-09T00:00:00Z'))}\n{"a":`)
    const here = await readingsOf(new FileReader(settings), path)
    const there = await withPool(1, (pool) => readingsOf(pool, path))
    expect(here.length).toBeGreaterThan(3)
    expect(here.flatMap(({ rejects }) => rejects.map(({ reason }) => reason))).toEqual([
      'json.invalid',
      'record.invalid_time',
      'bytes.truncated',
    ])
    const plain = (readings: readonly Reading[]): string =>
      JSON.stringify(
        readings.map(({ events, counts, rejects, names, bytes }) => {
          const heads = rejects.map((reject) => ({ ...reject, head: Buffer.from(reject.head).toString('utf8') }))
          return [events, counts, [...counts.rejected], heads, names, bytes]
        }),
      )
    expect(plain(there) === plain(here), 'the same readings').toBe(true)
  })

  test('of many files at once, read by turns, more than it may be ahead of', async () => {
    const paths = [0, 1, 2, 3, 4].map((n) => write(`many-${n}`, 4000))
    const uids = (readings: readonly Reading[]): string =>
      readings.flatMap(({ events }) => events.map(({ event_uid, identity }) => `${event_uid} ${identity.uid}`)).join()
    const here = new FileReader(settings)
    const expected: string[] = []
    for (const path of paths) expected.push(uids(await readingsOf(here, path)))
    const found = await withPool(2, async (pool) => {
      const files = paths.map((path) => pool.file(path))
      for (const file of files) file.prepare()
      return Promise.all(
        files.map(async (file) => {
          const readings: Reading[] = []
          for await (const reading of file.readings()) readings.push(reading)
          return uids(readings)
        }),
      )
    })
    expect(found.map((text, index) => text === expected[index])).toEqual(paths.map(() => true))
  })

  test('the first event’s time, and none where there is none', async () => {
    const [path, empty] = [write('first', 3), write('empty', 0, 'text\n')]
    await withPool(2, async (pool) => {
      expect(await pool.file(path).firstMs()).toBe(Date.UTC(2026, 2, 2))
      expect(await pool.file(empty).firstMs()).toBeUndefined()
    })
  })

  test('the error of a file that cannot be read, while others go on', async () => {
    const [path, missing] = [write('there', 10), join(folder, 'missing')]
    const refusal = await readingsOf(new FileReader(settings), missing).catch((error: unknown) => error)
    expect(refusal).toMatchObject({ code: 'input.unreadable' })
    await withPool(1, async (pool) => {
      const expected = { name: 'OstiaryError', code: 'input.unreadable', message: (refusal as Error).message }
      await expect(readingsOf(pool, missing)).rejects.toMatchObject(expected)
      await expect(pool.file(missing).firstMs()).rejects.toMatchObject(expected)
      expect((await readingsOf(pool, path)).flatMap(({ events }) => events)).toHaveLength(10)
    })
  })
})

test('who stops early leaves the thread to others', async () => {
  const [long, short] = [write('long', 20_000), write('short', 10)]
  await withPool(1, async (pool) => {
    for await (const { events } of pool.file(long).readings()) if (events.length > 0) break
    expect((await readingsOf(pool, short)).flatMap(({ events }) => events)).toHaveLength(10)
  })
})

test('an abort ends what is asked for with its reason, and what is asked for later', async () => {
  const path = write('aborted', 20_000)
  const abort = new AbortController()
  const pool = new ReaderPool(settings, 1, abort.signal)
  const reading = async (): Promise<void> => {
    for await (const _ of pool.file(path).readings()) abort.abort(new Error('enough'))
  }
  await expect(reading()).rejects.toThrow('enough')
  await expect(pool.file(path).firstMs()).rejects.toThrow('enough')
  await pool.close()
})

test.each([
  ['ends', 'process.exit(7)', 'exit code 7'],
  ['throws', 'throw new Error("out of luck")', 'out of luck'],
  [
    'ends once it is asked',
    'import { parentPort } from "node:worker_threads"; parentPort.on("message", () => process.exit(9))',
    'exit code 9',
  ],
])('a thread that %s is told, whatever waits for it', async (_, program, how) => {
  const entry = new URL(`data:text/javascript,${encodeURIComponent(program)}`)
  const pool = new ReaderPool(settings, 1, undefined, entry)
  const expected = { name: 'OstiaryError', code: 'internal', message: expect.stringContaining(how) as string }
  const [looked, read] = await Promise.allSettled([pool.file('a').firstMs(), readingsOf(pool, 'b')])
  expect(looked).toMatchObject({ status: 'rejected', reason: expected })
  expect(read).toMatchObject({ status: 'rejected', reason: expected })
  await expect(readingsOf(pool, 'c')).rejects.toMatchObject(expected)
  await pool.close()
})

import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { emptyTables } from '@ostiary/models'
import { afterAll, expect, test } from 'vitest'
import { resolveConfig } from '../config/resolve-config.ts'
import type { RejectedRecord } from '../files/rejects-writer.ts'
import { listInputs } from '../reading/list-inputs.ts'
import { type MergedEvents, type MergedEventsOptions, mergedEvents } from './merged-events.ts'
import { testRecord } from './test-record.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-merged-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const config = resolveConfig({ env: {}, flags: {} })

function write(name: string, records: readonly (readonly [string, number])[], pack = false): string {
  const path = join(folder, name)
  const text = textOf(records)
  writeFileSync(path, pack ? gzipSync(text) : text)
  return path
}

function textOf(records: readonly (readonly [string, number])[]): string {
  return records
    .map(
      ([uid, minute]) => `${JSON.stringify(testRecord(uid, `2026-03-02T12:${String(minute).padStart(2, '0')}:00Z`))}\n`,
    )
    .join('')
}

function merged(paths: readonly string[], options: Partial<MergedEventsOptions> = {}): MergedEvents {
  return mergedEvents(listInputs(paths), { config, key: new Uint8Array(32), tables: emptyTables(), ...options })
}

async function uidsOf({ batches }: MergedEvents): Promise<string[]> {
  const uids: string[] = []
  for await (const batch of batches) uids.push(...batch.map((event) => event.event_uid))
  return uids
}

test('merges files by time; what is looked at to find their beginning counts once', async () => {
  const rejects: RejectedRecord[] = []
  let bytes = 0
  const paths = [
    write('z', [
      ['a', 1],
      ['d', 7],
    ]),
    write(
      'y.gz',
      [
        ['b', 3],
        ['c', 5],
      ],
      true,
    ),
  ]
  writeFileSync(join(folder, 'bad'), 'text\n')
  const inputs = listInputs([...paths, join(folder, 'bad')])
  const onBytes = (read: number): void => {
    bytes += read
  }
  const given = merged([...paths, join(folder, 'bad')], { onReject: (one) => rejects.push(one), onBytes })
  expect(await uidsOf(given)).toEqual(['a', 'b', 'c', 'd'])
  expect(given.counts).toMatchObject({ records: 5, events: 4 })
  expect(rejects.map((one) => one.file)).toEqual([join(folder, 'bad')])
  expect(bytes).toBe(inputs.reduce((sum, input) => sum + input.bytes, 0))
})

test.skipIf(process.platform === 'win32')('pipes are read once, and nothing of them is lost', async () => {
  const paths = ['one', 'two'].map((name) => join(folder, name))
  const program = 'mkfifo'
  for (const path of paths) execFileSync(program, [path])
  let uids: Promise<string[]> | undefined
  // Opened for both ways, a pipe needs nobody at its other end.
  const ends = paths.map((path) => openSync(path, constants.O_RDWR))
  const texts = [
    textOf([
      ['a', 1],
      ['c', 5],
    ]),
    textOf([
      ['b', 3],
      ['d', 7],
    ]),
  ]
  let left = texts.join('').length
  const allRead = new Promise<void>((resolve) => {
    const onBytes = (read: number): void => {
      left -= read
      if (left === 0) resolve()
    }
    for (const [i, end] of ends.entries()) writeSync(end, texts[i]!)
    uids = uidsOf(merged(paths, { onBytes }))
  })
  // The pipes end when their writers leave, which is after all was read from them.
  await allRead
  for (const end of ends) closeSync(end)
  expect(await uids).toEqual(['a', 'b', 'c', 'd'])
})

test('an abort ends it without an error, between batches and before the first', async () => {
  const path = write(
    'long',
    Array.from({ length: 3000 }, (_, i) => [`e-${i}`, i % 60] as const),
  )
  const interrupt = new AbortController()
  const given = merged([path], { signal: interrupt.signal })
  const first = await given.batches.next()
  expect(first.done).toBe(false)
  interrupt.abort()
  expect(await given.batches.next()).toEqual({ done: true, value: undefined })
  expect(await uidsOf(merged([path, path], { signal: interrupt.signal }))).toEqual([])
})

test('other errors pass, also with a signal', async () => {
  const path = write('gone', [['a', 1]])
  const given = merged([path], { signal: new AbortController().signal })
  rmSync(path)
  await expect(uidsOf(given)).rejects.toMatchObject({ code: 'input.unreadable' })
})

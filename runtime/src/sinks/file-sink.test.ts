import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Alert } from '@ostiary/schemas'
import { afterAll, expect, test } from 'vitest'
import { fileSink } from './file-sink.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-file-sink-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const alert = { finding_uid: 'a', revision: 1, score: 3 } as Alert
const line = ({ finding_uid: uid }: Alert): string => `line of ${uid}`

test('the file appears whole, on closing, for its owner only', async () => {
  const path = join(folder, 'alerts')
  const sink = fileSink(path, line)
  await sink.write(alert)
  expect(readdirSync(folder)).toEqual([])
  await sink.close()
  expect(readFileSync(path, 'utf8')).toBe('line of a\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(readdirSync(folder)).toEqual(['alerts'])
})

test('takes the place of an older file, whatever its mode', async () => {
  const path = join(folder, 'older')
  writeFileSync(path, 'something longer than one line of an alert\n', { mode: 0o644 })
  const sink = fileSink(path, line)
  await sink.write(alert)
  await sink.close()
  expect(readFileSync(path, 'utf8')).toBe('line of a\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a missing folder is told at once, before anything is scored for nothing', () => {
  expect(() => fileSink(join(folder, 'missing', 'alerts'), line)).toThrow(
    expect.objectContaining({ code: 'output.unwritable', message: expect.stringContaining('missing') }),
  )
})

test('a folder in its place is told at once', () => {
  mkdirSync(join(folder, 'taken'))
  expect(() => fileSink(join(folder, 'taken'), line)).toThrow(
    expect.objectContaining({ code: 'output.unwritable', message: expect.stringContaining('it is a folder') }),
  )
})

test('a folder that has come in its place is told on closing, and nothing is left behind', async () => {
  const path = join(folder, 'taken-since')
  const sink = fileSink(path, line)
  mkdirSync(path)
  const before = readdirSync(folder)
  await sink.write(alert)
  await expect(sink.close()).rejects.toMatchObject({ code: 'output.unwritable' })
  expect(readdirSync(folder)).toEqual(before)
})

test('a device stays a device', async () => {
  const sink = fileSink('/dev/null', line)
  await sink.write(alert)
  await sink.close()
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
})

test('a link to a device is written through', async () => {
  const path = join(folder, 'link')
  symlinkSync('/dev/null', path)
  const sink = fileSink(path, line)
  await sink.write(alert)
  await sink.close()
  expect(statSync(path).isCharacterDevice()).toBe(true)
})

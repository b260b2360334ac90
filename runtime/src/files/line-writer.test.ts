import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { LineWriter } from './line-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-lines-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('writes lines in order, for the owner only unless told otherwise', () => {
  const path = join(folder, 'lines')
  const writer = new LineWriter(path)
  for (const line of ['a', '', 'ü ✓ 👩‍💻']) writer.write(line)
  writer.close()
  expect(readFileSync(path, 'utf8')).toBe('a\n\nü ✓ 👩‍💻\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  const open = new LineWriter(join(folder, 'open'), 0o644)
  open.close()
  expect(statSync(join(folder, 'open')).mode & 0o777).toBe(0o644 & ~process.umask())
})

test('more than waits in memory is written before it is closed', () => {
  const path = join(folder, 'many')
  const writer = new LineWriter(path)
  const line = 'é'.repeat(999)
  for (let i = 0; i < 1000; i++) writer.write(line)
  expect(statSync(path).size).toBeGreaterThan(1_000_000)
  writer.close()
  expect(readFileSync(path, 'utf8') === `${line}\n`.repeat(1000)).toBe(true)
})

test('replaces what was there', () => {
  const path = join(folder, 'old')
  writeFileSync(path, 'much that was there before\n')
  const writer = new LineWriter(path)
  writer.write('new')
  writer.close()
  expect(readFileSync(path, 'utf8')).toBe('new\n')
})

test('a path that cannot be written is told at once', () => {
  for (const path of [join(folder, 'missing', 'file'), folder])
    expect(() => new LineWriter(path)).toThrow(
      expect.objectContaining({ code: 'output.unwritable', message: expect.stringContaining(path) }),
    )
})

test.skipIf(process.platform !== 'linux')('a full disk is told, and the file is let go of', () => {
  const writer = new LineWriter('/dev/full')
  writer.write('x')
  expect(() => writer.close()).toThrow(expect.objectContaining({ code: 'output.unwritable' }))
  // Closed all the same: closing again finds nothing to close.
  expect(() => writer.close()).toThrow(/EBADF/)
})

import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { LogFile } from './log-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-log-file-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('goes on where it was, for its owner only', () => {
  const path = join(folder, 'desk.log')
  for (const text of ['one\ntwo\n', 'three\n']) {
    const log = new LogFile(path)
    log.write(Buffer.from(text))
    log.close()
  }
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nthree\n')
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('keeps two files of at most its length, the older without what came before', () => {
  const path = join(folder, 'full.log')
  const log = new LogFile(path, 10)
  for (const text of ['12345678\n', 'abcdefgh\n', 'x\n', 'a line longer than the limit\n', 'end\n'])
    log.write(Buffer.from(text))
  expect(readFileSync(path, 'utf8')).toBe('end\n')
  expect(readFileSync(`${path}.1`, 'utf8')).toBe('a line longer than the limit\n')
  expect(existsSync(`${path}.2`)).toBe(false)
  log.close()
})

test('gives its last lines', () => {
  const log = new LogFile(join(folder, 'tail.log'))
  log.write(Buffer.from('one\ntwo\nthree\n'))
  expect(log.tail(2)).toBe('two\nthree')
  log.close()
})

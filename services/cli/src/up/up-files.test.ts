import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { defaultUpFolder, makeUpFiles } from './up-files.ts'

const base = mkdtempSync(join(tmpdir(), 'ostiary-up-files-'))
afterAll(() => rmSync(base, { recursive: true }))

const modeOf = (path: string): number => statSync(path).mode & 0o777

test('secrets and folder are for their owner only, and stay what they are', () => {
  const folder = join(base, 'new', 'up')
  const { tokenFile, keyFile, logFolder } = makeUpFiles(folder)
  expect([folder, logFolder].map(modeOf)).toEqual([0o700, 0o700])
  expect([tokenFile, keyFile].map(modeOf)).toEqual([0o600, 0o600])
  const token = readFileSync(tokenFile, 'utf8')
  expect(token).toMatch(/^[\w-]{43}\n$/)
  const key = readFileSync(keyFile, 'utf8')
  makeUpFiles(folder)
  expect(readFileSync(tokenFile, 'utf8')).toBe(token)
  expect(readFileSync(keyFile, 'utf8')).toBe(key)
})

test('a folder that was open to others is closed to them', () => {
  const folder = join(base, 'open')
  mkdirSync(folder)
  chmodSync(folder, 0o755)
  makeUpFiles(folder)
  expect(modeOf(folder)).toBe(0o700)
})

test('a folder that cannot be is an error that says which, and what to do', () => {
  const file = join(base, 'file')
  writeFileSync(file, '')
  expect(() => makeUpFiles(join(file, 'up'))).toThrow(`Cannot use the data folder "${join(file, 'up')}"`)
})

test('unless told, everything lies in the user’s data folder', () => {
  expect(defaultUpFolder({ XDG_DATA_HOME: '/data' }, '/home/ada')).toBe('/data/ostiary/up')
  expect(defaultUpFolder({}, '/home/ada')).toBe('/home/ada/.local/share/ostiary/up')
})

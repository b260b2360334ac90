import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { type FileProgress, ProgressFile } from './progress-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-progress-'))
afterAll(() => rmSync(folder, { recursive: true }))
let files = 0
const fresh = (): string => join(folder, `new-${files++}`, 'progress.json')
function progressOf(path: string, ino: number): FileProgress {
  return { path, dev: 1, ino, size: 10, mtimeMs: 5.25, records: 3, sha256: 'ab' }
}

describe('ProgressFile', () => {
  test('what is saved is there again, and only its owner may read it', async () => {
    const file = fresh()
    const progress = new ProgressFile(file, 10)
    progress.set(progressOf('a', 1))
    progress.set(progressOf('b', 2))
    await progress.save(true)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const again = new ProgressFile(file, 10)
    expect(again.find('a', 1, 1)).toEqual(progressOf('a', 1))
    expect(again.find('renamed', 1, 2)).toEqual(progressOf('b', 2))
    expect(again.find('c', 1, 3)).toBeUndefined()
  })

  test('a rename moves what is known, and the old name is free', () => {
    const progress = new ProgressFile(fresh(), 10)
    progress.set(progressOf('log', 1))
    progress.set(progressOf('log.1', 1))
    expect(progress.find('log', 1, 2)).toBeUndefined()
    expect(progress.find('log.1', 1, 1)?.path).toBe('log.1')
  })

  test('beyond its bound it forgets files that are gone, those known for longest first, and no other', () => {
    const progress = new ProgressFile(fresh(), 2)
    for (const [index, path] of ['a', 'b', 'c', 'd'].entries()) progress.set(progressOf(path, index))
    progress.forgetBut(new Set(['a', 'd']))
    const known = ['a', 'b', 'c', 'd'].filter((path) => progress.find(path, 9, 9) !== undefined)
    expect(known).toEqual(['a', 'd'])
    progress.set(progressOf('e', 7))
    progress.forgetBut(new Set(['a', 'd', 'e']))
    expect(progress.find('a', 9, 9)).toBeDefined()
  })

  test('nothing new is not written again', async () => {
    const file = fresh()
    const progress = new ProgressFile(file, 10)
    progress.set(progressOf('a', 1))
    await progress.save(true)
    writeFileSync(file, 'another')
    await progress.save(true)
    expect(readFileSync(file, 'utf8')).toBe('another')
  })

  test.each([
    ['no JSON', 'Cannot use'],
    ['{"format":"another","files":[]}', 'not of the format'],
    ['{"format":"ostiary-collector-progress-1","files":[{"path":"a"}]}', 'not whole'],
    ['{"format":"ostiary-collector-progress-1","files":[null]}', 'Cannot use'],
  ])('a damaged file is refused: %s', (text, words) => {
    const file = join(folder, `damaged-${files++}`)
    writeFileSync(file, text)
    expect(() => new ProgressFile(file, 10)).toThrow(words)
    expect(() => new ProgressFile(file, 10)).toThrow(expect.objectContaining({ code: 'state.invalid' }))
  })
})

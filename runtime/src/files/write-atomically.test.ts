import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { checkWritable, unwritable, writeAtomically } from './write-atomically.ts'

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-write-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const old = Buffer.from('old')

async function* pieces(count: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < count; i++) yield Buffer.from(`${i};`)
}

it('writes bytes and pieces, for the owner only unless told otherwise', async () => {
  const file = join(folder, 'a')
  await writeAtomically(file, Buffer.from('bytes'))
  expect(await readFile(file, 'utf8')).toBe('bytes')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  await writeAtomically(file, pieces(3), { mode: 0o640 })
  expect(await readFile(file, 'utf8')).toBe('0;1;2;')
  expect((await stat(file)).mode & 0o777 & ~0o640).toBe(0)
  await writeAtomically(file, [Buffer.from('x'), Buffer.from('y')])
  expect(await readFile(file, 'utf8')).toBe('xy')
  expect(await readdir(folder)).toEqual(['a'])
})

it('writes a name as long as names can be', async () => {
  const file = join(folder, 'n'.repeat(255))
  await writeAtomically(file, old)
  expect(await readFile(file, 'utf8')).toBe('old')
})

it('keeps the old content, and nothing else, when the content fails', async () => {
  const file = join(folder, 'a')
  await writeAtomically(file, old)
  async function* failing(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('half')
    throw new RangeError('no more')
  }
  await expect(writeAtomically(file, failing())).rejects.toThrow(RangeError)
  expect(await readFile(file, 'utf8')).toBe('old')
  expect(await readdir(folder)).toEqual(['a'])
})

it('shows readers the old content until the new is complete', async () => {
  const file = join(folder, 'a')
  await writeAtomically(file, old)
  const seen: string[] = []
  async function* watched(): AsyncGenerator<Uint8Array> {
    yield Buffer.from('new ')
    seen.push(await readFile(file, 'utf8'))
    yield Buffer.from('content')
  }
  await writeAtomically(file, watched())
  expect(seen).toEqual(['old'])
  expect(await readFile(file, 'utf8')).toBe('new content')
})

it('replaces a symbolic link, not what it points to', async () => {
  await writeFile(join(folder, 'target'), 'untouched')
  await symlink(join(folder, 'target'), join(folder, 'link'))
  await writeAtomically(join(folder, 'link'), old)
  expect(await readFile(join(folder, 'target'), 'utf8')).toBe('untouched')
  expect(await readFile(join(folder, 'link'), 'utf8')).toBe('old')
})

it('says which file cannot be written and what to do, and leaves nothing behind', async () => {
  await expect(writeAtomically(join(folder, 'no', 'a'), old)).rejects.toMatchObject({
    code: 'output.unwritable',
    message: `Cannot write "${join(folder, 'no', 'a')}": its folder does not exist; create it or choose another path`,
    retriable: false,
  })
  await mkdir(join(folder, 'full'))
  await writeFile(join(folder, 'full', 'x'), '')
  await expect(writeAtomically(join(folder, 'full'), old)).rejects.toMatchObject({ code: 'output.unwritable' })
  expect(await readdir(folder)).toEqual(['full'])
})

it.skipIf(process.getuid?.() === 0)('does not write where it may not', async () => {
  await chmod(folder, 0o500)
  await expect(writeAtomically(join(folder, 'a'), old)).rejects.toThrow(/permission denied/)
  await chmod(folder, 0o700)
})

it('looks whether a file can be written, and writes nothing', async () => {
  await writeFile(join(folder, 'a'), 'old')
  await mkdir(join(folder, 'full'))
  for (const file of ['a', 'b', 'full/b']) expect(() => checkWritable(join(folder, file)), file).not.toThrow()
  expect(() => checkWritable('/dev/null')).not.toThrow()
  for (const [file, words] of [
    ['no/a', /its folder does not exist/],
    ['a/b', /a part of its path is a file/],
    ['full', /it is a folder/],
  ] as const)
    expect(() => checkWritable(join(folder, file)), file).toThrow(words)
  expect(await readdir(folder)).toEqual(['a', 'full'])
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('old')
})

it.skipIf(process.getuid?.() === 0)('sees that it may not write', async () => {
  await chmod(folder, 0o500)
  expect(() => checkWritable(join(folder, 'a'))).toThrow(/permission denied/)
  await chmod(folder, 0o700)
})

it('tells a full disk, which waiting can cure, from the rest', () => {
  expect(unwritable('f', Object.assign(new Error('x'), { code: 'ENOSPC' })).retriable).toBe(true)
  expect(unwritable('f', new Error('odd')).message).toBe('Cannot write "f": odd; check the path and the disk')
})

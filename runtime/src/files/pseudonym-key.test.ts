import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultKeyPath, keyIdOf, loadOrCreateKey } from './pseudonym-key.ts'

let folder = ''
let path = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-key-'))
  path = join(folder, 'data', 'ostiary', 'key')
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

describe('loadOrCreateKey', () => {
  it('makes a key once, in a folder and file for the owner only', async () => {
    const key = loadOrCreateKey(path)
    expect(key).toHaveLength(32)
    expect(loadOrCreateKey(path)).toEqual(key)
    expect(await readFile(path, 'utf8')).toBe(`ostiary-key-1 ${key.toString('hex')}\n`)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect((await stat(join(path, '..'))).mode & 0o777).toBe(0o700)
    expect(await readdir(join(path, '..'))).toEqual(['key'])
    expect(loadOrCreateKey(join(folder, 'other'))).not.toEqual(key)
  })

  it.each([0o640, 0o604, 0o620, 0o666])('refuses a file of mode %o and says how to mend it', async (mode) => {
    loadOrCreateKey(path)
    await chmod(path, mode)
    expect(() => loadOrCreateKey(path)).toThrow(
      expect.objectContaining({ code: 'key.invalid', message: expect.stringContaining(`chmod 600 ${path}`) }),
    )
    await chmod(path, 0o600)
    loadOrCreateKey(path)
  })

  it.each([
    ['nothing', ''],
    ['half a key', `ostiary-key-1 ${'ab'.repeat(16)}\n`],
    ['upper case', `ostiary-key-1 ${'AB'.repeat(32)}\n`],
    ['another version', `ostiary-key-2 ${'ab'.repeat(32)}\n`],
    ['two lines', `ostiary-key-1 ${'ab'.repeat(32)}\n\n`],
    ['a large file', `ostiary-key-1 ${'ab'.repeat(32)}\n${'x'.repeat(1 << 16)}`],
  ])('refuses %s, without quoting it or replacing it', async (_what, text) => {
    path = join(folder, 'key')
    await writeFile(path, text, { mode: 0o600 })
    const refused = expect.objectContaining({ code: 'key.invalid', message: expect.not.stringContaining('abab') })
    expect(() => loadOrCreateKey(path)).toThrow(refused)
    expect(await readFile(path, 'utf8')).toBe(text)
  })

  it('refuses a folder in its place, and says what is in the way of making one', async () => {
    expect(() => loadOrCreateKey(folder)).toThrow(expect.objectContaining({ code: 'key.invalid' }))
    await writeFile(join(folder, 'file'), '')
    expect(() => loadOrCreateKey(join(folder, 'file', 'key'))).toThrow(/Cannot (make|read) key file/)
  })

  // Other processes can only run what is built; `npm test` builds first.
  const module = fileURLToPath(new URL('../../dist/src/files/pseudonym-key.js', import.meta.url))
  it.skipIf(!existsSync(module))('gives several processes that start at once the same key', async () => {
    const keys = await Promise.all(Array.from({ length: 4 }, () => keyMadeBy(module, path)))
    expect(new Set(keys)).toEqual(new Set([loadOrCreateKey(path).toString('hex')]))
    expect(await readdir(join(path, '..'))).toEqual(['key'])
  })
})

function keyMadeBy(module: string, file: string): Promise<string> {
  const program = `const { loadOrCreateKey } = await import(process.argv[1])
    process.stdout.write(loadOrCreateKey(process.argv[2]).toString('hex'))`
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program, module, file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1')
    })
    child.on('error', reject)
    child.on('close', () => resolve(text))
  })
}

describe('defaultKeyPath', () => {
  it('follows the XDG Base Directory Specification', () => {
    expect(defaultKeyPath({ XDG_DATA_HOME: '/var/ada' }, '/home/ada')).toBe('/var/ada/ostiary/key')
    expect(defaultKeyPath({ XDG_DATA_HOME: 'relative' }, '/home/ada')).toBe('/home/ada/.local/share/ostiary/key')
    expect(defaultKeyPath({}, '/home/ada')).toBe('/home/ada/.local/share/ostiary/key')
  })
})

it('names a key without giving it away', () => {
  const key = Buffer.alloc(32, 7)
  expect(keyIdOf(key)).toMatch(/^[0-9a-f]{16}$/)
  expect(keyIdOf(Buffer.alloc(32, 8))).not.toBe(keyIdOf(key))
})

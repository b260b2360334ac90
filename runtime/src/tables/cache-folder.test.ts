import { chmod, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultCacheFolder, openTableCache, sha256Of } from './cache-folder.ts'

let folder = ''
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'ostiary-cache-')), 'cache')
})
afterEach(async () => {
  await rm(join(folder, '..'), { recursive: true })
})

const bytes = Buffer.from('a table')
const table = { bytes, sha256: sha256Of(bytes) }

describe('openTableCache', () => {
  it('gives back what a recipe gave, under its hash', async () => {
    const cache = openTableCache(folder)
    expect(await cache.read('recipe')).toBeUndefined()
    await cache.write('recipe', table)
    expect(await cache.read('recipe')).toEqual(table)
    expect(await cache.read('other recipe')).toBeUndefined()
    expect(await readdir(folder)).toContain(`${table.sha256}.table`)
  })

  it('does not give damaged bytes', async () => {
    const cache = openTableCache(folder)
    await cache.write('recipe', table)
    await writeFile(join(folder, `${table.sha256}.table`), 'another table')
    expect(await cache.read('recipe')).toBeUndefined()
    await rm(join(folder, `${table.sha256}.table`))
    expect(await cache.read('recipe')).toBeUndefined()
  })

  it('does not trust a folder that others can write to', async () => {
    const cache = openTableCache(folder)
    await cache.write('recipe', table)
    await chmod(folder, 0o777)
    expect(await cache.read('recipe')).toBeUndefined()
  })

  it('does without a folder, and with one that cannot be', async () => {
    await writeFile(folder, 'a file where the folder should be')
    for (const cache of [openTableCache(undefined), openTableCache(folder)]) {
      await cache.write('recipe', table)
      expect(await cache.read('recipe')).toBeUndefined()
    }
  })
})

describe('defaultCacheFolder', () => {
  it('follows the XDG Base Directory Specification', () => {
    expect(defaultCacheFolder({ XDG_CACHE_HOME: '/var/cache/ada' })).toBe('/var/cache/ada/ostiary')
    expect(defaultCacheFolder({ XDG_CACHE_HOME: 'relative' })).toMatch(/[/\\]\.cache[/\\]ostiary$/)
    expect(defaultCacheFolder({})).toMatch(/[/\\]\.cache[/\\]ostiary$/)
  })
})

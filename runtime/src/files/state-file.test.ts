import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { canonicalJson, canonicalSha256, OstiaryError } from '@ostiary/schemas'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { loadStateFile, type StateOrigin, saveStateFile } from './state-file.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-state-'))
  file = join(folder, 'state')
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const origin: StateOrigin = {
  tenantUid: 'default',
  keyId: '0123456789abcdef',
  configSha256: 'c0'.repeat(32),
  codeVersion: '0.1.0',
}
const small = new Map([
  ['empty', new Uint8Array(0)],
  ['census-day', Buffer.from('{"day":1}')],
  ['identities', Buffer.from('abc'.repeat(100))],
])

const sectionsArbitrary = fc
  .uniqueArray(
    fc.tuple(
      fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/),
      fc.oneof(
        fc.uint8Array({ maxLength: 300 }),
        fc.nat(5000).map((n) => new Uint8Array(n).fill(n & 255)),
      ),
    ),
    { selector: ([name]) => name, maxLength: 8 },
  )
  .map((entries) => new Map(entries))

/** The file's header, changed and hashed anew: what only somebody who means to can write. */
async function rewriteHeader(change: (header: Record<string, unknown>) => void): Promise<void> {
  const bytes = await readFile(file)
  const start = bytes.indexOf(0x0a) + 1
  const end = bytes.indexOf(0x0a, start) + 1
  const header = JSON.parse(bytes.toString('utf8', start, end)) as Record<string, unknown>
  delete header['header_sha256']
  change(header)
  const line = `${canonicalJson({ ...header, header_sha256: canonicalSha256(header) })}\n`
  await writeFile(file, Buffer.concat([bytes.subarray(0, start), Buffer.from(line), bytes.subarray(end)]))
}

async function problemOfLoading(): Promise<string> {
  try {
    await loadStateFile(file, origin)
  } catch (error) {
    if (error instanceof OstiaryError && error.code === 'state.invalid') return error.message
    throw error
  }
  return ''
}

describe('saveStateFile and loadStateFile', () => {
  it('give back what was saved, in order, compressed or not', async () => {
    await fc.assert(
      fc.asyncProperty(sectionsArbitrary, fc.boolean(), fc.string(), async (sections, compress, tenantUid) => {
        await saveStateFile(file, { ...origin, tenantUid }, sections, { compress })
        const loaded = await loadStateFile(file, { ...origin, tenantUid })
        expect(loaded!.origin).toEqual({ ...origin, tenantUid })
        expect([...loaded!.sections].map(([name, bytes]) => [name, Buffer.from(bytes)])).toEqual(
          [...sections].map(([name, bytes]) => [name, Buffer.from(bytes)]),
        )
      }),
      { numRuns: 60 },
    )
  })

  it('is for the owner only, smaller when compressed, and absent at first', async () => {
    expect(await loadStateFile(file, origin)).toBeUndefined()
    await saveStateFile(file, origin, small, { compress: false })
    const { size } = await stat(file)
    await saveStateFile(file, origin, small)
    expect((await stat(file)).size).toBeLessThan(size)
    expect((await stat(file)).mode & 0o777).toBe(0o600)
  })

  it('round-trips pieces beyond one read', async () => {
    const large = new Uint8Array(3 * 1024 * 1024 + 1).map((_, at) => (at * 7) ^ (at >> 9))
    for (const compress of [true, false]) {
      await saveStateFile(file, origin, new Map([['large', large]]), { compress })
      const loaded = await loadStateFile(file, origin)
      expect(Buffer.compare(loaded!.sections.get('large')!, large)).toBe(0)
    }
  })

  it('does not write names the format does not allow', async () => {
    const save = saveStateFile(file, origin, new Map([['No Name', new Uint8Array(1)]]))
    await expect(save).rejects.toMatchObject({ code: 'internal' })
    expect(await loadStateFile(file, origin)).toBeUndefined()
  })
})

describe('loadStateFile refuses', () => {
  it('a flipped byte, wherever it is', async () => {
    await saveStateFile(file, { ...origin, tenantUid: 'dé\ufffdfault' }, small)
    const good = await readFile(file)
    for (let at = 0; at < good.length; at++) {
      const bad = Buffer.from(good)
      bad[at]! ^= 1 << (at % 8)
      await writeFile(file, bad)
      await expect(loadStateFile(file, { ...origin, tenantUid: 'dé\ufffdfault' }), `byte ${at}`).rejects.toMatchObject({
        code: 'state.invalid',
      })
    }
  })

  it('a file cut anywhere or continued', async () => {
    await saveStateFile(file, origin, small)
    const good = await readFile(file)
    for (let length = 0; length < good.length; length++) {
      await writeFile(file, good.subarray(0, length))
      expect(await problemOfLoading(), `cut to ${length}`).not.toBe('')
    }
    await writeFile(file, Buffer.concat([good, Buffer.from('x')]))
    expect(await problemOfLoading()).toMatch(/bytes where .* restore it from a backup, or remove it to learn anew/)
  })

  it('a file of another version, key or tenant, saying what to do', async () => {
    await saveStateFile(file, { ...origin, keyId: 'ffffffffffffffff' }, small)
    expect(await problemOfLoading()).toMatch(/key ffffffffffffffff, not 0123456789abcdef.*; give that key, or remove/)
    await saveStateFile(file, { ...origin, tenantUid: 'b' }, small)
    expect(await problemOfLoading()).toMatch(/tenant "b", not "default"; give that tenant, or another state file/)
    await saveStateFile(file, origin, small)
    await rewriteHeader((header) => {
      header['version'] = 2
      header['something_new'] = true
    })
    expect(await problemOfLoading()).toMatch(/version 2, this program reads version 1; use the program that wrote it/)
  })

  it('a header that states what is not so, even with its hash made right', async () => {
    await saveStateFile(file, origin, small)
    type Stated = { bytes: number; name: string }
    const last = (header: Record<string, unknown>): Stated => (header['sections'] as Stated[]).at(-1)!
    await rewriteHeader((header) => {
      last(header).bytes -= 1
    })
    expect(await problemOfLoading()).toMatch(/does not unfold/)
    await rewriteHeader((header) => {
      last(header).bytes += 2
    })
    expect(await problemOfLoading()).toMatch(/has 300 bytes, not 301/)
    await rewriteHeader((header) => {
      last(header).bytes = 2 ** 40
    })
    expect(await problemOfLoading()).toMatch(/unfolds to/)
    await rewriteHeader((header) => {
      last(header).bytes = 300
      last(header).name = 'empty'
    })
    expect(await problemOfLoading()).toMatch(/named twice/)
    await rewriteHeader((header) => {
      header['more'] = 1
    })
    expect(await problemOfLoading()).toMatch(/more/)
  })

  it('a header that says the same in other bytes', async () => {
    await saveStateFile(file, origin, small)
    const text = await readFile(file, 'latin1')
    await writeFile(file, text.replace('"tenant_uid":', '"tenant_uid": '), 'latin1')
    expect(await problemOfLoading()).toMatch(/not canonical/)
  })

  it('what is larger than allowed, no file at all, or something else', async () => {
    await saveStateFile(file, origin, small)
    await expect(loadStateFile(file, origin, { bytesMax: 10 })).rejects.toThrow(/more than 10/)
    await expect(loadStateFile(folder, origin)).rejects.toThrow(/no regular file/)
    await writeFile(file, '{"Records":[]}')
    expect(await problemOfLoading()).toMatch(/no state file of Ostiary/)
    await expect(loadStateFile(join(file, 'x'), origin)).rejects.toMatchObject({ code: 'input.unreadable' })
  })
})

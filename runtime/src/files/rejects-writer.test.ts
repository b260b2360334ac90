import { createHash } from 'node:crypto'
import { appendFile, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type RejectedRecord, RejectsWriter, rejectBytesMax, rejectsBufferBytesMax } from './rejects-writer.ts'

let folder = ''
let file = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ostiary-rejects-'))
  file = join(folder, 'rejects.ndjson')
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

function reject(head: Uint8Array, index = 0): RejectedRecord {
  const sha256 = createHash('sha256').update(head).digest('hex')
  return { file: 'logs/a.json.gz', index, byteOffset: 17, length: head.length, sha256, reason: 'json.invalid', head }
}

async function lines(): Promise<Record<string, unknown>[]> {
  const text = await readFile(file, 'utf8')
  expect(text.endsWith('\n')).toBe(true)
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

it('writes exactly these fields, in a file for the owner only', async () => {
  const writer = await RejectsWriter.open(file)
  // A view into a larger buffer, as readers give them.
  await writer.write(reject(Buffer.from('x{"a":\xff}x', 'latin1').subarray(1, 8), 3))
  await writer.close()
  const record = Buffer.from('{"a":\xff}', 'latin1')
  expect(await readFile(file, 'utf8')).toBe(
    `{"file":"logs/a.json.gz","index":3,"byte_offset":17,"bytes":7,"sha256":"${createHash('sha256').update(record).digest('hex')}","reason":"json.invalid","bytes_base64":"${record.toString('base64')}","truncated":false}\n`,
  )
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

it('keeps the first 64 KiB, with the length and hash of the whole', async () => {
  const exact = Buffer.alloc(rejectBytesMax, 1)
  const over = Buffer.alloc(rejectBytesMax + 1, 2)
  const writer = await RejectsWriter.open(file)
  await writer.write(reject(exact))
  await writer.write(reject(over))
  await writer.write({ ...reject(exact), reason: 'bytes.oversized', length: 5e9, sha256: 'ab'.repeat(32) })
  await writer.close()
  const [first, second, third] = await lines()
  expect(first).toMatchObject({ bytes: 65_536, truncated: false, bytes_base64: exact.toString('base64') })
  expect(second).toMatchObject({
    bytes: 65_537,
    truncated: true,
    sha256: createHash('sha256').update(over).digest('hex'),
    bytes_base64: over.subarray(0, rejectBytesMax).toString('base64'),
  })
  expect(third).toMatchObject({ bytes: 5e9, truncated: true, sha256: 'ab'.repeat(32) })
})

it('appends in order, closes the file to others, and begins on a new line after a crash', async () => {
  await writeFile(file, '{"whole":1}\n{"half', { mode: 0o644 })
  const first = await RejectsWriter.open(file)
  for (let i = 0; i < 500; i++) await first.write(reject(Buffer.from(`${i}`), i))
  await first.close()
  const second = await RejectsWriter.open(file)
  await second.write(reject(Buffer.from('last'), 500))
  await second.close()
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  const text = (await readFile(file, 'utf8')).split('\n')
  expect(text.slice(0, 2)).toEqual(['{"whole":1}', '{"half'])
  expect(text.slice(2, -1).map((line) => (JSON.parse(line) as { index: number }).index)).toEqual(
    Array.from({ length: 501 }, (_, i) => i),
  )
})

it('lets the writer wait over its bound, until that is written', async () => {
  const writer = await RejectsWriter.open(file)
  const record = Buffer.alloc(rejectBytesMax)
  let resolved = 0
  const writes: Promise<void>[] = []
  for (let bytes = 0; bytes < 3 * rejectsBufferBytesMax; bytes += record.length)
    writes.push(
      writer.write(reject(record)).then(() => {
        resolved += 1
      }),
    )
  // Promises that need no disk are done after a few turns of the microtask queue.
  for (let i = 0; i < 10; i++) await Promise.resolve()
  const atOnce = resolved
  expect(atOnce).toBeGreaterThan(0)
  expect(atOnce * record.length).toBeLessThanOrEqual(rejectsBufferBytesMax)
  await Promise.all(writes)
  expect((await stat(file)).size).toBeGreaterThan(writes.length * record.length)
  await writer.close()
  expect(await lines()).toHaveLength(writes.length)
})

it('says what cannot be written, at the opening or later, and is closed once', async () => {
  await expect(RejectsWriter.open(join(folder, 'no', 'file'))).rejects.toMatchObject({ code: 'output.unwritable' })
  await expect(RejectsWriter.open(folder)).rejects.toMatchObject({ code: 'output.unwritable' })
  const writer = await RejectsWriter.open(file)
  await writer.close()
  await writer.close()
  await expect(writer.write(reject(Buffer.from('x')))).rejects.toMatchObject({ code: 'internal' })
})

it.skipIf(process.platform !== 'linux')('reports a full disk to whoever writes next, and at the close', async () => {
  const writer = await RejectsWriter.open('/dev/full')
  const record = Buffer.alloc(rejectBytesMax)
  const fill = async (): Promise<void> => {
    for (let i = 0; i < 100; i++) await writer.write(reject(record))
  }
  await expect(fill()).rejects.toMatchObject({ code: 'output.unwritable', retriable: true })
  await expect(writer.close()).rejects.toMatchObject({ code: 'output.unwritable', retriable: true })
})

it('leaves what others wrote meanwhile', async () => {
  const writer = await RejectsWriter.open(file)
  await appendFile(file, '{"other":true}\n')
  await writer.write(reject(Buffer.from('x')))
  await writer.close()
  expect(await lines()).toHaveLength(2)
})

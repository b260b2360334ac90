import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { constants, gunzipSync, gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { type ReadOptions, readItems } from './open-input.ts'
import type { RawReject } from './raw-item.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-reading-'))
afterAll(() => rmSync(folder, { recursive: true }))

interface Read {
  readonly records: string[]
  readonly offsets: number[]
  readonly rejects: RawReject[]
  readonly indexes: number[]
}

async function readAll(path: string, options: ReadOptions = {}): Promise<Read> {
  const read: Read = { records: [], offsets: [], rejects: [], indexes: [] }
  for await (const items of readItems(path, options)) {
    expect(items.length).toBeGreaterThan(0)
    for (const item of items) {
      read.indexes.push(item.index)
      if (item.kind === 'reject') read.rejects.push(item)
      else {
        read.records.push(item.bytes.toString())
        read.offsets.push(item.byteOffset)
      }
    }
  }
  return read
}

let files = 0
function fileOf(bytes: Buffer): string {
  const path = join(folder, `input-${files++}`)
  writeFileSync(path, bytes)
  return path
}

const readBytes = (bytes: Buffer, options: ReadOptions = {}): Promise<Read> => readAll(fileOf(bytes), options)
/** The standard input, in chunks of a size. */
const readPiped = (bytes: Buffer, size: number): Promise<Read> => {
  const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, place) =>
    bytes.subarray(place * size, place * size + size),
  )
  return readAll('-', { stdin: Readable.from(chunks, { objectMode: true }) })
}

/** Records that do not compress to nothing, so that members span several chunks. */
const numbered = (count: number): string[] =>
  Array.from({ length: count }, (_, place) =>
    JSON.stringify({ id: place, hash: createHash('sha256').update(String(place)).digest('hex') }),
  )
const textOf = (records: readonly string[]): Buffer => Buffer.from(records.map((record) => `${record}\n`).join(''))

describe('plain and compressed files', () => {
  const records = numbered(5000)
  const text = textOf(records)

  it('tells of every byte a compressed file inflates to, and ends with what that throws', async () => {
    let bytes = 0
    const onInflated = (n: number): void => {
      bytes += n
    }
    await readBytes(gzipSync(text), { onInflated })
    expect(bytes).toBe(text.length)
    const enough = (): void => {
      throw new Error('enough')
    }
    await expect(readBytes(gzipSync(text), { onInflated: enough })).rejects.toThrow('enough')
  })

  it('reads a plain file and tells of every byte', async () => {
    let bytes = 0
    const read = await readBytes(text, { onBytes: (n) => (bytes += n) })
    expect(read.records).toEqual(records)
    expect(read.rejects).toEqual([])
    expect(bytes).toBe(text.length)
    expect(read.offsets[1]).toBe(records[0]!.length + 1)
  })

  it('reads gzip by its first bytes, whatever its name, and tells of compressed bytes', async () => {
    const zipped = gzipSync(text)
    let bytes = 0
    const read = await readBytes(zipped, { onBytes: (n) => (bytes += n) })
    expect(read.records).toEqual(records)
    expect(read.rejects).toEqual([])
    expect(read.indexes).toEqual(records.map((_, index) => index))
    expect(bytes).toBe(zipped.length)
  })

  it('reads members one after another, with padding between and behind, in chunks of any size', async () => {
    const few = records.slice(0, 200)
    const whole = textOf(few)
    const first = gzipSync(whole.subarray(0, 1000))
    const others = [gzipSync(whole.subarray(1000, 1000)), Buffer.alloc(3), gzipSync(whole.subarray(1000))]
    const zipped = Buffer.concat([first, ...others, Buffer.alloc(5000)])
    for (const size of [1, 7, first.length - 8, first.length - 3, first.length, 1000, zipped.length]) {
      const read = await readPiped(zipped, size)
      expect(read.records).toEqual(few)
      expect(read.rejects).toEqual([])
    }
  })

  it('reads nothing from an empty file, and a single byte as junk', async () => {
    expect((await readBytes(Buffer.alloc(0))).indexes).toEqual([])
    expect((await readBytes(Buffer.from([0x1f]))).rejects[0]!.reason).toBe('json.invalid')
    expect((await readBytes(gzipSync(Buffer.alloc(0)))).indexes).toEqual([])
  })

  it('inflates what is much larger than its file without holding it', async () => {
    const line = `${JSON.stringify({ filling: 'x'.repeat(1000) })}\n`
    const zipped = gzipSync(Buffer.alloc(line.length * 200_000, line))
    const path = fileOf(zipped)
    const before = process.memoryUsage().arrayBuffers
    let most = 0
    let count = 0
    for await (const items of readItems(path)) {
      count += items.length
      most = Math.max(most, process.memoryUsage().arrayBuffers - before)
    }
    expect(count).toBe(200_000)
    expect(most).toBeLessThan(64 * 1024 * 1024)
  })
})

describe('damaged gzip', () => {
  const records = numbered(30)
  const text = textOf(records)
  const zipped = gzipSync(text)

  it('gives what was inflated and one reject, wherever a file is cut off', async () => {
    let before = 0
    for (let cut = 2; cut < zipped.length; cut++) {
      const read = await readPiped(zipped.subarray(0, cut), cut % 3 === 0 ? 50 : cut)
      expect(read.rejects.map((reject) => reject.reason)).toEqual(['bytes.truncated'])
      expect(read.records).toEqual(records.slice(0, read.records.length))
      expect(read.indexes).toEqual(read.indexes.map((_, index) => index))
      const [reject] = read.rejects
      const done = textOf(read.records).length
      // The half record is in the reject: with the records it is the start of the text.
      expect(text.toString('latin1', 0, done) + reject!.head.toString('latin1')).toBe(
        text.toString('latin1', 0, done + reject!.length),
      )
      expect(reject!.detail).toContain('gzip')
      expect(read.records.length).toBeGreaterThanOrEqual(before)
      before = read.records.length
    }
    expect(before).toBe(records.length)
  })

  it('keeps all that came before a cut, not only whole output buffers', async () => {
    const half = await readBytes(zipped.subarray(0, zipped.length / 2))
    expect(half.records.length).toBeGreaterThan(8)
  })

  it('says so when a second member is cut off', async () => {
    const read = await readBytes(Buffer.concat([zipped, zipped.subarray(0, 12)]))
    expect(read.records).toEqual(records)
    expect(read.rejects).toMatchObject([{ reason: 'bytes.truncated', length: 0, byteOffset: text.length, index: 30 }])
  })

  it('gives as much of a cut file as zlib can', async () => {
    for (let cut = 2; cut < zipped.length; cut += 13) {
      const read = await readBytes(zipped.subarray(0, cut))
      const possible = gunzipSync(zipped.subarray(0, cut), { finishFlush: constants.Z_SYNC_FLUSH })
      expect(textOf(read.records).length + read.rejects[0]!.length).toBe(possible.length)
    }
  })

  it('reports damaged bytes with the compressed bytes that gave nothing', async () => {
    const many = numbered(20_000)
    // Stored blocks, so that the damage is found where it is: a block's length does not fit its complement.
    const damaged = gzipSync(textOf(many), { level: 0 })
    let place = 10
    while (place < damaged.length / 2) place += 5 + damaged.readUInt16LE(place + 1)
    damaged[place + 1]! ^= 1
    const read = await readBytes(damaged)
    const corrupt = read.rejects.at(-1)!
    expect(corrupt.reason).toBe('bytes.corrupt')
    expect(read.records).toEqual(many.slice(0, read.records.length))
    const from = Number(/compressed byte (\d+)/.exec(corrupt.detail)![1])
    expect(from).toBeLessThanOrEqual(place + 5)
    expect(textOf(read.records).length).toBeGreaterThan(damaged.length / 2 - 2 * 65536)
    const rest = damaged.subarray(from)
    expect(corrupt.length).toBe(rest.length)
    expect(corrupt.sha256).toBe(createHash('sha256').update(rest).digest('hex'))
    expect(corrupt.head.equals(rest.subarray(0, corrupt.head.length))).toBe(true)
  })

  it('reports a wrong checksum, length or header and bytes behind a member, and loses no other record', async () => {
    const wrong = (fromEnd: number): Buffer => {
      const bytes = Buffer.from(zipped)
      bytes[bytes.length - fromEnd]! ^= 1
      return bytes
    }
    const wrongHeader = Buffer.from(zipped)
    wrongHeader[2] = 99
    const junk = Buffer.from('junk behind')
    const expected: readonly [Buffer, number, number][] = [
      [wrong(6), 30, 8],
      [wrong(3), 30, 8],
      [Buffer.concat([wrong(6), zipped]), 60, 8],
      [wrongHeader, 0, wrongHeader.length],
      [Buffer.concat([zipped, wrongHeader]), 30, wrongHeader.length],
      [Buffer.concat([zipped, junk]), 30, junk.length],
      [Buffer.concat([zipped, Buffer.alloc(100_000), junk]), 30, junk.length],
    ]
    for (const [bytes, count, length] of expected) {
      for (const read of [await readBytes(bytes), await readPiped(bytes, 100)]) {
        expect(read.rejects).toMatchObject([{ reason: 'bytes.corrupt', length, index: count }])
        expect(read.records.length).toBe(count)
      }
    }
  })

  it('passes every field a header may have', async () => {
    const [extra, name, check] = [Buffer.from([3, 0, 1, 2, 3]), Buffer.from('a name\0and a comment\0'), Buffer.alloc(2)]
    const bytes = Buffer.concat([zipped.subarray(0, 10), extra, name, check, zipped.subarray(10)])
    bytes[3] = 4 | 8 | 16 | 2
    for (const size of [1, 17, bytes.length]) {
      const read = await readPiped(bytes, size)
      expect(read.records).toEqual(records)
      expect(read.rejects).toEqual([])
    }
  })

  it('never throws for random bytes behind a gzip mark', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        const read = await readPiped(Buffer.concat([Buffer.from([0x1f, 0x8b]), bytes]), 64)
        expect(read.rejects.length).toBeGreaterThan(0)
      }),
      { numRuns: 200 },
    )
  })
})

describe('what cannot be read', () => {
  it('names a missing file and a folder', async () => {
    const missing = join(folder, 'missing.json')
    await expect(readAll(missing)).rejects.toMatchObject({
      code: 'input.unreadable',
      message: expect.stringContaining(missing),
    })
    await expect(readAll(folder)).rejects.toMatchObject({ code: 'input.unreadable' })
  })

  it('lets defects of its caller through as they are', async () => {
    const defect = new TypeError('a defect')
    const onBytes = (): void => {
      throw defect
    }
    await expect(readBytes(Buffer.from('{}'), { onBytes })).rejects.toBe(defect)
  })
})

describe('stopping', () => {
  it('ends with the reason of the signal, also while the standard input is silent', async () => {
    const stdin = new PassThrough()
    const control = new AbortController()
    const reading = readItems('-', { stdin }, control.signal)
    stdin.write('{"a":1}\n')
    const first = await reading.next()
    expect(first.value).toMatchObject([{ kind: 'record' }])
    const second = reading.next()
    const reason = new Error('stop')
    control.abort(reason)
    await expect(second).rejects.toBe(reason)
    await expect(readItems('-', { stdin }, control.signal).next()).rejects.toBe(reason)
  })

  it('hands a line on as soon as it has ended, though the input goes on', async () => {
    const stdin = new PassThrough()
    const reading = readItems('-', { stdin })
    for (const line of ['{"a":1}', '{"b":{"c":[]}}']) {
      stdin.write(`${line}\n`)
      const { value } = await reading.next()
      expect(value?.map((item) => (item.kind === 'record' ? item.bytes.toString() : ''))).toEqual([line])
    }
    await reading.return()
    expect(stdin.destroyed).toBe(true)
  })
})

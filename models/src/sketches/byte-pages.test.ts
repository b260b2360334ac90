import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteWriter } from './byte-codec.ts'
import { BytePages } from './byte-pages.ts'

/** What is put down, written over or given back under a name. */
const step = fc.record({
  name: fc.nat({ max: 5 }),
  bytes: fc.option(fc.uint8Array({ maxLength: 700 }), { freq: 4 }),
})

test('records that come, grow, shrink and go are read back as they were written', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const pages = new BytePages()
      const firstPages = new Map<number, number>()
      const expected = new Map<number, Uint8Array>()
      for (const { name, bytes } of steps) {
        const first = firstPages.get(name)
        if (bytes === null) {
          if (first !== undefined) pages.remove(first)
          firstPages.delete(name)
          expected.delete(name)
        } else {
          const writer = new ByteWriter(16)
          for (const byte of bytes) writer.u8(byte)
          if (first === undefined) firstPages.set(name, pages.add(writer))
          else pages.replace(first, writer)
          expected.set(name, bytes)
        }
        for (const [held, its] of expected) {
          const at = firstPages.get(held)!
          expect(pages.lengthOf(at)).toBe(its.length)
          expect(Buffer.compare(pages.bytesOf(at), its)).toBe(0)
          const reader = pages.read(at)
          for (const byte of its) expect(reader.u8()).toBe(byte)
        }
      }
    }),
    { numRuns: 60 },
  )
})

test('what is given back is used again, whatever the length of the next', () => {
  const pages = new BytePages()
  const record = (length: number): ByteWriter => {
    const writer = new ByteWriter()
    for (let i = 0; i < length; i++) writer.u8(i)
    return writer
  }
  const held = Array.from({ length: 100 }, () => pages.add(record(1000)))
  const most = Math.max(...held)
  for (const first of held) pages.remove(first)
  // Nine pages of 124 bytes each held the thousand and their length; a hundred times that serve nine hundred short ones.
  const again = Array.from({ length: 900 }, () => pages.add(record(100)))
  expect(new Set(again).size).toBe(900)
  expect(Math.max(...again)).toBeLessThan(most + 9)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { DuplicateRing } from './duplicate-ring.ts'

test('an id is new once, as long as it is among the last', () => {
  const ring = new DuplicateRing(3)
  expect(['a', 'b', 'a', 'c', 'd', 'b', 'a'].map((id) => ring.isNew(id))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
    true,
  ])
  expect(ring.size).toBe(3)
})

test('says what a list of the last ids says, whatever comes, and goes on from what it gave', () => {
  const ids = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 300 })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), ids, fc.boolean(), (sizeMax, given, byAge) => {
      let ring = new DuplicateRing(sizeMax)
      let last: string[] = []
      for (const [at, number] of given.entries()) {
        const id = `event-${number}`
        expect(ring.isNew(id)).toBe(!last.includes(id))
        if (!last.includes(id)) last = [...last, id].slice(-sizeMax)
        expect(ring.size).toBe(last.length)
        if (at % 37 !== 0) continue
        const next = new DuplicateRing(sizeMax)
        if (byAge) next.restore(ring.hashesByAge(), 0)
        else next.restore(ring.hashes(), ring.oldest)
        ring = next
      }
    }),
  )
})

test('ids that differ in one letter have hashes of their own', () => {
  const ring = new DuplicateRing(65_536)
  for (let i = 0; i < 65_536; i++) {
    const hex = i.toString(16).padStart(4, '0')
    expect(ring.isNew(`${hex}-7d6b-416e-9bde-f3a4a05c${hex}`)).toBe(true)
  }
  const hashes = Buffer.from(ring.hashes())
  const halves = (offset: number): number =>
    new Set(Array.from({ length: 65_536 }, (_, turn) => hashes.readUInt32LE(turn * 8 + offset))).size
  // Of 65,536 values in 2^32 places half a pair is expected to fall together; twenty pairs would be a bad hash.
  expect(halves(0)).toBeGreaterThan(65_516)
  expect(halves(4)).toBeGreaterThan(65_516)
})

test('refuses more than there is room for, and what is no list of hashes', () => {
  const ring = new DuplicateRing(2)
  expect(() => ring.restore(new Uint8Array(24), 0)).toThrow(RangeError)
  expect(() => ring.restore(new Uint8Array(12), 0)).toThrow(RangeError)
  expect(() => ring.restore(new Uint8Array(16), 2)).toThrow(RangeError)
})

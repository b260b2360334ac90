import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDeeperThan } from './nesting.ts'

function depthOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

/** Bytes as they come from a network: anywhere in a larger buffer. */
function placed(bytes: Uint8Array | string, offset: number): Buffer {
  const own = Buffer.from(bytes as string)
  return Buffer.concat([Buffer.alloc(offset), own, Buffer.from('[{[{')]).subarray(offset, offset + own.length)
}

const offsets = fc.integer({ min: 0, max: 7 })

test('agrees with the parsed value, whatever its strings hold', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 6 }), offsets, (value, depthMax, offset) => {
      expect(isDeeperThan(depthMax, placed(JSON.stringify(value), offset))).toBe(depthOf(value) > depthMax)
    }),
  )
})

test('is total', () => {
  fc.assert(
    fc.property(fc.uint8Array(), offsets, (bytes, offset) => {
      expect(typeof isDeeperThan(3, placed(bytes, offset))).toBe('boolean')
    }),
  )
  expect(isDeeperThan(2, Buffer.from('[[["never closed'))).toBe(true)
})

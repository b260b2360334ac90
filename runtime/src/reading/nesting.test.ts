import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isDeeperThan } from './nesting.ts'

function depthOf(value: unknown): number {
  if (value === null || typeof value !== 'object') return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

test('agrees with the parsed value, whatever its strings hold', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 6 }), (value, depthMax) => {
      expect(isDeeperThan(depthMax, Buffer.from(JSON.stringify(value)))).toBe(depthOf(value) > depthMax)
    }),
  )
})

test('is total', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      expect(typeof isDeeperThan(3, Buffer.from(bytes))).toBe('boolean')
    }),
  )
  expect(isDeeperThan(2, Buffer.from('[[["never closed'))).toBe(true)
})

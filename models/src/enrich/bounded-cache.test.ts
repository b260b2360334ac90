import fc from 'fast-check'
import { expect, it } from 'vitest'
import { BoundedCache } from './bounded-cache.ts'

it('gives back what was set or nothing, and never holds more than its limit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.array(fc.tuple(fc.string({ maxLength: 1 }), fc.nat())),
      (max, steps) => {
        const cache = new BoundedCache<number>(max)
        const truth = new Map<string, number>()
        for (const [key, value] of steps) {
          const found = cache.get(key)
          if (found !== undefined) expect(found).toBe(truth.get(key))
          cache.set(key, value)
          truth.set(key, value)
          expect(cache.get(key)).toBe(value)
          expect(cache.size).toBeLessThanOrEqual(Math.max(2, max))
        }
      },
    ),
  )
})

it('keeps what is asked for again', () => {
  const cache = new BoundedCache<number>(8)
  cache.set('kept', 1)
  for (let value = 0; value < 100; value += 1) {
    cache.set(`passing ${value}`, value)
    expect(cache.get('kept')).toBe(1)
  }
  expect(cache.get('passing 1')).toBeUndefined()
})

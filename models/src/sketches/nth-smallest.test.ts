import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nthSmallest } from './nth-smallest.ts'

test('is what sorting gives', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1 }), fc.nat(), (numbers, at) => {
      const n = at % numbers.length
      expect(nthSmallest(Float64Array.from(numbers), n)).toBe([...numbers].sort((a, b) => a - b)[n])
    }),
  )
})

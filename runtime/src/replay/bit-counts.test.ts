import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BitCounts, binBits } from './bit-counts.ts'

test('a quantile is that of the values, to a bin', () => {
  const bits = fc.double({ min: -20, max: 40, noNaN: true }).map((value) => value + 0)
  fc.assert(
    fc.property(fc.array(bits, { minLength: 1 }), fc.double({ min: 0.01, max: 1, noNaN: true }), (values, share) => {
      const counts = new BitCounts()
      for (const value of values) counts.add(value)
      const sorted = [...values].sort((x, y) => x - y)
      const exact = sorted[Math.ceil(share * values.length - 1e-9) - 1]!
      expect(Math.abs(counts.quantile(share) - exact)).toBeLessThanOrEqual(binBits)
      expect([counts.min, counts.max, counts.total]).toEqual([sorted[0], sorted.at(-1), values.length])
    }),
  )
})

test('what lies outside is counted at the edge; nothing at all is zero', () => {
  const counts = new BitCounts()
  expect([counts.quantile(0.5), counts.min, counts.max]).toEqual([0, 0, 0])
  for (const value of [-500, 500]) counts.add(value)
  expect([counts.min, counts.max, counts.total]).toEqual([-500, 500, 2])
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type BitsTable, bitsAt, bitsTableOf, exceedancesMin, samplesMin } from './bits-table.ts'

/** Quantiles of the exponential distribution, evenly spaced: an ideal sample of it, in a mixed order. */
function exponential(count: number, scale = 1): Float64Array {
  const sample = new Float64Array(count)
  for (let i = 0; i < count; i++) sample[(i * 7919) % count] = -Math.log1p(-(i + 0.5) / count) * scale
  return sample
}

const table = bitsTableOf(exponential(100_000, 3))

describe('b bits are the value that one in 2^b reaches', () => {
  test('within the data', () => {
    for (let bits = 1; bits <= 12; bits++)
      // An exponential value of scale s is exceeded with probability exp(−x/s).
      expect(bitsAt(table, 3 * bits * Math.LN2).bits).toBeCloseTo(bits, 1)
    expect(bitsAt(table, 3 * 5 * Math.LN2).extrapolated).toBe(false)
  })

  test('and beyond, where the fitted tail goes on as the data did', () => {
    const { bits, extrapolated } = bitsAt(table, 3 * 25 * Math.LN2)
    expect(extrapolated).toBe(true)
    expect(Math.abs(bits - 25)).toBeLessThan(2.5)
  })

  test('as far as enough exceedances carry it', () => {
    const last = table.bits.at(-1)!
    expect(100_000 / 2 ** last).toBeGreaterThanOrEqual(exceedancesMin)
    expect(100_000 / 2 ** (last + 0.25)).toBeLessThan(exceedancesMin * 1.2)
  })
})

const samples = fc.array(fc.double({ min: -50, max: 200, noNaN: true }), { minLength: samplesMin, maxLength: 1500 })
const value = fc.double({ min: -1e6, max: 1e6, noNaN: true })

test('of any sample: knots rise, and bits never fall with the value nor are negative or infinite', () => {
  fc.assert(
    fc.property(samples, value, value, (sample, a, b) => {
      const made = bitsTableOf(Float64Array.from(sample))
      for (const numbers of [made.values, made.bits])
        for (let i = 1; i < numbers.length; i++) expect(numbers[i]).toBeGreaterThan(numbers[i - 1]!)
      expect(made.tail.scale).toBeGreaterThan(0)
      const [low, high] = [bitsAt(made, Math.min(a, b)).bits, bitsAt(made, Math.max(a, b)).bits]
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeGreaterThanOrEqual(low)
      expect(Number.isFinite(high)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('is exact at its knots, and continuous there', () => {
  for (const [i, knot] of table.values.entries()) {
    expect(bitsAt(table, knot).bits).toBeCloseTo(table.bits[i]!, 12)
    expect(bitsAt(table, knot - 1e-9).bits).toBeCloseTo(table.bits[i]!, 6)
    expect(bitsAt(table, knot + 1e-9).bits).toBeCloseTo(table.bits[i]!, 6)
  }
})

test('a sample that is all one value is a table of one knot, and a higher value is stranger', () => {
  const made = bitsTableOf(new Float64Array(samplesMin).fill(2))
  expect(made.values).toEqual([2])
  expect(made.bits.length).toBe(1)
  expect(bitsAt(made, 3).bits).toBeGreaterThan(bitsAt(made, 2).bits)
})

test('ties are as rare as the rarest of them', () => {
  // The highest quarter is one value: one in four reaches it, so it has two bits, and all under it have fewer.
  const made = bitsTableOf(Float64Array.from({ length: 4000 }, (_, i) => (i < 3000 ? i / 3000 : 5)))
  expect(made.values.at(-1)).toBe(5)
  expect(bitsAt(made, 0.99).bits).toBeLessThan(2.1)
})

test('does not change the sample, nor ask for its order', () => {
  const sample = exponential(2000)
  const copy = sample.slice()
  const made = bitsTableOf(sample)
  expect(sample).toEqual(copy)
  expect(bitsTableOf(copy.sort())).toEqual(made)
})

test('too few values are refused', () => {
  expect(() => bitsTableOf(new Float64Array(samplesMin - 1))).toThrow(RangeError)
})

test('a heavy tail is seen as such, and stays finite', () => {
  const pareto = Float64Array.from({ length: 50_000 }, (_, i) => ((i + 0.5) / 50_000) ** -0.4)
  const made: BitsTable = bitsTableOf(pareto)
  expect(made.tail.shape).toBeGreaterThan(0.2)
  expect(made.tail.shape).toBeLessThanOrEqual(0.5)
})

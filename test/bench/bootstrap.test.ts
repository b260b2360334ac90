import { describe, expect, it } from 'vitest'
import { bootstrapSum } from './bootstrap.ts'
import { chooseWeight, type WeightResult } from './choose-weight.ts'

const options = { seed: 7, resamples: 2000, level: 0.9 }

describe('the bootstrap', () => {
  it('gives the interval of a binomial', () => {
    // 48 of 96: the deviation is sqrt(96 · ½ · ½) = 4.9, and 90 % lie within 1.645 of it.
    const half = Array.from({ length: 96 }, (_, index) => index % 2)
    const { low, high } = bootstrapSum(half, options)
    expect(low).toBeGreaterThanOrEqual(38)
    expect(low).toBeLessThanOrEqual(42)
    expect(high).toBeGreaterThanOrEqual(54)
    expect(high).toBeLessThanOrEqual(58)
    expect(bootstrapSum(half, options)).toEqual({ low, high })
  })

  it('is paired: two that agree attack by attack differ by nothing', () => {
    expect(bootstrapSum(Array<number>(96).fill(0), options)).toEqual({ low: 0, high: 0 })
    const gains = Array.from({ length: 96 }, (_, index) => (index < 3 ? 1 : 0))
    expect(bootstrapSum(gains, options).low).toBeGreaterThanOrEqual(0)
    expect(bootstrapSum(gains, options).high).toBeLessThanOrEqual(7)
  })

  it('holds nothing of no attacks', () => {
    expect(bootstrapSum([], options)).toEqual({ low: 0, high: 0 })
  })
})

describe('choosing a weight', () => {
  const result = (trace: string, weight: number, foundAt10: number, foundAt50: number): WeightResult => ({
    trace,
    weight,
    foundAt10,
    foundAt50,
  })

  it('asks only the traces it may, and reports on the others', () => {
    const results = [result('a', 0, 5, 9), result('a', 1, 7, 9), result('b', 0, 8, 9), result('b', 1, 3, 9)]
    expect(chooseWeight(results, ['a'], ['b'])).toMatchObject({
      weight: 1,
      chosen: { foundAt10: 3 },
      without: { foundAt10: 8 },
    })
    expect(chooseWeight(results, ['b'], ['a'])).toMatchObject({ weight: 0, chosen: { foundAt10: 5 } })
  })

  it('prefers what finds more @50, then the smaller weight', () => {
    expect(
      chooseWeight([result('a', 0.5, 5, 8), result('a', 0.25, 5, 9), result('a', 1, 5, 9)], ['a'], []).weight,
    ).toBe(0.25)
  })
})

import { describe, expect, it } from 'vitest'
import { isHeldBack } from './held-back.ts'
import { histogram, reliabilityOf, ScoreEvidence } from './model-evidence.ts'
import { seededRandom } from './seeded-random.ts'

/** Values of which one in 2^b is over b, times a factor. */
function values(count: number, seed: number, factor = 1): Float64Array {
  const random = seededRandom(seed)
  return Float64Array.from({ length: count }, () => -Math.log2(1 - random.uniform()) * factor)
}

describe('reliability', () => {
  it('is on the diagonal where both are of one law, as far as 20 events reach', () => {
    const [{ name, events, points }] = reliabilityOf('others', values(40_000, 1), values(20_000, 2)) as [
      ReturnType<typeof reliabilityOf>[0],
    ]
    expect([name, events]).toEqual(['others', 20_000])
    expect(points.map(({ stated }) => stated)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const { stated, seen } of points) expect(Math.abs(seen - stated), `${stated}`).toBeLessThan(0.4)
  })

  it('shows a promise that is not kept', () => {
    const [{ points }] = reliabilityOf('louder', values(40_000, 1), values(20_000, 2, 2)) as [
      ReturnType<typeof reliabilityOf>[0],
    ]
    // Twice the value is half the bits.
    expect(points.find(({ stated }) => stated === 8)!.seen).toBeCloseTo(4, 0)
  })

  it('says nothing of too few', () => {
    expect(reliabilityOf('few', values(999, 1), values(20_000, 2))).toEqual([])
    expect(reliabilityOf('few', values(20_000, 1), values(999, 2))).toEqual([])
  })
})

describe('a histogram', () => {
  it('counts each series in the same bins, to its whole', () => {
    const { from, step, series } = histogram([
      ['a', Float64Array.from([0, 1, 2, 3, 40])],
      ['none', new Float64Array(0)],
      ['b', Float64Array.from([40, 40])],
    ])
    expect(series.map(({ name, count }) => [name, count])).toEqual([
      ['a', 5],
      ['b', 2],
    ])
    expect(from).toBe(0)
    expect(step).toBeCloseTo(1, 9)
    expect(series[1]!.shares.at(-1)).toBe(1)
    for (const { shares } of series) expect(shares.reduce((sum, share) => sum + share)).toBeCloseTo(1, 9)
  })

  it('has one bin for what is all the same', () => {
    expect(histogram([['a', Float64Array.from([7, 7])]]).series[0]!.shares[0]).toBe(1)
  })
})

it('one identity in eight is held back, by the end of its pseudonym', () => {
  const digits = [...'0123456789abcdef']
  expect(digits.filter((digit) => isHeldBack(`id-00${digit}`))).toEqual(['0', '8'])
})

it('scores are told apart by who and by when', () => {
  const evidence = new ScoreEvidence(1000)
  for (const [index, value] of values(8000, 3).entries())
    evidence.add(index % 4 === 0 ? 'id-0' : 'id-1', index < 4000 ? 0 : 1000, value)
  expect(evidence.scores().series.map(({ count }) => count)).toEqual([6000, 2000])
  expect(evidence.reliability().map(({ name, events }) => [name, events])).toEqual([
    ['identities held back', 2000],
    ['later half', 4000],
  ])
})

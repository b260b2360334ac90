import { describe, expect, it } from 'vitest'
import { seededRandom } from './seeded-random.ts'

function first(seed: number): readonly number[] {
  const random = seededRandom(seed)
  return Array.from({ length: 4 }, () => random.bits())
}

describe('seeded random', () => {
  it('gives the recorded stream of a seed', () => {
    expect(first(1)).toEqual([2420951833, 2513034076, 3847892949, 4064752930])
  })

  it('gives neighbouring seeds unrelated streams', () => {
    const all = new Set([0, 1, 2, 3, 4, 5, 6, 7].flatMap((seed) => first(seed)))
    expect(all.size).toBe(32)
  })

  it('is spread evenly, and normally where asked', () => {
    const random = seededRandom(7)
    const count = 20_000
    const counts = new Uint32Array(10)
    let sum = 0
    let squares = 0
    for (let i = 0; i < count; i++) {
      counts[random.below(10)]! += 1
      const normal = random.normal()
      sum += normal
      squares += normal * normal
    }
    for (const seen of counts) expect(Math.abs(seen - count / 10)).toBeLessThan(200)
    expect(Math.abs(sum / count)).toBeLessThan(0.03)
    expect(Math.abs(squares / count - 1)).toBeLessThan(0.05)
  })
})

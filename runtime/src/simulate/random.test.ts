import { describe, expect, it } from 'vitest'
import { hashText, Random } from './random.ts'

describe('Random', () => {
  it('means the same numbers by the same words, and other numbers by others', () => {
    const draw = (...words: (string | number)[]) => {
      const random = Random.of(...words)
      return Array.from({ length: 8 }, () => random.uint32())
    }
    expect(draw(1, 'a')).toEqual(draw(1, 'a'))
    expect(draw(1, 'a')).not.toEqual(draw(1, 'b'))
    // Words are kept apart: 1, 'a' is not '1a'.
    expect(draw('1', 'a')).not.toEqual(draw('1a'))
  })

  it('draws evenly, within bounds', () => {
    const random = Random.of('even')
    const counts = new Array<number>(10).fill(0)
    for (let i = 0; i < 20_000; i++) counts[random.between(3, 12) - 3]! += 1
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200)
  })

  it('has the means it promises', () => {
    const random = Random.of('means')
    const mean = (draw: () => number) => {
      let sum = 0
      for (let i = 0; i < 20_000; i++) sum += draw()
      return sum / 20_000
    }
    expect(mean(() => random.exponential(5))).toBeCloseTo(5, 0)
    expect(mean(() => random.poisson(3))).toBeCloseTo(3, 1)
    expect(mean(() => random.poisson(50))).toBeCloseTo(50, 0)
    expect(mean(() => random.normal())).toBeCloseTo(0, 1)
    expect(mean(() => random.weighted([1, 0, 3]))).toBeCloseTo(1.5, 1)
  })

  it('prefers the first, all the same reaches the last', () => {
    const random = Random.of('skewed')
    const counts = [0, 0, 0, 0]
    for (let i = 0; i < 8000; i++) counts[random.pickSkewed([0, 1, 2, 3])]! += 1
    expect([...counts].sort((a, b) => b - a)).toEqual(counts)
    expect(counts[3]).toBeGreaterThan(500)
  })

  it('writes version 4 UUIDs and hexadecimal digits', () => {
    const random = Random.of('text')
    expect(random.uuid()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(random.hex(13)).toMatch(/^[0-9a-f]{13}$/)
  })

  it('shuffles without loss', () => {
    const items = Array.from({ length: 50 }, (_, value) => value)
    const mixed = Random.of('mix').shuffle(items)
    expect(mixed).not.toEqual(items)
    expect(mixed.sort((a, b) => a - b)).toEqual(items)
  })
})

describe('hashText', () => {
  it('gives other numbers in other lanes', () => {
    expect(new Set([0, 1, 2, 3].map((lane) => hashText('same', lane))).size).toBe(4)
  })
})

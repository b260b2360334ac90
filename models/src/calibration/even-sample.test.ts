import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EvenSample } from './even-sample.ts'

function sampleOf(sizeMax: number, count: number): number[] {
  const sample = new EvenSample(sizeMax)
  for (let i = 0; i < count; i++) sample.add(i)
  expect(sample.size).toBe(sample.values().length)
  return [...sample.values()]
}

test('keeps all while there is room', () => {
  expect(sampleOf(4, 4)).toEqual([0, 1, 2, 3])
})

test('is then every second, every fourth …', () => {
  expect(sampleOf(4, 5)).toEqual([0, 2, 4])
  expect(sampleOf(4, 8)).toEqual([0, 2, 4, 6])
  expect(sampleOf(4, 17)).toEqual([0, 8, 16])
})

test('of a stream of any length: bounded, at least half full, evenly spaced from the first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 50 }), fc.integer({ min: 0, max: 5000 }), (sizeMax, count) => {
      const values = sampleOf(sizeMax, count)
      expect(values.length).toBeLessThanOrEqual(sizeMax)
      expect(values.length).toBeGreaterThanOrEqual(Math.min(count, Math.floor(sizeMax / 2)))
      const stride = (values[1] ?? 1) - (values[0] ?? 0)
      expect(values).toEqual(values.map((_, i) => i * stride))
      // Nothing at the end is left out but what a stride spans.
      if (count > 0) expect(count - 1 - values.at(-1)!).toBeLessThan(stride)
    }),
  )
})

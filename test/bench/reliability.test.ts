import { expect, test } from 'vitest'
import { reliabilityOf } from './reliability.ts'

test('bits that keep their word have no error, and half as many events as said are a bit too few', () => {
  const said = Array.from({ length: 1 << 12 }, (_, i) => -Math.log2((i + 1) / (1 << 12)))
  for (const { errorBits } of reliabilityOf(said)) expect(Math.abs(errorBits)).toBeLessThan(0.01)
  const timid = said.map((bits) => Math.max(0, bits - 1))
  for (const { errorBits } of reliabilityOf(timid)) expect(errorBits).toBeCloseTo(-1, 1)
})

test('counts as far as twenty events are expected', () => {
  expect(reliabilityOf(new Array(1 << 12).fill(0)).map(({ bits }) => bits)).toEqual([1, 2, 3, 4, 5, 6, 7])
})

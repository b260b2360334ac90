import { expect, test } from 'vitest'
import { BitsDrift } from './bits-drift.ts'

/** Bits of events as a calibration promises them, moved by so many bits: the quantiles of the exponential law, in a mixed order. */
function* promised(count: number, movedBits = 0): Generator<number> {
  for (let i = 0; i < count; i++) yield -Math.log2((((i * 7919) % count) + 0.5) / count) + movedBits
}

function indexOf(...parts: Iterable<number>[]): number | undefined {
  const drift = new BitsDrift()
  for (const part of parts) for (const bits of part) drift.add(bits)
  return drift.index()
}

test('says nothing while too few events were seen', () => {
  expect(indexOf(promised(1999))).toBeUndefined()
  expect(indexOf(promised(2000))).toBeTypeOf('number')
})

test('is near nothing where events score as promised, and never under it', () => {
  for (const count of [2000, 20_000, 200_000]) {
    expect(indexOf(promised(count))).toBeGreaterThanOrEqual(0)
    expect(indexOf(promised(count))).toBeLessThan(0.001)
  }
})

test('grows with every bit that scores move', () => {
  const moved = [0, 0.25, 0.5, 1, 2].map((bits) => indexOf(promised(10_000, bits))!)
  expect([...moved].sort((a, b) => a - b)).toEqual(moved)
  // By the usual rule under 0.1 is none, over 0.25 is much.
  expect(moved[1]).toBeLessThan(0.1)
  expect(moved[3]).toBeGreaterThan(0.25)
})

test('forgets what is long past', () => {
  const before = indexOf(promised(40_000, 2))!
  expect(indexOf(promised(40_000, 2), promised(200_000))).toBeLessThan(before / 20)
})

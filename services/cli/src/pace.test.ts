import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

test('so many records a second, counted from the first', () => {
  let nowMs = 5000
  const pace = new Pace(100, () => nowMs)
  const early = Array.from({ length: 4 }, () => pace.earlyMs())
  expect(early).toEqual([0, 10, 20, 30])
  nowMs += 1000
  expect(pace.earlyMs()).toBe(-960)
})

test('a pause is made up for, not added', () => {
  let nowMs = 0
  const pace = new Pace(10, () => nowMs)
  pace.earlyMs()
  nowMs = 10_000
  for (let i = 1; i < 100; i++) expect(pace.earlyMs()).toBeLessThan(0)
  expect(pace.earlyMs()).toBe(0)
  expect(pace.earlyMs()).toBe(100)
})

test('without a rate nothing waits', () => {
  const pace = new Pace(0)
  expect(pace.next(new AbortController().signal)).toBeUndefined()
})

test('an interrupt ends the wait', async () => {
  const interrupt = new AbortController()
  const pace = new Pace(0.001)
  expect(pace.next(interrupt.signal)).toBeUndefined()
  const wait = pace.next(interrupt.signal)
  expect(wait).toBeInstanceOf(Promise)
  interrupt.abort()
  await wait
})

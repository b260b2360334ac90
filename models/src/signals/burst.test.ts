import { expect, test } from 'vitest'
import { hourMs, minuteMs, testEvent } from '../detections/test-event.ts'
import { TestIdentity } from '../detections/test-identity.ts'
import { burstCounts } from './burst.ts'

const secondMs = 1000

/** Nats of the last of `count` events a second apart, after `days` days of four events an hour. */
function nthOfHour(count: number, days: number, signal = 'burst.events', parts = {}): number {
  const identity = new TestIdentity()
  const timeMs = identity.liveDays(days)
  for (let i = 0; i < count - 1; i++) identity.live(testEvent({ ...parts, time: timeMs + i * secondMs }))
  return identity.surprise(signal, testEvent({ ...parts, time: timeMs + count * secondMs }))
}

test('as many as usual are no surprise, many more are, and more of them are more so', () => {
  expect(nthOfHour(4, 30)).toBeLessThan(0.01)
  expect(nthOfHour(40, 30)).toBeGreaterThan(3.6)
  expect(nthOfHour(80, 30)).toBeGreaterThan(nthOfHour(40, 30))
})

test('only what matches is counted: reads are no changes', () => {
  expect(nthOfHour(40, 30, 'burst.changes')).toBe(0)
  expect(nthOfHour(40, 30, 'burst.changes', { api: { access_level: 'write' } })).toBeGreaterThan(3.6)
})

test('a burst every day becomes usual', () => {
  const identity = new TestIdentity()
  const timeMs = identity.liveDays(
    30,
    Array.from({ length: 40 }, () => ({})),
    minuteMs,
  )
  for (let i = 0; i < 39; i++) identity.live(testEvent({ time: timeMs + i * minuteMs }))
  expect(identity.surprise('burst.events', testEvent({ time: timeMs + 39 * minuteMs }))).toBeLessThan(0.1)
})

test('each hour starts from one', () => {
  const identity = new TestIdentity()
  const timeMs = identity.liveDays(30)
  for (let i = 0; i < 40; i++) identity.live(testEvent({ time: timeMs + i * secondMs }))
  expect(identity.surprise('burst.events', testEvent({ time: timeMs + hourMs }))).toBe(0)
})

test('the mean is over closed hours, the hour that ends now among them, smoothed by three hours of two', () => {
  const state = { hour: 5, observed: 10, taught: 8, events: 12, hours: 3 }
  expect(burstCounts(state, 5)).toEqual({ count: 11, mean: (12 + 6) / (3 + 3) })
  expect(burstCounts(state, 6)).toEqual({ count: 1, mean: (12 + 8 + 6) / (3 + 1 + 3) })
})

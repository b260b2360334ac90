import { expect, test } from 'vitest'
import { hourMs, testEvent } from '../detections/test-event.ts'
import { TestIdentity } from '../detections/test-identity.ts'
import { spreadCounts } from './spread.ts'

const secondMs = 1000

/** An event of the `i`th of many actions. */
function nth(i: number): { readonly api: { readonly operation: string } } {
  return { api: { operation: `Describe${i}` } }
}

/** Nats of the last of `count` different actions a second apart, after thirty days of one action. */
function nthAction(count: number): number {
  const identity = new TestIdentity()
  const timeMs = identity.liveDays(30)
  for (let i = 0; i < count - 1; i++) identity.live(testEvent({ ...nth(i), time: timeMs + i * secondMs }))
  return identity.surprise('spread.actions', testEvent({ ...nth(count), time: timeMs + count * secondMs }))
}

test('many different actions within the hour surprise, and more of them more so', () => {
  expect(nthAction(1)).toBe(0)
  expect(nthAction(9)).toBeGreaterThan(2.2)
  expect(nthAction(20)).toBeGreaterThan(nthAction(9))
})

test('the same action over and over is one', () => {
  const identity = new TestIdentity()
  const timeMs = identity.liveDays(30)
  for (let i = 0; i < 100; i++) identity.live(testEvent({ time: timeMs + i * secondMs }))
  expect(identity.surprise('spread.actions', testEvent({ time: timeMs + 100 * secondMs }))).toBe(0)
})

test('who takes twelve actions every day may', () => {
  const identity = new TestIdentity()
  const day = Array.from({ length: 12 }, (_, i) => nth(i))
  const timeMs = identity.liveDays(30, day, secondMs)
  for (const [i, parts] of day.entries()) identity.live(testEvent({ ...parts, time: timeMs + i * secondMs }))
  expect(identity.surprise('spread.actions', testEvent({ ...nth(0), time: timeMs + 20 * secondMs }))).toBeLessThan(0.5)
})

test('only failures count as denied', () => {
  const identity = new TestIdentity()
  const timeMs = identity.liveDays(30)
  const denied = { outcome: 'failure', error_code: 'AccessDenied' } as const
  for (let i = 0; i < 8; i++) identity.live(testEvent({ ...nth(i), time: timeMs + i * secondMs }))
  const ninth = { ...nth(9), time: timeMs + 9 * secondMs }
  expect(identity.surprise('spread.denied', testEvent(ninth))).toBe(0)
  for (let i = 0; i < 8; i++)
    identity.live(testEvent({ time: timeMs + (10 + i) * secondMs, api: { ...nth(i).api, ...denied } }))
  const refused = { time: timeMs + 20 * secondMs, api: { ...nth(20).api, ...denied } }
  expect(identity.surprise('spread.denied', testEvent(refused))).toBeGreaterThan(1.4)
})

test('each hour starts anew', () => {
  const identity = new TestIdentity()
  const timeMs = identity.liveDays(30)
  for (let i = 0; i < 20; i++) identity.live(testEvent({ ...nth(i), time: timeMs + i * secondMs }))
  expect(identity.surprise('spread.actions', testEvent({ ...nth(21), time: timeMs + hourMs }))).toBe(0)
})

test('a value seen this hour adds nothing, a closed hour enters the mean, smoothed by three hours of three', () => {
  const state = { hour: 5, seen: Uint16Array.of(1, 2), size: 2, distinct: 7, hours: 2 }
  expect(spreadCounts(state, 5, 0x70002)).toEqual({ count: 2, mean: (7 + 9) / (2 + 3) })
  expect(spreadCounts(state, 5, 3)).toEqual({ count: 3, mean: (7 + 9) / (2 + 3) })
  expect(spreadCounts(state, 6, 2)).toEqual({ count: 1, mean: (7 + 2 + 9) / (2 + 1 + 3) })
})

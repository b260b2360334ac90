import { expect, test } from 'vitest'
import { dayMs, hourMs, testEvent } from '../detections/test-event.ts'
import { TestIdentity } from '../detections/test-identity.ts'

const workload = { type: 'workload', type_evidence: 'instance profile session' } as const

test('the first event in 200 days surprises, a holiday does not', () => {
  const identity = new TestIdentity()
  const endMs = identity.liveDays(60)
  const after = (days: number): number => identity.surprise('dormancy', testEvent({ time: endMs + days * dayMs }))
  expect(after(2)).toBe(0)
  expect(after(21)).toBe(0)
  expect(after(40)).toBeGreaterThan(6)
  expect(after(200)).toBeGreaterThan(after(40))
})

test('an identity that wakes once a month does so again without surprise', () => {
  const identity = new TestIdentity()
  let timeMs = 0
  for (let month = 0; month < 12; month++) {
    timeMs = Date.UTC(2024, month, 1, 9)
    identity.live(testEvent({ time: timeMs }))
  }
  expect(identity.surprise('dormancy', testEvent({ time: timeMs + 31 * dayMs }))).toBeLessThan(2.5)
  expect(identity.surprise('dormancy', testEvent({ time: timeMs + 300 * dayMs }))).toBeGreaterThan(4)
})

test('a program that runs daily is missed after three days', () => {
  const identity = new TestIdentity()
  const endMs = identity.liveDays(40, [{ identity: workload }])
  const after = (days: number): number =>
    identity.surprise('dormancy', testEvent({ time: endMs + days * dayMs, identity: workload }))
  expect(after(0)).toBe(0)
  expect(after(5)).toBeGreaterThan(3)
})

test('the silence stays with the events of the hour after waking', () => {
  const identity = new TestIdentity()
  const wokeMs = identity.liveDays(60) + 200 * dayMs
  const first = identity.surprise('dormancy', testEvent({ time: wokeMs }))
  identity.live(testEvent({ time: wokeMs }))
  expect(identity.surprise('dormancy', testEvent({ time: wokeMs + hourMs / 2 }))).toBeGreaterThan(first / 2)
  expect(identity.surprise('dormancy', testEvent({ time: wokeMs + 2 * hourMs }))).toBe(0)
})

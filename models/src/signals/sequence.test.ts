import { expect, test } from 'vitest'
import { hourMs, minuteMs, startMs, testEvent } from '../detections/test-event.ts'
import { TestIdentity, testCensus } from '../detections/test-identity.ts'

const listed = testEvent()
const createKey = { api: { service: 'iam', operation: 'CreateAccessKey' } }
const created = testEvent(createKey)

/** Nats of creating a key `afterMs` after listing buckets, in a tenant that did both on 20 days, in this order or not. */
function after(afterMs: number, pairs: readonly (readonly [number, number])[]): number {
  const identity = new TestIdentity(testCensus([listed, created], 20, pairs))
  identity.live(testEvent({ time: startMs }))
  return identity.surprise('sequence.action', testEvent({ ...createKey, time: startMs + afterMs }))
}

test('what the tenant does in this order is no surprise, what it never does is, up to the floor', () => {
  expect(after(minuteMs, [[0, 1]])).toBeCloseTo(-Math.log(0.002 + 20.02 / 21), 10)
  expect(after(minuteMs, [])).toBeCloseTo(-Math.log(0.002 + 0.02 / 21), 10)
})

test('the order counts', () => {
  expect(after(minuteMs, [[1, 0]])).toBe(after(minuteMs, []))
})

test('out of the blue, or an hour later, is 7 nats', () => {
  const identity = new TestIdentity()
  expect(identity.surprise('sequence.action', listed)).toBe(7)
  expect(after(hourMs + 1, [[0, 1]])).toBe(7)
  expect(after(hourMs, [[0, 1]])).toBeLessThan(1)
})

test('the best of the recent actions explains it', () => {
  const identity = new TestIdentity(testCensus([listed, created], 20, [[0, 1]]))
  identity.live(testEvent({ time: startMs }))
  for (let i = 1; i < 6; i++)
    identity.live(testEvent({ time: startMs + i * minuteMs, api: { operation: `Describe${i}` } }))
  expect(identity.surprise('sequence.action', testEvent({ ...createKey, time: startMs + 7 * minuteMs }))).toBeLessThan(
    1,
  )
})

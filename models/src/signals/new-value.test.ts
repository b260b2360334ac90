import { expect, test } from 'vitest'
import { CensusTable } from '../census/census-table.ts'
import { dayMs, startMs, testEvent } from '../detections/test-event.ts'
import { TestIdentity, testCensus } from '../detections/test-identity.ts'
import { newValueNats } from './new-value.ts'

const createKey = { api: { service: 'iam', operation: 'CreateAccessKey' } }

test('the formula: own count, backed off to the tenant’s share with the weight of five events', () => {
  expect(newValueNats(0, 0, 0.5)).toBeCloseTo(Math.log(2), 10)
  expect(newValueNats(3, 10, 0.2)).toBeCloseTo(-Math.log((3 + 5 * 0.2) / (10 + 5)), 10)
  expect(newValueNats(10, 10, 1)).toBe(0)
})

test('the more an identity has shown without a value, the more its first time says', () => {
  const afterDays = (days: number): number => {
    const identity = new TestIdentity()
    return identity.surprise('new_value.action', testEvent({ ...createKey, time: identity.liveDays(days) }))
  }
  expect(afterDays(2)).toBeLessThan(afterDays(10))
  expect(afterDays(10)).toBeLessThan(afterDays(40))
})

test('what it does daily is no surprise, and what colleagues do is less of one', () => {
  const nats = (census: CensusTable, parts = {}): number => {
    const identity = new TestIdentity(census)
    return identity.surprise('new_value.action', testEvent({ ...parts, time: identity.liveDays(20) }))
  }
  const alone = testCensus([testEvent()], 20)
  const among = testCensus([testEvent(), testEvent(createKey)], 20)
  expect(nats(alone)).toBeLessThan(0.1)
  expect(nats(among, createKey)).toBeLessThan(nats(alone, createKey) - 1)
})

test('a habit of long ago has faded, but not to nothing', () => {
  const identity = new TestIdentity()
  identity.liveDays(10, [createKey, {}])
  const lateMs = startMs + 300 * dayMs
  for (let day = 0; day < 60; day++) identity.live(testEvent({ time: lateMs + day * dayMs }))
  const faded = identity.surprise('new_value.action', testEvent({ ...createKey, time: lateMs + 60 * dayMs }))
  const never = identity.surprise(
    'new_value.action',
    testEvent({ api: { service: 'iam', operation: 'CreateUser' }, time: lateMs + 60 * dayMs }),
  )
  expect(faded).toBeGreaterThan(1)
  expect(faded).toBeLessThan(never)
})

test('an event without a value says nothing', () => {
  const identity = new TestIdentity(CensusTable.empty)
  expect(identity.surprise('new_value.resource', testEvent({ resources: [] }))).toBe(0)
})

import { expect, test } from 'vitest'
import { hourMs, startMs, testEvent } from '../detections/test-event.ts'
import { TestIdentity } from '../detections/test-identity.ts'
import { travelNatsMax } from './travel.ts'

const minuteMs = 60_000
const inGermany = { country: 'DE' }
const inSingapore = { country: 'SG', asn: 64501, subnet_uid: 'net-2' }

function afterGermany(): TestIdentity {
  const identity = new TestIdentity()
  identity.liveDays(20)
  return identity
}

const lastMs = startMs + 19 * 86_400_000 + 1_800_000

test('two continents within an hour are impossible, within a day a journey', () => {
  const identity = afterGermany()
  const within = (gapMs: number): number =>
    identity.surprise('travel', testEvent({ time: lastMs + gapMs, src: inSingapore }))
  expect(within(hourMs)).toBe(travelNatsMax)
  expect(within(14 * hourMs)).toBeGreaterThan(1)
  expect(within(14 * hourMs)).toBeLessThan(travelNatsMax)
  expect(within(24 * hourMs)).toBe(0)
})

test('a neighbouring country is never too fast', () => {
  expect(
    afterGermany().surprise('travel', testEvent({ time: lastMs + minuteMs, src: { ...inGermany, country: 'PL' } })),
  ).toBe(0)
})

test.each(['cloud', 'hosting', 'vpn', 'tor', 'private', 'provider_service'] as const)(
  'an address of a %s network says nothing about where a person is',
  (type) => {
    const identity = afterGermany()
    const away = testEvent({ time: lastMs + hourMs, src: { ...inSingapore, network_type: type } })
    expect(identity.surprise('travel', away)).toBe(0)
    identity.live(away)
    expect(identity.surprise('travel', testEvent({ time: lastMs + 2 * hourMs, src: inGermany }))).toBe(0)
  },
)

test('whoever is in two countries at once every day surprises nobody with it', () => {
  const identity = new TestIdentity()
  const bothWays = [{ src: inGermany }, { src: inSingapore }, { src: inSingapore }, { src: inGermany }, {}]
  const nextMs = identity.liveDays(20, bothWays)
  identity.live(testEvent({ time: nextMs }))
  expect(identity.surprise('travel', testEvent({ time: nextMs + hourMs, src: inSingapore }))).toBeLessThan(1)
  const inBrazil = testEvent({ time: nextMs + hourMs, src: { ...inSingapore, country: 'BR' } })
  expect(identity.surprise('travel', inBrazil)).toBeGreaterThan(8)
})

test('a jump does not become usual while its end surprises by itself', () => {
  const identity = afterGermany()
  // A thief who also brings a new action and user agent: each event waits in quarantine, so none teaches the jump.
  for (let i = 1; i <= 20; i++)
    identity.live(
      testEvent({
        time: lastMs + i * minuteMs,
        src: inSingapore,
        api: { service: 'iam', operation: `Create${i}` },
        user_agent: { family: `agent-${i}` },
      }),
    )
  identity.live(testEvent({ time: lastMs + hourMs, src: inGermany }))
  expect(identity.surprise('travel', testEvent({ time: lastMs + 2 * hourMs, src: inSingapore }))).toBeGreaterThan(5)
})

test('a late event is measured by the time between, not by its order', () => {
  const identity = afterGermany()
  const late = testEvent({ time: lastMs - hourMs, late_ms: 2 * hourMs, src: inSingapore })
  expect(identity.surprise('travel', late)).toBe(travelNatsMax)
  expect(identity.surprise('travel', { ...late, time: lastMs - 48 * hourMs })).toBe(0)
})

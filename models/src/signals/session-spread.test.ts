import { expect, test } from 'vitest'
import { minuteMs, testEvent } from '../detections/test-event.ts'
import { TestIdentity } from '../detections/test-identity.ts'
import type { sessionSpread } from './session-spread.ts'

const elsewhere = { asn: 64510, as_org: 'Example Elsewhere', subnet_uid: 'net-9' }

function inSession(): { identity: TestIdentity; nowMs: number } {
  const identity = new TestIdentity()
  const nowMs = identity.liveDays(20)
  identity.live(testEvent({ time: nowMs, session: { uid: 'ses-today' } }))
  return { identity, nowMs }
}

test('a session used from a second network surprises, with a second user agent more', () => {
  const { identity, nowMs } = inSession()
  const session = { uid: 'ses-today' }
  const time = nowMs + minuteMs
  const network = identity.surprise('session_spread', testEvent({ time, session, src: elsewhere }))
  const both = identity.surprise(
    'session_spread',
    testEvent({ time, session, src: elsewhere, user_agent: { family: 'python-requests' } }),
  )
  expect(network).toBeGreaterThan(3)
  expect(both).toBeGreaterThan(network + 2)
})

test('another user agent at the same place, another session elsewhere, and the owner himself surprise nobody', () => {
  const { identity, nowMs } = inSession()
  const session = { uid: 'ses-today' }
  const time = nowMs + minuteMs
  const agent = { family: 'terraform' }
  expect(identity.surprise('session_spread', testEvent({ time, session, user_agent: agent }))).toBe(0)
  expect(identity.surprise('session_spread', testEvent({ time, session: { uid: 'ses-2' }, src: elsewhere }))).toBe(0)
  identity.live(testEvent({ time, session, src: elsewhere }))
  expect(identity.surprise('session_spread', testEvent({ time: time + minuteMs, session }))).toBe(0)
})

test('long-term keys have no session, and a provider may use one in passing', () => {
  const { identity, nowMs } = inSession()
  const time = nowMs + minuteMs
  const key = { uid: 'ses-today', credential_type: 'long_term' } as const
  expect(identity.surprise('session_spread', testEvent({ time, session: key, src: elsewhere }))).toBe(0)
  const service = { asn: 0, network_type: 'provider_service', svc_name: 'cloudformation.amazonaws.com' } as const
  expect(identity.surprise('session_spread', testEvent({ time, session: { uid: 'ses-today' }, src: service }))).toBe(0)
})

test('an identity whose sessions move every day may go on moving', () => {
  const identity = new TestIdentity()
  let timeMs = 0
  for (let day = 0; day < 40; day++) {
    const session = { uid: `ses-${day}` }
    timeMs = Date.UTC(2025, 3, 1 + day, 8)
    identity.live(testEvent({ time: timeMs, session }))
    identity.live(testEvent({ time: timeMs + minuteMs, session, src: elsewhere }))
  }
  const session = { uid: 'ses-39' }
  expect(
    identity.surprise('session_spread', testEvent({ time: timeMs + 2 * minuteMs, session, src: elsewhere })),
  ).toBeLessThan(1)
})

test('follows a bounded number of sessions', () => {
  const { identity, nowMs } = inSession()
  for (let i = 0; i < 1000; i++)
    identity.live(testEvent({ time: nowMs + i, session: { uid: `ses-${i}` }, src: { asn: 64000 + i } }))
  const slot = identity.state!.slots.find((state) => Array.isArray((state as { running?: unknown }).running))
  expect((slot as ReturnType<typeof sessionSpread.init>).size).toBe(4)
})

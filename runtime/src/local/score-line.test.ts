import { type EventScore, signals } from '@ostiary/models'
import { expect, test } from 'vitest'
import { scoreLine } from './score-line.ts'

const event = {
  event_uid: 'e"\u2028\n1',
  time: Date.UTC(2026, 2, 2, 12, 0, 0, 5),
  identity: { uid: 'id-1', issuer_uid: 'iss-1' },
}

function lineOf(nats: readonly number[], nameOf: (uid: string) => string = (uid) => uid): string {
  const all = Float64Array.from(signals, (_, i) => nats[i] ?? 0)
  return scoreLine({ event, score: 12.5, surprise: 11, impact: 1.5, nats: all } as unknown as EventScore, nameOf)
}

test('is one line of JSON with the readings that are not zero, in bits to a thousandth', () => {
  const line = lineOf([3 * Math.LN2, 0.0001 * Math.LN2, 0, -1.23456 * Math.LN2])
  expect(line).not.toMatch(/[\n\u2028]/)
  expect(JSON.parse(line)).toEqual({
    event_id: event.event_uid,
    time: '2026-03-02T12:00:00.005Z',
    identity: 'id-1',
    issuer: 'iss-1',
    score: 12.5,
    surprise: 11,
    impact: 1.5,
    signals: { [signals[0]!.id]: 3, [signals[3]!.id]: -1.235 },
  })
})

test('shows names where they may be shown', () => {
  const { identity, issuer } = JSON.parse(lineOf([], (uid) => `name of ${uid}`)) as Record<string, unknown>
  expect([identity, issuer]).toEqual(['name of id-1', 'name of iss-1'])
})

import { type EventScore, signals } from '@ostiary/models'
import fc from 'fast-check'
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

test('prints readings as numbers are printed', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (nats) => {
      const bits = Math.round(nats * Math.LOG2E * 1000) / 1000
      const members = bits === 0 ? '' : `${JSON.stringify(signals[0]!.id)}:${bits}`
      expect(lineOf([nats])).toContain(`"signals":{${members}}}`)
    }),
  )
  for (let thousandths = 0; thousandths < 1000; thousandths++)
    expect(lineOf([(7 + thousandths / 1000) * Math.LN2])).toContain(`:${(7000 + thousandths) / 1000}}}`)
})

import { type EventScore, signals } from '@ostiary/models'
import { expect, test } from 'vitest'
import { RecentScores, recentScoresMax, recentScoresOf } from './recent-scores.ts'

function scoreOf(uid: string, readings: Readonly<Record<string, number>> = {}, score = 1): EventScore {
  const event = { event_uid: uid, time: 5, identity: { uid: 'id-1' }, api: { service: 's3', operation: 'GetObject' } }
  const nats = Float64Array.from(signals, (signal) => (readings[signal.id] ?? 0) * Math.LN2)
  return { event, score, surprise: score, impact: 0, nats } as unknown as EventScore
}

test('remembers the highest readings of an event, highest first, in bits', () => {
  const ids = signals.slice(0, 7).map((signal) => signal.id)
  const recent = new RecentScores()
  recent.add(scoreOf('e-1', Object.fromEntries(ids.map((id, i) => [id, ((i * 3) % 7) + 0.5]))))
  const [score] = recentScoresOf(recent.encode())
  expect(score).toMatchObject({ event_id: 'e-1', time: 5, identity: 'id-1', operation: 's3:GetObject', score: 1 })
  expect(score!.signals.map(([, bits]) => bits)).toEqual([6.5, 5.5, 4.5, 3.5, 2.5])
  expect(score!.signals[0]![0]).toBe(ids[2])
})

test('signals that speak for the event are not remembered', () => {
  const recent = new RecentScores()
  recent.add(scoreOf('e-1', { [signals[0]!.id]: -3, [signals[1]!.id]: 2 }))
  expect(recentScoresOf(recent.encode())[0]!.signals).toEqual([[signals[1]!.id, 2]])
})

test('forgets the oldest over its bound', () => {
  const recent = new RecentScores()
  for (let i = 0; i < recentScoresMax + 3; i++) recent.add(scoreOf(`e-${i}`))
  const held = recentScoresOf(recent.encode())
  expect(held.length).toBe(recentScoresMax)
  expect(held[0]!.event_id).toBe('e-3')
  expect(held.at(-1)!.event_id).toBe(`e-${recentScoresMax + 2}`)
})

test('goes on from what it gave', () => {
  const recent = new RecentScores()
  recent.add(scoreOf('e-1'))
  const other = new RecentScores()
  other.add(scoreOf('e-0'))
  other.restore(recent.encode())
  other.add(scoreOf('e-2'))
  expect(recentScoresOf(other.encode()).map((score) => score.event_id)).toEqual(['e-1', 'e-2'])
})

test('refuses what is no list', () => {
  for (const text of ['{}', 'null', '7']) expect(() => recentScoresOf(Buffer.from(text))).toThrow(TypeError)
  expect(() => recentScoresOf(Buffer.from('['))).toThrow()
})

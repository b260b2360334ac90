import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { type LiveFacts, liveView } from './live-view.ts'
import { testAlert } from './test-alert.ts'

const facts: LiveFacts = {
  title: 'an invented organisation',
  nowMs: Date.UTC(2026, 2, 2, 14, 5),
  events: 1_234_567,
  rate: 8900.4,
  identities: 200,
  pages: 3,
  digest: 14,
  alerts: Array.from({ length: 50 }, (_, i) => testAlert({ finding_uid: `f-${i}` })),
  surprises: Array.from({ length: 20 }, (_, i) => ({
    time: 0,
    identity: 'id-0123456789abcdef0123',
    operation: `s3:Operation${i}`,
    from: 'AS64500 DE',
    score: 30 - i,
  })),
  nameOf: () => undefined,
}

test.each([
  [60, 10],
  [80, 24],
  [100, 30],
  [200, 60],
])('on a terminal of %i by %i no line is wider and there are no more', (columns, rows) => {
  const lines = liveView(facts, columns, rows).map(stripVTControlCharacters)
  expect(lines.length).toBeLessThan(rows)
  // The line of numbers is what it is; all others are cut to fit.
  for (const line of [...lines.slice(0, 1), ...lines.slice(2)]) expect(line.length, line).toBeLessThanOrEqual(columns)
  expect(lines[1]).toContain('1 234 567 events')
})

test('tells that nothing came yet', () => {
  const text = liveView({ ...facts, nowMs: -1, alerts: [], surprises: [] }, 80, 24).join('\n')
  expect(text).toContain('waiting for the first event')
  expect(text).toContain('none yet')
})

test('what a sender of logs chose is shown, not obeyed', () => {
  const [surprise] = facts.surprises
  const hostile = { ...surprise!, operation: '\u001b[2J\u0007\r', from: '\u009b1m' }
  const lines = liveView({ ...facts, surprises: [hostile] }, 100, 30)
  const text = stripVTControlCharacters(lines.join(''))
  expect([...text].filter((letter) => letter < ' ' || /[\u007f-\u009f]/.test(letter))).toEqual([])
  expect(text).toContain('[2J')
})

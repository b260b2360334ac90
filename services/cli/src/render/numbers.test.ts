import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { bytesText } from './progress.ts'
import { quietEventCard } from './quiet-event-card.ts'
import { summaryText } from './summary-text.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [12_345_678, '12.3 MB'],
  [4_200_000_000, '4.20 GB'],
])('%i bytes read as %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
})

const summary = {
  records: 1_234_567,
  scored: 1_234_000,
  late: 60,
  duplicates: 7,
  filtered: 0,
  rejected: { 'json.invalid': 500 },
  identities: 12,
  alerts: 3,
  digest: 4,
  omitted: 0,
  seconds: 10,
  model: 'a'.repeat(64),
  tables: 'b'.repeat(64),
  feedback: '',
  config: 'c'.repeat(64),
}

test('a summary for a person tells every number that is not zero', () => {
  const text = stripVTControlCharacters(summaryText(summary))
  for (const part of ['1 234 060 of 1 234 567 records', '123 457 a second', '3 pages, 4 more', '7 duplicates'])
    expect(text).toContain(part)
  for (const part of ['60 came too late', '500 rejected: json.invalid']) expect(text).toContain(part)
  for (const part of ['filtered', 'left out']) expect(text).not.toContain(part)
  expect(text).not.toContain('feedback')
  expect(summaryText({ ...summary, feedback: 'd'.repeat(64) })).toContain(`feedback ${'d'.repeat(12)}`)
  expect(summaryText({ ...summary, omitted: 5 })).toContain('5 cases of low scores left out of the alert lines')
  expect(stripVTControlCharacters(summaryText({ ...summary, seconds: 0 }))).toContain('(0 a second)')
})

test('the card of a quiet event tells how far it was from alerting', () => {
  const score = {
    event_id: 'e',
    time: 0,
    identity: 'id-0123456789abcdef0123',
    operation: 's3:GetObject\u001b[2J',
    score: 5.25,
    surprise: 4,
    impact: 1.25,
    signals: [['new_value.action', 3.5]] as const,
  }
  const text = stripVTControlCharacters(quietEventCard(score, 8))
  expect(text).toContain('did not alert: 5.3 bits is 2.8 under the 8')
  expect(text).toContain('3.5 bits  new_value.action')
  expect(text).not.toContain('\u001b')
  expect(quietEventCard({ ...score, score: 9, signals: [] }, 8)).toContain('belongs to a case')
})

import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { alertTable, identityText, minuteText } from './alert-table.ts'
import { testAlert } from './test-alert.ts'

test('a row tells when, who, how strange, how bad and why', () => {
  const table = stripVTControlCharacters(alertTable([testAlert()], 140, () => 'ada@example.com'))
  for (const part of ['2026-03-02 14:05', 'ada@example.com', 'human, payments', '21.5', 'High', 'first use of'])
    expect(table).toContain(part)
})

test.each([40, 80, 120, 400])('on a terminal %i wide the reason is wrapped and whole', (columns) => {
  const words = 'first use of cloudtrail:StopLogging in 41 days; nobody else in the tenant used it lately'
  const [reason] = testAlert().reasons
  const lines = stripVTControlCharacters(
    alertTable([testAlert({ reasons: [{ ...reason!, words }] })], columns, () => undefined),
  ).split('\n')
  expect(new Set(lines.map((line) => line.length)).size).toBe(1)
  expect(lines[0]!.length).toBeLessThanOrEqual(Math.max(columns, 100))
  const text = lines.map((line) => line.split('│').at(-2) ?? '').join(' ')
  expect(text.replace(/\s+/g, ' ')).toContain(words)
})

test('a pseudonym is cut, a name is not', () => {
  expect(identityText('id-0123456789abcdef0123', () => undefined)).toBe('id-01234567…')
  expect(identityText('id-0123456789abcdef0123', () => 'somebody.with.a.long.name@example.com')).toBe(
    'somebody.with.a.long.name@example.com',
  )
  expect(minuteText(Date.UTC(2026, 0, 5, 7, 8, 59))).toBe('2026-01-05 07:08')
})

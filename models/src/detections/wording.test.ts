import fc from 'fast-check'
import { expect, test } from 'vitest'
import { duration, plainNumber, plural, quote, quoteLengthMax, utc } from './wording.ts'

test('writes any time from 1970 to 2200 as the calendar has it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: Date.UTC(2200, 0, 1) }), (timeMs) => {
      expect(utc(timeMs)).toBe(`${new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`)
    }),
  )
})

test('says lengths of time, numbers and plurals as people do', () => {
  expect(duration(20_000)).toBe('less than a minute')
  expect(duration(90 * 60_000)).toBe('2 h')
  expect(duration(12 * 60_000)).toBe('12 min')
  expect(duration(4 * 86_400_000)).toBe('4 days')
  expect(plainNumber(3.24)).toBe('3.2')
  expect(plainNumber(41.7)).toBe('42')
  expect(plural(1, 'day')).toBe('1 day')
  expect(plural(0, 'day')).toBe('0 days')
})

test('cuts a value that nobody would read to its end', () => {
  expect(quote('iam:CreateAccessKey')).toBe('iam:CreateAccessKey')
  expect(quote('x'.repeat(500))).toHaveLength(quoteLengthMax)
})

test('shows what would steer a terminal instead of obeying it', () => {
  expect(quote('a\u001b[2Jb\r\nc\u202ed\u0000')).toBe('a?[2Jb??c?d?')
  expect(quote('Zürich 東京')).toBe('Zürich 東京')
})

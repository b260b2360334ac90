import fc from 'fast-check'
import { expect, test } from 'vitest'
import { civilDate, dateText } from './civil-date.ts'

const dayMs = 86_400_000

test.each([
  [0, '1970-01-01'],
  [-1, '1969-12-31'],
  [11_016, '2000-02-29'],
  [47_540, '2100-02-28'],
  [47_541, '2100-03-01'],
])('day %d is %s', (day, text) => {
  expect(dateText(day)).toBe(text)
})

test('agrees with Date on every year of four digits', () => {
  fc.assert(
    fc.property(fc.integer({ min: -719_468, max: 2_932_896 }), (day) => {
      const date = new Date(day * dayMs)
      expect(civilDate(day)).toEqual({
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        date: date.getUTCDate(),
      })
      expect(dateText(day)).toBe(date.toISOString().slice(0, 10))
    }),
    { numRuns: 5000 },
  )
})

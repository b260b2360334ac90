import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseTime } from '../sources/parse-time.ts'
import { rfc3339 } from './rfc3339.ts'

test.each([
  [0, '1970-01-01T00:00:00.000Z'],
  [951_782_400_000, '2000-02-29T00:00:00.000Z'],
  [1_772_438_460_123, '2026-03-02T08:01:00.123Z'],
  [4_102_444_799_999, '2099-12-31T23:59:59.999Z'],
])('%d is %s', (timeMs, text) => {
  expect(rfc3339(timeMs)).toBe(text)
})

test('writes what Date writes and parseTime reads', () => {
  fc.assert(
    fc.property(fc.integer({ min: 946_684_800_000, max: 4_102_444_799_999 }), (timeMs) => {
      expect(rfc3339(timeMs)).toBe(new Date(timeMs).toISOString())
      expect(parseTime(rfc3339(timeMs))).toBe(timeMs)
    }),
    { numRuns: 2000 },
  )
})

import fc from 'fast-check'
import { expect, it } from 'vitest'
import { durationText, parseDurationMs } from './duration.ts'

it.each([
  ['15m', 900_000],
  ['6h', 21_600_000],
  ['7d', 604_800_000],
  ['30s', 30_000],
  ['250ms', 250],
  ['900000', 900_000],
  ['0', 0],
])('reads %s', (text, ms) => {
  expect(parseDurationMs(text)).toBe(ms)
})

it.each(['', 'm', '-1m', '1.5h', '1 h', '1H', '1w', '1h30m', '1e3', '0x10', '999999999999999d', ' 1m', '1m\n'])(
  'does not read %j',
  (text) => {
    expect(parseDurationMs(text)).toBeUndefined()
  },
)

it('writes what it reads back, with the largest unit that fits', () => {
  expect([900_000, 5_400_000, 86_400_000, 1500, 0].map(durationText)).toEqual(['15m', '90m', '1d', '1500ms', '0'])
  fc.assert(
    fc.property(fc.nat(1e12), (ms) => {
      expect(parseDurationMs(durationText(ms))).toBe(ms)
    }),
  )
})

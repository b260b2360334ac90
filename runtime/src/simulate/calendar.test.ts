import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, formatTime, hourMs, isHoliday, isWeekend, localMidnightMs, weekday, zones } from './calendar.ts'

describe('calendar', () => {
  it('agrees with the platform on dates, weekdays and texts', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 40_000 }), fc.integer({ min: 0, max: 86_399 }), (day, second) => {
        const timeMs = day * dayMs + second * 1000
        const date = new Date(timeMs)
        expect(weekday(day)).toBe(date.getUTCDay())
        expect(isWeekend(day)).toBe(date.getUTCDay() % 6 === 0)
        expect(formatTime(timeMs)).toBe(date.toISOString().replace('.000Z', 'Z'))
      }),
    )
  })

  it('knows when clocks change in 2026: EU 29 March and 25 October, US 8 March and 1 November', () => {
    const day = (month: number, date: number) => Date.UTC(2026, month - 1, date) / dayMs
    const offsetHours = (zone: string, month: number, date: number) =>
      (day(month, date) * dayMs - localMidnightMs(zones[zone]!, day(month, date))) / hourMs
    expect([offsetHours('berlin', 3, 28), offsetHours('berlin', 3, 29)]).toEqual([1, 2])
    expect([offsetHours('berlin', 10, 24), offsetHours('berlin', 10, 25)]).toEqual([2, 1])
    expect([offsetHours('newYork', 3, 7), offsetHours('newYork', 3, 8)]).toEqual([-5, -4])
    expect([offsetHours('newYork', 10, 31), offsetHours('newYork', 11, 1)]).toEqual([-4, -5])
    expect(offsetHours('kolkata', 7, 1)).toBe(5.5)
  })

  it('keeps holidays by country', () => {
    const nationalDay = Date.UTC(2026, 6, 14) / dayMs
    expect(isHoliday('FR', nationalDay)).toBe(true)
    expect(isHoliday('DE', nationalDay)).toBe(false)
  })
})

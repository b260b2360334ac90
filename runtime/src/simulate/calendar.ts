import { civilDate, dateText } from '@ostiary/schemas'

/** Days are whole days since 1970-01-01; a local day begins at midnight in its zone. */
export const dayMs = 86_400_000
export const hourMs = 3_600_000
export const minuteMs = 60_000

export interface Zone {
  readonly name: string
  readonly country: string
  /** Minutes ahead of UTC in winter. */
  readonly standardMinutes: number
  readonly summerTime: 'eu' | 'us' | 'none'
}

/** Where the simulated offices stand. Zones of the southern hemisphere are left at standard time: a simplification. */
export const zones: Readonly<Record<string, Zone>> = {
  berlin: { name: 'Europe/Berlin', country: 'DE', standardMinutes: 60, summerTime: 'eu' },
  london: { name: 'Europe/London', country: 'GB', standardMinutes: 0, summerTime: 'eu' },
  madrid: { name: 'Europe/Madrid', country: 'ES', standardMinutes: 60, summerTime: 'eu' },
  paris: { name: 'Europe/Paris', country: 'FR', standardMinutes: 60, summerTime: 'eu' },
  warsaw: { name: 'Europe/Warsaw', country: 'PL', standardMinutes: 60, summerTime: 'eu' },
  newYork: { name: 'America/New_York', country: 'US', standardMinutes: -300, summerTime: 'us' },
  losAngeles: { name: 'America/Los_Angeles', country: 'US', standardMinutes: -480, summerTime: 'us' },
  toronto: { name: 'America/Toronto', country: 'CA', standardMinutes: -300, summerTime: 'us' },
  saoPaulo: { name: 'America/Sao_Paulo', country: 'BR', standardMinutes: -180, summerTime: 'none' },
  kolkata: { name: 'Asia/Kolkata', country: 'IN', standardMinutes: 330, summerTime: 'none' },
  singapore: { name: 'Asia/Singapore', country: 'SG', standardMinutes: 480, summerTime: 'none' },
  tokyo: { name: 'Asia/Tokyo', country: 'JP', standardMinutes: 540, summerTime: 'none' },
  sydney: { name: 'Australia/Sydney', country: 'AU', standardMinutes: 600, summerTime: 'none' },
}

/** 0 is Sunday. */
export function weekday(day: number): number {
  return (((day + 4) % 7) + 7) % 7
}

export function isWeekend(day: number): boolean {
  const name = weekday(day)
  return name === 0 || name === 6
}

/** When a local day begins, in UTC. Clocks change at midnight here, not at two o'clock: no activity starts in between. */
export function localMidnightMs(zone: Zone, day: number): number {
  const summer = zone.summerTime !== 'none' && isSummer(zone.summerTime, day) ? 60 : 0
  return day * dayMs - (zone.standardMinutes + summer) * minuteMs
}

/** EU: last Sunday of March to last Sunday of October; US and Canada: second of March to first of November. */
function isSummer(rule: 'eu' | 'us', day: number): boolean {
  const { month, date } = civilDate(day)
  const sundaysBegun = Math.floor((date - 1 - weekday(day) + 7) / 7) // Sundays of this month up to and with this day
  if (rule === 'us') {
    if (month === 3) return sundaysBegun >= 2
    if (month === 11) return sundaysBegun < 1
    return month > 3 && month < 11
  }
  const lastSundayPassed = date - weekday(day) >= 25
  if (month === 3) return lastSundayPassed
  if (month === 10) return !lastSundayPassed
  return month > 3 && month < 10
}

/** Public holidays with a fixed date, `month * 100 + date`; enough to give every country quiet days of its own. */
const holidays: Readonly<Record<string, readonly number[]>> = {
  DE: [101, 501, 1003, 1225, 1226],
  GB: [101, 1225, 1226],
  ES: [101, 106, 501, 815, 1012, 1225],
  FR: [101, 501, 508, 714, 815, 1111, 1225],
  PL: [101, 106, 501, 503, 815, 1111, 1225, 1226],
  US: [101, 619, 704, 1111, 1225],
  CA: [101, 701, 1225, 1226],
  BR: [101, 421, 501, 907, 1012, 1225],
  IN: [126, 815, 1002],
  SG: [101, 501, 809, 1225],
  JP: [101, 211, 320, 429, 503, 504, 505, 811, 1103, 1123],
  AU: [101, 126, 425, 1225, 1226],
}

export function isHoliday(country: string, day: number): boolean {
  const { month, date } = civilDate(day)
  return holidays[country]?.includes(month * 100 + date) ?? false
}

/** How busy a customer-facing service is at an hour (UTC, may be fractional): quiet at night, mean about 1. */
export function dailyLoad(hour: number, peakHour: number): number {
  const apart = Math.abs(hour - peakHour)
  const distance = Math.min(apart, 24 - apart) / 12 // 0 at the peak, 1 opposite
  return 0.3 + 1.4 * (1 - distance * distance * (3 - 2 * distance))
}

let formattedDay = Number.NaN
let formattedDate = ''

/** `2026-03-02T09:15:04Z`, as CloudTrail writes times: whole seconds. */
export function formatTime(timeMs: number): string {
  const day = Math.floor(timeMs / dayMs)
  if (day !== formattedDay) {
    formattedDate = `${dateText(day)}T`
    formattedDay = day
  }
  const seconds = Math.floor((timeMs - day * dayMs) / 1000)
  const minutes = Math.floor(seconds / 60)
  const hours = Math.floor(minutes / 60)
  return `${formattedDate}${twoDigits[hours]!}:${twoDigits[minutes - hours * 60]!}:${twoDigits[seconds - minutes * 60]!}Z`
}

const twoDigits: readonly string[] = Array.from({ length: 100 }, (_, value) => String(value).padStart(2, '0'))

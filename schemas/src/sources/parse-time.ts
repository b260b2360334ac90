const yearMin = 2000
const yearMax = 2100
const dayMs = 86_400_000
const monthDays = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/**
 * Milliseconds since the epoch of an RFC 3339 date-time such as `2026-03-02T00:01:57Z` or `…57.123456+01:00`; a time
 * without a zone is UTC. `undefined` when the text is not one, or lies outside the years 2000 to 2100. Fractions beyond
 * milliseconds are cut. Parsed by hand, since `Date.parse` accepts what each engine likes.
 */
export function parseTime(text: string): number | undefined {
  if (text.length < 19 || text.length > 40) return undefined
  const year = digits(text, 0, 4)
  const month = digits(text, 5, 2)
  const day = digits(text, 8, 2)
  const hour = digits(text, 11, 2)
  const minute = digits(text, 14, 2)
  const second = digits(text, 17, 2)
  if (text[4] !== '-' || text[7] !== '-' || text[13] !== ':' || text[16] !== ':') return undefined
  if (text[10] !== 'T' && text[10] !== 't' && text[10] !== ' ') return undefined
  if (!(year >= yearMin && year < yearMax && month >= 1 && month <= 12 && hour < 24 && minute < 60 && second <= 60))
    return undefined
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  if (!(day >= 1 && day <= (month === 2 && leap ? 29 : monthDays[month - 1]!))) return undefined
  let at = 19
  let millis = 0
  if (text[at] === '.') {
    at += 1
    const from = at
    let scale = 100
    for (; at < text.length && isDigit(text, at); at++) {
      millis += (text.charCodeAt(at) - 48) * scale
      scale = scale > 1 ? scale / 10 : 0
    }
    if (at === from) return undefined
  }
  const zoneMinutes = zone(text, at)
  if (zoneMinutes === undefined) return undefined
  const dayNumber = daysBefore(year, month, leap) + day - 1
  return dayNumber * dayMs + ((hour * 60 + minute - zoneMinutes) * 60 + second) * 1000 + millis
}

/** Days from 1970-01-01 to the first of the month. */
function daysBefore(year: number, month: number, leap: boolean): number {
  const years = year - 1
  const leaps = Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400) - 477
  let days = (year - 1970) * 365 + leaps
  for (let i = 0; i < month - 1; i++) days += monthDays[i]!
  return month > 2 && leap ? days + 1 : days
}

function zone(text: string, at: number): number | undefined {
  if (at === text.length) return 0
  const sign = text[at]
  if (sign === 'Z' || sign === 'z') return at + 1 === text.length ? 0 : undefined
  if (sign !== '+' && sign !== '-') return undefined
  const hours = digits(text, at + 1, 2)
  const minutes = text[at + 3] === ':' ? digits(text, at + 4, 2) : Number.NaN
  if (!(hours < 24 && minutes < 60) || text.length !== at + 6) return undefined
  return (hours * 60 + minutes) * (sign === '-' ? -1 : 1)
}

function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) {
    if (!isDigit(text, i)) return Number.NaN
    value = value * 10 + text.charCodeAt(i) - 48
  }
  return value
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 48 && code <= 57
}

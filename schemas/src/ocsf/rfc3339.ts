const dayMs = 86_400_000

/**
 * An instant as RFC 3339 in UTC with milliseconds, `2026-03-02T08:00:00.123Z`, for the years 1970 to 9999. The calendar is
 * counted in years that begin in March, so that the leap day is the last of its year.
 */
export function rfc3339(timeMs: number): string {
  const dayNumber = Math.floor(timeMs / dayMs)
  const inDay = timeMs - dayNumber * dayMs
  // Days since 0000-03-01, which begins an era of 400 years: 146,097 days.
  const days = dayNumber + 719_468
  const era = Math.floor(days / 146_097)
  const inEra = days - era * 146_097
  const yearOfEra = Math.floor(
    (inEra - Math.floor(inEra / 1460) + Math.floor(inEra / 36_524) - Math.floor(inEra / 146_096)) / 365,
  )
  const inYear = inEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * inYear + 2) / 153)
  const day = inYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  const seconds = Math.floor(inDay / 1000)
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${padded(year, 4)}-${padded(month, 2)}-${padded(day, 2)}T${clock.map((part) => padded(part, 2)).join(':')}.${padded(inDay % 1000, 3)}Z`
}

function padded(value: number, length: number): string {
  return String(value).padStart(length, '0')
}

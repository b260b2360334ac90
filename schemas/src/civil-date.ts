/** A day of the calendar; months are 1 to 12. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly date: number
}

/**
 * The date of a day since 1970-01-01, in whole numbers, since the core makes no Date: Howard Hinnant, "chrono-Compatible
 * Low-Level Date Algorithms", civil_from_days. Years are counted from March, so that the leap day is the last of its year.
 */
export function civilDate(day: number): CivilDate {
  // Days since 0000-03-01, which begins an era of 400 years: 146,097 days.
  const shifted = day + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * dayOfYear + 2) / 153)
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    date: dayOfYear - Math.floor((153 * fromMarch + 2) / 5) + 1,
  }
}

/** `2025-03-03`, of a day since 1970-01-01; for the years 0 to 9999. */
export function dateText(day: number): string {
  const { year, month, date } = civilDate(day)
  return `${String(year).padStart(4, '0')}-${String(month).padStart(2, '0')}-${String(date).padStart(2, '0')}`
}

import { dateText } from '../civil-date.ts'

const dayMs = 86_400_000

/** An instant as RFC 3339 in UTC with milliseconds, `2026-03-02T08:00:00.123Z`, for the years 1970 to 9999. */
export function rfc3339(timeMs: number): string {
  const day = Math.floor(timeMs / dayMs)
  const inDay = timeMs - day * dayMs
  const seconds = Math.floor(inDay / 1000)
  const clock = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return `${dateText(day)}T${clock.map((part) => padded(part, 2)).join(':')}.${padded(inDay % 1000, 3)}Z`
}

function padded(value: number, length: number): string {
  return String(value).padStart(length, '0')
}

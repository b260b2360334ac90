import type { AccessEvent } from '@ostiary/schemas'

/** Exceedances from which a count says something; also where the empirical range of the bits ends. */
const expectedMin = 20
const hourMs = 3_600_000
const dayMs = 86_400_000

export interface ReliabilityRow {
  /** Score from which events are counted. */
  readonly bits: number
  /** Events that reach it if b bits mean one in 2^b. */
  readonly expected: number
  readonly observed: number
  /** log2 of the second over the first: 0.5 means 1.4 times as many as said. */
  readonly errorBits: number
}

export interface PageRate {
  /** Identity-hours a day whose best event reaches the paging threshold. */
  readonly perDay: number
  readonly budget: number
  readonly days: number
}

/** How far bits keep their word on events that the model was not made of, labelled attacks left out. */
export function reliabilityOf(scores: readonly number[]): ReliabilityRow[] {
  const rows: ReliabilityRow[] = []
  for (let bits = 1; ; bits++) {
    const expected = scores.length / 2 ** bits
    if (expected < expectedMin) return rows
    const observed = scores.filter((score) => score >= bits).length
    rows.push({ bits, expected, observed, errorBits: Math.log2(Math.max(observed, 0.5) / expected) })
  }
}

/** How many cases a day reach the paging threshold, before the bucket of pages has its say. */
export function pageRateOf(
  events: readonly AccessEvent[],
  scoreOf: (id: string) => number | undefined,
  pageBits: number,
  budget: number,
): PageRate {
  const hours = new Set<string>()
  const days = new Set<number>()
  for (const event of events) {
    days.add(Math.floor(event.time / dayMs))
    if ((scoreOf(event.event_uid) ?? 0) >= pageBits)
      hours.add(`${event.identity.uid} ${Math.floor(event.time / hourMs)}`)
  }
  return { perDay: hours.size / Math.max(1, days.size), budget, days: days.size }
}

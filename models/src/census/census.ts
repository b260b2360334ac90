import { fieldIds } from '../signals/field.ts'
import { type CensusBody, CensusTable, type CensusValue, censusPairsMax, censusValuesMax } from './census-table.ts'

/** Half-life of the tenant's habits, in days. */
export const censusHalfLifeDays = 30
const dailyFactor = Math.exp(-Math.LN2 / censusHalfLifeDays)
/** Most different values of one field, and pairs, that one day adds before it is closed. */
const dayValuesMax = 65_536
const dayPairsMax = 262_144
/** Counts under this are forgotten at a day's close. */
const countFloor = 0.05

interface DayValue {
  readonly name: string
  count: number
}

/**
 * What one day's established identities did, added up: only sums, so the order in which identities add does not matter.
 */
export class CensusDay {
  readonly values: readonly Map<number, DayValue>[] = fieldIds.map(() => new Map())
  readonly pairs: Map<number, number> = new Map()
  dayMaximumSum = 0
  dayMaximumCount = 0
  /** Contributions that found no room. */
  dropped = 0

  addValue(field: number, hash: number, name: string, count: number): void {
    const values = this.values[field]!
    const held = values.get(hash)
    if (held !== undefined) held.count += count
    else if (values.size < dayValuesMax) values.set(hash, { name, count })
    else this.dropped += 1
  }

  addPair(hash: number, count: number): void {
    const held = this.pairs.get(hash)
    if (held !== undefined) this.pairs.set(hash, held + count)
    else if (this.pairs.size < dayPairsMax) this.pairs.set(hash, count)
    else this.dropped += 1
  }

  /** An established identity's highest score of a day, in nats. */
  addDayMaximum(score: number): void {
    this.dayMaximumSum += score
    this.dayMaximumCount += 1
  }

  toJson(): object {
    return {
      values: this.values.map((values) => [...values].map(([hash, value]) => [hash, value.name, value.count])),
      pairs: [...this.pairs],
      dayMaximumSum: this.dayMaximumSum,
      dayMaximumCount: this.dayMaximumCount,
      dropped: this.dropped,
    }
  }

  /** Reads what `toJson` gave. Throws a TypeError when it is of another shape. */
  static fromJson(json: unknown): CensusDay {
    const given = json as {
      values: [number, string, number][][]
      pairs: [number, number][]
      dayMaximumSum: number
      dayMaximumCount: number
      dropped: number
    }
    const day = new CensusDay()
    for (const [field, rows] of given.values.entries())
      for (const [hash, name, count] of rows) day.addValue(field, hash, name, count)
    for (const [hash, count] of given.pairs) day.addPair(hash, count)
    day.dayMaximumSum = given.dayMaximumSum
    day.dayMaximumCount = given.dayMaximumCount
    day.dropped = given.dropped
    return day
  }
}

/** Keeps the `max` heaviest entries, heaviest first, ties by hash: the same whatever the order they were added in. */
function heaviest<V>(entries: [number, V][], countOf: (value: V) => number, max: number): Map<number, V> {
  entries.sort((a, b) => countOf(b[1]) - countOf(a[1]) || a[0] - b[0])
  return new Map(entries.slice(0, max))
}

/**
 * Closes a day: the table in force decayed by the days since it was published, plus the day's sums.
 *
 * @param table the table in force until now
 * @param sums what the day added
 * @param day the UTC day, since the epoch, that is closed
 */
export function closeDay(table: CensusTable, sums: CensusDay, day: number): CensusTable {
  const before = table.body
  const elapsedDays = before.day < 0 ? 0 : Math.min(Math.max(day - before.day, 1), 3650)
  let factor = 1
  for (let i = 0; i < elapsedDays; i++) factor *= dailyFactor
  const values = before.values.map((held, field) => {
    const merged = new Map<number, CensusValue>()
    for (const [hash, value] of held) merged.set(hash, { name: value.name, count: value.count * factor })
    for (const [hash, value] of sums.values[field]!)
      merged.set(hash, { name: value.name, count: (merged.get(hash)?.count ?? 0) + value.count })
    const kept = [...merged].filter(([, value]) => value.count >= countFloor)
    return heaviest(kept, (value) => value.count, censusValuesMax)
  })
  const pairs = new Map<number, number>()
  for (const [hash, count] of before.pairs) pairs.set(hash, count * factor)
  for (const [hash, count] of sums.pairs) pairs.set(hash, (pairs.get(hash) ?? 0) + count)
  const keptPairs = [...pairs].filter(([, count]) => count >= countFloor)
  const dayMaximumWeight = before.dayMaximumWeight * factor + sums.dayMaximumCount
  const body: CensusBody = {
    day,
    identities: sums.dayMaximumCount,
    values,
    pairs: heaviest(keptPairs, (count) => count, censusPairsMax),
    dayMaximumWeight,
    dayMaximumMean:
      dayMaximumWeight > 0
        ? (before.dayMaximumMean * before.dayMaximumWeight * factor + sums.dayMaximumSum) / dayMaximumWeight
        : 0,
  }
  return new CensusTable(body)
}

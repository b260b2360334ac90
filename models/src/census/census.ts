import { fieldIds } from '../signals/field.ts'
import { CountTable } from '../sketches/count-table.ts'
import { hashPair } from '../sketches/hash.ts'
import { type CensusBody, CensusTable, censusPairsMax, censusValuesMax } from './census-table.ts'

/** Half-life of the tenant's habits, in days. */
export const censusHalfLifeDays = 30
const dailyFactor = Math.exp(-Math.LN2 / censusHalfLifeDays)
/** Most different values of one field, and pairs, that one day adds before it is closed. */
const dayValuesMax = 65_536
const dayPairsMax = 262_144
/** Counts under this are forgotten at a day's close. */
const countFloor = 0.05

/**
 * What one day's established identities did, added up: only sums, so the order in which identities add does not matter.
 */
export class CensusDay {
  readonly values: readonly CountTable[] = fieldIds.map(() => new CountTable(0, true))
  readonly pairs: CountTable = new CountTable()
  /** By hash of (peer group, action), and by peer group: what its identities did. */
  readonly peerActions: CountTable = new CountTable()
  readonly peerTotals: CountTable = new CountTable()
  dayMaximumSum = 0
  dayMaximumCount = 0
  /** Contributions that found no room. */
  dropped = 0

  addValue(field: number, hash: number, name: string, count: number): void {
    const values = this.values[field]!
    if (values.size < dayValuesMax || values.has(hash)) values.add(hash, count, name)
    else this.dropped += 1
  }

  /** An identity of this peer group used this action on the day. */
  addPeerAction(group: number, action: number, count: number): void {
    const hash = hashPair(group, action)
    if (this.peerActions.size >= dayPairsMax && !this.peerActions.has(hash)) {
      this.dropped += 1
      return
    }
    this.peerActions.add(hash, count)
    this.peerTotals.add(group, count)
  }

  addPair(hash: number, count: number): void {
    if (this.pairs.size < dayPairsMax || this.pairs.has(hash)) this.pairs.add(hash, count)
    else this.dropped += 1
  }

  /** An established identity's highest score of a day, in nats. */
  addDayMaximum(score: number): void {
    this.dayMaximumSum += score
    this.dayMaximumCount += 1
  }

  /** Adds what another partition's identities did on the same day. */
  addDay(other: CensusDay): void {
    for (const [field, values] of other.values.entries())
      values.forEach((hash, count, name) => {
        this.addValue(field, hash, name, count)
      })
    other.pairs.forEach((hash, count) => {
      this.addPair(hash, count)
    })
    // Group and action are folded into one hash already, so these are added as they are, within the same bounds.
    other.peerActions.forEach((hash, count) => {
      if (this.peerActions.size < dayPairsMax || this.peerActions.has(hash)) this.peerActions.add(hash, count)
      else this.dropped += 1
    })
    other.peerTotals.forEach((hash, count) => {
      if (this.peerTotals.size < dayPairsMax || this.peerTotals.has(hash)) this.peerTotals.add(hash, count)
      else this.dropped += 1
    })
    this.dayMaximumSum += other.dayMaximumSum
    this.dayMaximumCount += other.dayMaximumCount
    this.dropped += other.dropped
  }

  toJson(): object {
    return {
      values: this.values.map((values) => values.rows().map(({ hash, name, count }) => [hash, name, count])),
      pairs: countRows(this.pairs),
      peerActions: countRows(this.peerActions),
      peerTotals: countRows(this.peerTotals),
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
      peerActions: [number, number][]
      peerTotals: [number, number][]
      dayMaximumSum: number
      dayMaximumCount: number
      dropped: number
    }
    const day = new CensusDay()
    for (const [field, rows] of given.values.entries())
      for (const [hash, name, count] of rows) day.addValue(field, hash, name, count)
    for (const [hash, count] of given.pairs) day.addPair(hash, count)
    for (const [hash, count] of given.peerActions) day.peerActions.add(hash, count)
    for (const [hash, count] of given.peerTotals) day.peerTotals.add(hash, count)
    day.dayMaximumSum = given.dayMaximumSum
    day.dayMaximumCount = given.dayMaximumCount
    day.dropped = given.dropped
    return day
  }
}

function countRows(table: CountTable): [number, number][] {
  return table.rows().map(({ hash, count }) => [hash, count])
}

/** What is left of `before` after a decay, plus `added`: the `max` heaviest of what is not under the floor, ties by hash. */
function merged(before: CountTable, factor: number, added: CountTable, max: number): CountTable {
  return sumOf(before, factor, added).heaviest(max, countFloor)
}

/** Of the entries that are kept where there are too many, the share: making room every day would cost more than a day adds. */
const roomShare = 0.875

/** The same where what has faded may stay until there is no more room. */
function mergedLoosely(before: CountTable, factor: number, added: CountTable, max: number): CountTable {
  const sum = sumOf(before, factor, added)
  return sum.size > max ? sum.heaviest(max * roomShare, countFloor) : sum
}

function sumOf(before: CountTable, factor: number, added: CountTable): CountTable {
  const sum = before.scaled(factor)
  added.forEach((hash, count, name) => {
    sum.add(hash, count, name)
  })
  return sum
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
  const values = before.values.map((held, field) => merged(held, factor, sums.values[field]!, censusValuesMax))
  const pairs = mergedLoosely(before.pairs, factor, sums.pairs, censusPairsMax)
  const peerActions = mergedLoosely(before.peerActions, factor, sums.peerActions, censusPairsMax)
  const peerTotals = mergedLoosely(before.peerTotals, factor, sums.peerTotals, censusPairsMax)
  const dayMaximumWeight = before.dayMaximumWeight * factor + sums.dayMaximumCount
  const body: CensusBody = {
    day,
    identities: sums.dayMaximumCount,
    values,
    pairs,
    peerActions,
    peerTotals,
    dayMaximumWeight,
    dayMaximumMean:
      dayMaximumWeight > 0
        ? (before.dayMaximumMean * before.dayMaximumWeight * factor + sums.dayMaximumSum) / dayMaximumWeight
        : 0,
  }
  return new CensusTable(body)
}

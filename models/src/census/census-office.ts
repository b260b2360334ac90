import type { Operator } from '../operator.ts'
import { CensusDay, closeDay } from './census.ts'
import type { CensusTable } from './census-table.ts'

/** What one partition's identities did on a day that is over for it. */
export interface DayReport {
  readonly partition: number
  /** How many partitions there are. */
  readonly partitions: number
  readonly day: number
  readonly sums: CensusDay
}

/** A table that is in force from its marker on. */
export interface PublishedCensus {
  readonly table: CensusTable
  readonly epoch: number
}

/** What the census remembers between reports. */
export interface CensusOfficeState {
  table: CensusTable
  epoch: number
  /** Reports of days that are not closed yet, by day, then by partition. */
  readonly open: Map<number, Map<number, CensusDay>>
  readonly changedReports: Set<string>
}

/** Days that are open at a time; the oldest is closed to make room, with the reports there are. */
const openDaysMax = 3

/**
 * Adds up the days of all partitions and publishes what is usual: a day closes when every partition has reported it, or
 * when a partition has got two days further, so that one that receives nothing holds up nobody for long. A report of a
 * day that is closed is added to the oldest open day, since sums of habits are no less true a day later.
 */
export function createCensusOffice(first: CensusTable): Operator<CensusOfficeState, DayReport, PublishedCensus> {
  return {
    name: 'census',
    init: () => ({ table: first, epoch: 0, open: new Map(), changedReports: new Set() }),
    step(state, { partition, partitions, day: reported, sums }) {
      const day = Math.max(reported, state.table.body.day + 1)
      let reports = state.open.get(day)
      if (reports === undefined) {
        reports = new Map()
        state.open.set(day, reports)
      }
      const before = reports.get(partition)
      if (before === undefined) reports.set(partition, sums)
      else before.addDay(sums)
      state.changedReports.add(reportName(day, partition))
      const published: PublishedCensus[] = []
      for (const due of [...state.open.keys()].sort((a, b) => a - b)) {
        const isComplete = state.open.get(due)!.size >= partitions
        if (isComplete || due <= reported - 2 || state.open.size > openDaysMax) published.push(close(state, due))
        else break
      }
      return published
    },
  }
}

function close(state: CensusOfficeState, day: number): PublishedCensus {
  const sums = new CensusDay()
  const reports = [...state.open.get(day)!].sort(([a], [b]) => a - b)
  for (const [partition, report] of reports) {
    sums.addDay(report)
    state.changedReports.add(reportName(day, partition))
  }
  state.open.delete(day)
  state.table = closeDay(state.table, sums, day)
  state.epoch += 1
  return { table: state.table, epoch: state.epoch }
}

/** Name of a report among the entries of the state. */
export function reportName(day: number, partition: number): string {
  return `${day}/${partition}`
}

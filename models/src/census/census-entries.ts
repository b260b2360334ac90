import { type EntryStore, jsonEntry, parseEntry, piecesOf } from '../entries.ts'
import { CensusDay } from './census.ts'
import { type CensusOfficeState, reportName } from './census-office.ts'
import { CensusTable } from './census-table.ts'

const metaName = 'meta'
const tablePrefix = 'table/'
const reportPrefix = 'report/'

interface Meta {
  readonly epoch: number
  readonly tablePieces: number
  /** Day and partition of every open report, with the number of its pieces. */
  readonly reports: readonly (readonly [number, number, number])[]
}

/** Layout of the census's entries. */
export const censusLayout = 'census-1'

/** The state of the census in entries: the table in force, and the reports of days that are not closed. */
export function censusEntries(state: CensusOfficeState): EntryStore {
  let savedEpoch = -1
  const pieces = new Map<string, number>()

  function save(name: string, value: unknown, changes: Map<string, Uint8Array | null>): void {
    const before = pieces.get(name) ?? 0
    const now = value === undefined ? [] : piecesOf(jsonEntry(value))
    for (const [index, piece] of now.entries()) changes.set(`${name}${index}`, piece)
    for (let index = now.length; index < before; index++) changes.set(`${name}${index}`, null)
    if (now.length === 0) pieces.delete(name)
    else pieces.set(name, now.length)
  }

  return {
    layout: censusLayout,
    takeChanges() {
      const changes = new Map<string, Uint8Array | null>()
      if (savedEpoch !== state.epoch) save(tablePrefix, state.table.toJson(), changes)
      savedEpoch = state.epoch
      for (const name of state.changedReports) {
        const [day, partition] = name.split('/').map(Number)
        save(`${reportPrefix}${name}/`, state.open.get(day!)?.get(partition!)?.toJson(), changes)
      }
      state.changedReports.clear()
      const reports = [...state.open].flatMap(([day, of]) =>
        [...of.keys()].map(
          (partition) => [day, partition, pieces.get(`${reportPrefix}${reportName(day, partition)}/`) ?? 0] as const,
        ),
      )
      const meta: Meta = { epoch: state.epoch, tablePieces: pieces.get(tablePrefix) ?? 0, reports }
      changes.set(metaName, jsonEntry(meta))
      return changes
    },
  }
}

/**
 * Puts entries back into a state fresh from `init`.
 *
 * @throws TypeError or SyntaxError where an entry is missing or damaged; the state must then be thrown away
 */
export function restoreCensus(state: CensusOfficeState, entries: ReadonlyMap<string, Uint8Array>): void {
  const meta = parseEntry(entries, metaName) as Meta
  state.table = CensusTable.fromJson(joined(entries, tablePrefix, meta.tablePieces))
  state.epoch = meta.epoch
  for (const [day, partition, count] of meta.reports) {
    const sums = CensusDay.fromJson(joined(entries, `${reportPrefix}${reportName(day, partition)}/`, count))
    const reports = state.open.get(day) ?? new Map<number, CensusDay>()
    state.open.set(day, reports.set(partition, sums))
    // So that the next save knows their pieces, everything restored counts as changed.
    state.changedReports.add(reportName(day, partition))
  }
}

function joined(entries: ReadonlyMap<string, Uint8Array>, prefix: string, count: number): unknown {
  const pieces: Uint8Array[] = []
  for (let index = 0; index < count; index++) {
    const piece = entries.get(`${prefix}${index}`)
    if (piece === undefined) throw new TypeError(`Cannot restore: entry "${prefix}${index}" is missing`)
    pieces.push(piece)
  }
  return JSON.parse(Buffer.concat(pieces).toString('utf8'))
}

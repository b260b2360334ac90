import type { OpenCase } from './cases/open-case.ts'
import { CensusDay } from './census/census.ts'
import type { CensusTable } from './census/census-table.ts'
import { type EntryStore, jsonEntry, parseEntry, piecesOf } from './entries.ts'
import type { Feedback } from './feedback/feedback.ts'
import type { PartitionState } from './partition.ts'
import type { ScoringModel } from './score/scoring-model.ts'
import { signals } from './signals/index.ts'
import { hash32 } from './sketches/hash.ts'
import { snapshotVersion } from './snapshot.ts'

const identityPrefix = 'identity/'
const casePrefix = 'case/'
const sumsPrefix = 'sums/'
const metaName = 'meta'

interface Meta {
  readonly highWaterMs: number
  readonly censusEpoch: number
  /** Id of the table in force; its body lies elsewhere. */
  readonly census: string
  readonly tables: string
  readonly sumsDay: number
  readonly sumsPieces: number
  readonly casesOpened: number
  /** Ids of the models that markers put in force and in shadow; `''`, or absent in older entries, for none. */
  readonly model?: string
  readonly shadow?: string
  /** Id of the labels and suppressions in force. */
  readonly feedback?: string
}

/** Layout of a partition's entries: another version, or other signals, cannot be read. */
export const partitionLayout: string = `partition-${snapshotVersion}-${(hash32(signals.map((signal) => signal.id).join()) >>> 0).toString(16)}`

/** The state of a partition in entries: one per identity and open case. The setting must ask for changes to be noted. */
export function partitionEntries(state: PartitionState): EntryStore {
  let sumsPiecesBefore = 0
  return {
    layout: partitionLayout,
    takeChanges() {
      const { detector } = state
      const changes = new Map<string, Uint8Array | null>()
      for (const uid of detector.identities.changed)
        changes.set(identityPrefix + uid, detector.identities.bytesOf(uid) ?? null)
      for (const uid of detector.changedCases) {
        const held = detector.cases.get(uid)
        changes.set(casePrefix + uid, held === undefined ? null : jsonEntry(held))
      }
      const sums = piecesOf(jsonEntry(detector.sums.toJson()))
      for (const [index, piece] of sums.entries()) changes.set(sumsPrefix + index, piece)
      for (let index = sums.length; index < sumsPiecesBefore; index++) changes.set(sumsPrefix + index, null)
      sumsPiecesBefore = sums.length
      const meta: Meta = {
        highWaterMs: state.highWaterMs,
        censusEpoch: state.censusEpoch,
        census: detector.census.id,
        tables: detector.tablesId,
        sumsDay: detector.sumsDay,
        sumsPieces: sums.length,
        casesOpened: detector.casesOpened,
        model: state.promoted,
        shadow: detector.shadow?.id ?? '',
        feedback: detector.feedback.id,
      }
      changes.set(metaName, jsonEntry(meta))
      detector.identities.changed.clear()
      detector.changedCases.clear()
      return changes
    },
  }
}

/** What entries name and do not hold. */
export interface NamedBodies {
  /** Id of the census that was in force. */
  readonly census: string
  /** Ids of the models that markers put in force and in shadow; `''` for none. */
  readonly model: string
  readonly shadow: string
  /** Id of the labels and suppressions that were in force; `''` for none. */
  readonly feedback: string
}

/** The ids of what was in force. Throws a TypeError or SyntaxError for entries that hold none. */
export function bodiesOfEntries(entries: ReadonlyMap<string, Uint8Array>): NamedBodies {
  const { census, model = '', shadow = '', feedback = '' } = parseEntry(entries, metaName) as Meta
  return { census, model, shadow, feedback }
}

/**
 * Puts entries back into a state fresh from `init`.
 *
 * @param census the table that `bodiesOfEntries` names
 * @param others the models and the feedback that it names; without a model, the one that the state was made with scores
 * @throws TypeError, RangeError or SyntaxError where an entry is missing or damaged; the state must then be thrown away
 */
export function restorePartition(
  state: PartitionState,
  entries: ReadonlyMap<string, Uint8Array>,
  census: CensusTable,
  others: {
    readonly model?: ScoringModel | undefined
    readonly shadow?: ScoringModel | undefined
    readonly feedback?: Feedback
  } = {},
): void {
  const { detector } = state
  const meta = parseEntry(entries, metaName) as Meta
  const cases: [string, OpenCase][] = []
  for (const [name, bytes] of entries)
    if (name.startsWith(identityPrefix)) detector.identities.restore(name.slice(identityPrefix.length), bytes)
    else if (name.startsWith(casePrefix))
      cases.push([name.slice(casePrefix.length), parseEntry(entries, name) as OpenCase])
  for (const [uid, held] of cases.sort(([, a], [, b]) => a.turn - b.turn)) detector.cases.set(uid, held)
  const pieces: Uint8Array[] = []
  for (let index = 0; index < meta.sumsPieces; index++) {
    const piece = entries.get(sumsPrefix + index)
    if (piece === undefined) throw new TypeError(`Cannot restore: entry "${sumsPrefix}${index}" is missing`)
    pieces.push(piece)
  }
  detector.sums = CensusDay.fromJson(JSON.parse(Buffer.concat(pieces).toString('utf8')))
  detector.sumsDay = meta.sumsDay
  detector.census = census
  if (others.model !== undefined) detector.model = others.model
  state.promoted = others.model?.id ?? ''
  detector.shadow = others.shadow
  if (others.feedback !== undefined) detector.feedback = others.feedback
  detector.tablesId = meta.tables
  detector.casesOpened = meta.casesOpened
  state.highWaterMs = meta.highWaterMs
  state.censusEpoch = meta.censusEpoch
}

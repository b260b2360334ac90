import type { OpenCase } from './cases/open-case.ts'
import { CensusDay } from './census/census.ts'
import { CensusTable } from './census/census-table.ts'
import type { DeskState } from './desk/desk.ts'
import type { PipelineState } from './pipeline.ts'
import { signals } from './signals/index.ts'
import { ByteReader, ByteWriter } from './sketches/byte-codec.ts'

/** Raised when what is encoded changes; a snapshot of another version is refused, not guessed at. */
export const snapshotVersion = 4

/** The parts of a snapshot by name: binary for identities, canonical-order JSON for the rest. */
export type SnapshotSections = ReadonlyMap<string, Uint8Array>

/** Everything the pipeline remembers, as bytes. The same state gives the same bytes. */
export function encodeSnapshot(state: PipelineState): SnapshotSections {
  const { identities } = state.partition.detector
  // Made as large as it gets, since they may be gigabytes.
  const writer = new ByteWriter(identities.encodedBytes)
  identities.encode(writer)
  return new Map([
    ['identities', writer.written()],
    ['census', json(state.partition.detector.census.toJson())],
    ['census-day', json({ day: state.partition.detector.sumsDay, sums: state.partition.detector.sums.toJson() })],
    ['cases', json([...state.partition.detector.cases])],
    ['desk', json(deskJson(state.desk))],
    [
      'pipeline',
      json({
        version: snapshotVersion,
        signals: signals.map((signal) => signal.id),
        highWaterMs: state.partition.highWaterMs,
        censusEpoch: state.partition.censusEpoch,
      }),
    ],
  ])
}

/**
 * Puts a snapshot back into a state fresh from `init`. Throws a RangeError or TypeError when a section is missing,
 * damaged, or of another version or set of signals; the state must then be thrown away.
 */
export function restoreSnapshot(state: PipelineState, sections: SnapshotSections): void {
  const pipeline = parse(sections, 'pipeline') as {
    version: number
    signals: string[]
    highWaterMs: number
    censusEpoch: number
  }
  if (pipeline.version !== snapshotVersion)
    throw new TypeError(`Cannot restore snapshot of version ${pipeline.version}: this is version ${snapshotVersion}`)
  if (pipeline.signals.join() !== signals.map((signal) => signal.id).join())
    throw new TypeError('Cannot restore snapshot: it was made with other signals')
  const { desk, partition } = state
  const { detector } = partition
  detector.identities.decode(new ByteReader(section(sections, 'identities')))
  detector.census = CensusTable.fromJson(parse(sections, 'census'))
  const day = parse(sections, 'census-day') as { day: number; sums: unknown }
  detector.sumsDay = day.day
  detector.sums = CensusDay.fromJson(day.sums)
  detector.cases.clear()
  for (const [key, held] of parse(sections, 'cases') as [string, OpenCase][]) detector.cases.set(key, held)
  const held = parse(sections, 'desk') as Omit<DeskState, 'held' | 'onceADay'> & {
    held: [string, { disposition: 'page' | 'digest' | 'suppressed'; reason: string }][]
    onceADay: [string, number][]
  }
  desk.tokens = held.tokens
  desk.refilledMs = held.refilledMs
  desk.held.clear()
  for (const [uid, disposition] of held.held) desk.held.set(uid, disposition)
  desk.onceADay.clear()
  for (const [key, last] of held.onceADay) desk.onceADay.set(key, last)
  partition.highWaterMs = pipeline.highWaterMs
  partition.censusEpoch = pipeline.censusEpoch
}

function deskJson({ tokens, refilledMs, held, onceADay }: DeskState): object {
  return { tokens, refilledMs, held: [...held], onceADay: [...onceADay] }
}

function json(value: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(value), 'utf8')
}

function section(sections: SnapshotSections, name: string): Uint8Array {
  const bytes = sections.get(name)
  if (bytes === undefined) throw new TypeError(`Cannot restore snapshot: section "${name}" is missing`)
  return bytes
}

function parse(sections: SnapshotSections, name: string): unknown {
  return JSON.parse(Buffer.from(section(sections, name)).toString('utf8'))
}

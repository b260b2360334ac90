import type { AccessEvent } from '@ostiary/schemas'
import type { CensusTable } from '../census/census-table.ts'
import type { ByteReader, ByteWriter } from '../sketches/byte-codec.ts'

/** An event as the signals of one identity see it, with what more than one of them needs worked out once. */
export interface Moment {
  readonly event: AccessEvent
  /** Days since the epoch, UTC. */
  readonly day: number
  /** Hours since the epoch, UTC. */
  readonly hour: number
  /** Hash of the event's value of each field, by `fieldIndex`; 0 where the event has none. */
  readonly values: Int32Array
  /** Hash of the identity's peer group: those of the same role, permission set or directory. */
  readonly peerGroup: number
  /** What is usual in the tenant, in force since the last day's close. */
  readonly census: CensusTable
  /** Decayed number of events this identity has taught; 0 for a newcomer. */
  readonly mass: number
  /** Event time of the identity's first and of its previous event; equal to the event's own time for a newcomer. */
  readonly firstMs: number
  readonly previousMs: number
}

/**
 * One question about an event: how surprising is it, in nats, for this identity given its own past and its tenant's?
 * A signal owns a slot of state in every identity. It reads before it learns, looks at no other identity, is finite
 * for every event and bounded in memory; the conformance suite holds every registered signal to that.
 */
export interface Signal<State = unknown> {
  readonly id: string
  init(): State
  /** Nats, ≥ 0 and finite. Must not change the state. */
  surprise(moment: Moment, state: State): number
  /** Keeps count of what happened, whether or not it may teach: the running hour, the last address. */
  observe?(moment: Moment, state: State): void
  /** Learns the event as usual, with a weight in (0, 1]. */
  learn?(moment: Moment, state: State, weight: number): void
  /** A day has passed: decays by `factor` in (0, 1]. */
  decay?(state: State, factor: number): void
  encode(state: State, writer: ByteWriter): void
  /** Takes back what `encode` wrote into a state that `init` made, whatever it holds by now. Throws a RangeError for bytes that hold none. */
  decode(reader: ByteReader, state: State): void
}

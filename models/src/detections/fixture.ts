import type { CensusTable } from '../census/census-table.ts'
import type { Reading } from './detection.ts'
import { readingsOf } from './reading.ts'
import { type EventParts, minuteMs, testEvent } from './test-event.ts'
import { TestIdentity } from './test-identity.ts'

/** One side of a fixture: what the identity did every day, what it did within the hour, and the event in question. */
interface Side {
  /** Days of history. */
  readonly days?: number
  /** The events of each day of the history. */
  readonly daily?: readonly EventParts[]
  /** Time between the events of a day. */
  readonly everyMs?: number
  /** What was done a second apart just before the event. */
  readonly before?: readonly EventParts[]
  /** Time between the end of the history and `before`. */
  readonly pauseMs?: number
  readonly event: EventParts
  readonly census?: CensusTable
}

/** A detection's fixtures: where it must apply, with what it then says, and where it must not. */
export interface Fixture {
  readonly applies: Side
  readonly says: RegExp
  readonly not: Side
}

/** For tests: what the detection's signal saw on one side of a fixture. */
export function readingOn(side: Side, signalId: string): Reading {
  const identity = new TestIdentity(side.census)
  let timeMs = identity.liveDays(side.days ?? 20, side.daily, side.everyMs) + (side.pauseMs ?? 0)
  for (const parts of side.before ?? []) {
    identity.live(testEvent({ ...parts, time: timeMs }))
    timeMs += 1000
  }
  const moment = identity.moment(testEvent({ ...side.event, time: timeMs + minuteMs }))
  return readingsOf(moment, identity.state!.slots, identity.nats(moment))(signalId)
}

/** For tests: `count` copies of an event's parts. */
export function times(count: number, parts: EventParts = {}): readonly EventParts[] {
  return Array.from({ length: count }, () => parts)
}

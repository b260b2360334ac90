import type { AccessEvent } from '@ostiary/schemas'
import { CensusDay, closeDay } from '../census/census.ts'
import { CensusTable } from '../census/census-table.ts'
import { type IdentityState, newIdentityState } from '../detector/identity-state.ts'
import { advanceDay, learn } from '../detector/learn.ts'
import { dayOf, momentOf } from '../detector/moment.ts'
import { defaultDetectorOptions } from '../detector/options.ts'
import { fieldIndex, fields } from '../signals/field.ts'
import { signals } from '../signals/index.ts'
import type { Moment, Signal } from '../signals/signal.ts'
import { hash32, hashPair } from '../sketches/hash.ts'
import { dayMs, type EventParts, minuteMs, startMs, testEvent } from './test-event.ts'

/**
 * For tests: what a tenant's other identities did on each of `days` days, and which of these events, by place, were done
 * one after the other.
 */
export function testCensus(
  events: readonly AccessEvent[],
  days: number,
  pairs: readonly (readonly [number, number])[] = [],
): CensusTable {
  const sums = new CensusDay()
  for (const event of events)
    for (const [index, field] of fields.entries()) {
      const text = field.of(event)
      if (text !== '') sums.addValue(index, hash32(text), text, days)
    }
  const { action } = fieldIndex
  const actions = events.map((event) => hash32(fields[action]!.of(event)))
  for (const [earlier, later] of pairs) sums.addPair(hashPair(actions[earlier]!, actions[later]!), days)
  return closeDay(CensusTable.empty, sums, dayOf(startMs) - 1)
}

/** For tests: one identity whose events go the detector's way: read, observe, learn. */
export class TestIdentity {
  census: CensusTable
  state: IdentityState | undefined

  constructor(census: CensusTable = testCensus([testEvent()], 20)) {
    this.census = census
  }

  /** The moment of an event for the identity as it is, its state brought to the event's day. */
  moment(event: AccessEvent): Moment {
    const day = dayOf(event.time)
    this.state ??= newIdentityState(event.time, day)
    advanceDay(this.state, day, event.time, defaultDetectorOptions, () => undefined)
    return momentOf(event, this.state, this.census)
  }

  /** Nats by signal. */
  nats(moment: Moment): Float64Array {
    return Float64Array.from(signals as readonly Signal<unknown>[], (signal, index) =>
      signal.surprise(moment, this.state!.slots[index]),
    )
  }

  surprise(signalId: string, event: AccessEvent): number {
    return this.nats(this.moment(event))[signals.findIndex((signal) => signal.id === signalId)]!
  }

  /** Lives an event: reads, observes and learns it. */
  live(event: AccessEvent): void {
    const moment = this.moment(event)
    const nats = this.nats(moment)
    const state = this.state!
    for (const [index, signal] of (signals as readonly Signal<unknown>[]).entries())
      signal.observe?.(moment, state.slots[index])
    learn(state, moment, nats, defaultDetectorOptions)
    if (event.time > state.lastMs) state.lastMs = event.time
  }

  /** Lives the same events at the same times of each of `days` days. Returns the first time after them. */
  liveDays(days: number, events: readonly EventParts[] = [{}, {}, {}, {}], everyMs: number = 10 * minuteMs): number {
    for (let day = 0; day < days; day++)
      for (const [index, parts] of events.entries())
        this.live(testEvent({ ...parts, time: startMs + day * dayMs + index * everyMs }))
    return startMs + days * dayMs
  }
}

import type { AccessEvent } from '@ostiary/schemas'
import { countTailNats } from '../sketches/count-tail.ts'
import type { Moment, Signal } from './signal.ts'

/** What is expected of an identity nobody knows yet: `priorHours` active hours with `priorCount` matching events each. */
const priorHours = 3
const priorCount = 2
/** Shape of the Gamma law that an hour's rate is drawn from: hours of work differ much, so it is low. */
const shape = 1.2

/** Matching events of the running hour, and what active hours usually hold. */
export interface BurstState {
  hour: number
  /** Matching events of the running hour. */
  observed: number
  /** Those of them that may teach. */
  taught: number
  /** Decayed sum of matching events over closed hours, and of the number of those hours. */
  events: number
  hours: number
}

/** How many matching events an hour holds with one more, and how many the identity's active hours usually hold. */
export function burstCounts(state: BurstState, hour: number): { count: number; mean: number } {
  const closing = state.hour !== hour && state.observed > 0
  const count = state.hour === hour ? state.observed + 1 : 1
  const events = state.events + (closing ? state.taught : 0) + priorHours * priorCount
  const hours = state.hours + (closing ? 1 : 0) + priorHours
  return { count, mean: events / hours }
}

/**
 * Is this identity doing more of something within the hour than in its usual active hours? Gamma-Poisson tail of the
 * running hour's count against the mean of the identity's own past active hours.
 */
export function burst(id: string, matches: (event: AccessEvent) => boolean): Signal<BurstState> {
  return {
    id: `burst.${id}`,
    init: () => ({ hour: 0, observed: 0, taught: 0, events: 0, hours: 0 }),
    surprise(moment: Moment, state: BurstState): number {
      if (!matches(moment.event)) return 0
      const { count, mean } = burstCounts(state, moment.hour)
      return countTailNats(count, mean, shape)
    },
    observe(moment: Moment, state: BurstState): void {
      if (state.hour !== moment.hour) {
        if (moment.hour < state.hour) return
        if (state.hour > 0) {
          state.events += state.taught
          state.hours += 1
        }
        state.hour = moment.hour
        state.observed = 0
        state.taught = 0
      }
      if (matches(moment.event)) state.observed += 1
    },
    learn(moment: Moment, state: BurstState, weight: number): void {
      if (state.hour === moment.hour && matches(moment.event)) state.taught += weight
    },
    decay(state: BurstState, factor: number): void {
      state.events *= factor
      state.hours *= factor
    },
    encode(state, writer) {
      writer.u32(state.hour)
      writer.f64(state.observed)
      writer.f64(state.taught)
      writer.f64(state.events)
      writer.f64(state.hours)
    },
    decode(reader, state) {
      state.hour = reader.u32()
      state.observed = reader.f64()
      state.taught = reader.f64()
      state.events = reader.f64()
      state.hours = reader.f64()
    },
  }
}

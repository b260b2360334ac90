import { countTailNats } from '../sketches/count-tail.ts'
import { type FieldId, fieldIndex } from './field.ts'
import type { Moment, Signal } from './signal.ts'

/** Most distinct values of an hour that are told apart; more count as this many. */
const spreadValuesMax = 24
const priorHours = 3
const priorCount = 3
const shape = 3

/** Distinct values of the running hour, and what active hours usually hold. */
export interface SpreadState {
  hour: number
  /** Low halves of hashes: two of 24 values fall together once in 250 hours, and cost a count of one. */
  seen: number[]
  /** Decayed sum of distinct values over closed hours, and of the number of those hours. */
  distinct: number
  hours: number
}

/** How many distinct values an hour holds with one more, and how many the identity's active hours usually hold. */
export function spreadCounts(state: SpreadState, hour: number, hash: number): { count: number; mean: number } {
  const running = state.hour === hour
  const closing = !running && state.seen.length > 0
  const isNew = !running || !state.seen.includes(hash & 0xffff)
  const count = (running ? state.seen.length : 0) + (isNew ? 1 : 0)
  const distinct = state.distinct + (closing ? state.seen.length : 0) + priorHours * priorCount
  const hours = state.hours + (closing ? 1 : 0) + priorHours
  return { count, mean: distinct / hours }
}

/** A spread with the field whose values it counts, for whoever puts it into words. */
export interface SpreadSignal extends Signal<SpreadState> {
  readonly field: FieldId
}

/** Is this identity touching more different things within the hour than in its usual active hours? */
export function spread(id: string, field: FieldId, matches: (moment: Moment) => boolean): SpreadSignal {
  const index = fieldIndex[field]
  return {
    id: `spread.${id}`,
    field,
    init: () => ({ hour: 0, seen: [], distinct: 0, hours: 0 }),
    surprise(moment: Moment, state: SpreadState): number {
      if (!matches(moment)) return 0
      const { count, mean } = spreadCounts(state, moment.hour, moment.values[index]!)
      return countTailNats(count, mean, shape)
    },
    observe(moment: Moment, state: SpreadState): void {
      if (state.hour !== moment.hour) {
        if (moment.hour < state.hour) return
        if (state.seen.length > 0) {
          state.distinct += state.seen.length
          state.hours += 1
        }
        state.hour = moment.hour
        state.seen = []
      }
      const hash = moment.values[index]!
      if (hash === 0 || state.seen.length >= spreadValuesMax || !matches(moment)) return
      if (!state.seen.includes(hash & 0xffff)) state.seen.push(hash & 0xffff)
    },
    decay(state: SpreadState, factor: number): void {
      state.distinct *= factor
      state.hours *= factor
    },
    encode(state, writer) {
      writer.u32(state.hour)
      writer.f64(state.distinct)
      writer.f64(state.hours)
      writer.u8(state.seen.length)
      for (const hash of state.seen) writer.u16(hash)
    },
    decode(reader) {
      const state: SpreadState = { hour: reader.u32(), distinct: reader.f64(), hours: reader.f64(), seen: [] }
      const size = reader.u8()
      if (size > spreadValuesMax) throw new RangeError(`Cannot hold ${size} values of an hour`)
      for (let i = 0; i < size; i++) state.seen.push(reader.u16())
      return state
    },
  }
}

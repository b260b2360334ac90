import { countTailNats } from '../sketches/count-tail.ts'
import { type FieldId, fieldIndex } from './field.ts'
import type { Moment, Signal } from './signal.ts'

/** Most distinct values of an hour that are told apart; more count as this many. */
export const spreadValuesMax = 24
const priorHours = 3
const priorCount = 3
const shape = 3

/** Distinct values of the running hour, and what active hours usually hold. */
export interface SpreadState {
  hour: number
  seen: number[]
  /** Decayed sum of distinct values over closed hours, and of the number of those hours. */
  distinct: number
  hours: number
}

/** Is this identity touching more different things within the hour than in its usual active hours? */
export function spread(id: string, field: FieldId, matches: (moment: Moment) => boolean): Signal<SpreadState> {
  const index = fieldIndex[field]
  return {
    id: `spread.${id}`,
    init: () => ({ hour: 0, seen: [], distinct: 0, hours: 0 }),
    surprise(moment: Moment, state: SpreadState): number {
      if (!matches(moment)) return 0
      const running = state.hour === moment.hour
      const closing = !running && state.seen.length > 0
      const isNew = !running || !state.seen.includes(moment.values[index]!)
      const count = (running ? state.seen.length : 0) + (isNew ? 1 : 0)
      const distinct = state.distinct + (closing ? state.seen.length : 0) + priorHours * priorCount
      const hours = state.hours + (closing ? 1 : 0) + priorHours
      return countTailNats(count, distinct / hours, shape)
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
      if (!state.seen.includes(hash)) state.seen.push(hash)
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
      for (const hash of state.seen) writer.u32(hash)
    },
    decode(reader) {
      const state: SpreadState = { hour: reader.u32(), distinct: reader.f64(), hours: reader.f64(), seen: [] }
      const size = reader.u8()
      if (size > spreadValuesMax) throw new RangeError(`Cannot hold ${size} values of an hour`)
      for (let i = 0; i < size; i++) state.seen.push(reader.u32())
      return state
    },
  }
}

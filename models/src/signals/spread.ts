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
  readonly seen: Uint16Array
  /** How many there are. */
  size: number
  /** Decayed sum of distinct values over closed hours, and of the number of those hours. */
  distinct: number
  hours: number
}

function hasSeen({ seen, size }: SpreadState, hash: number): boolean {
  const low = hash & 0xffff
  for (let i = 0; i < size; i++) if (seen[i] === low) return true
  return false
}

/** How many distinct values an hour holds with one more, and how many the identity's active hours usually hold. */
export function spreadCounts(state: SpreadState, hour: number, hash: number): { count: number; mean: number } {
  const running = state.hour === hour
  const closing = !running && state.size > 0
  const isNew = !running || !hasSeen(state, hash)
  const count = (running ? state.size : 0) + (isNew ? 1 : 0)
  const distinct = state.distinct + (closing ? state.size : 0) + priorHours * priorCount
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
    init: () => ({ hour: 0, seen: new Uint16Array(spreadValuesMax), size: 0, distinct: 0, hours: 0 }),
    surprise(moment: Moment, state: SpreadState): number {
      if (!matches(moment)) return 0
      const { count, mean } = spreadCounts(state, moment.hour, moment.values[index]!)
      return countTailNats(count, mean, shape)
    },
    observe(moment: Moment, state: SpreadState): void {
      if (state.hour !== moment.hour) {
        if (moment.hour < state.hour) return
        if (state.size > 0) {
          state.distinct += state.size
          state.hours += 1
        }
        state.hour = moment.hour
        state.size = 0
      }
      const hash = moment.values[index]!
      if (hash === 0 || state.size >= spreadValuesMax || !matches(moment)) return
      if (!hasSeen(state, hash)) state.seen[state.size++] = hash
    },
    decay(state: SpreadState, factor: number): void {
      state.distinct *= factor
      state.hours *= factor
    },
    encode(state, writer) {
      writer.u32(state.hour)
      writer.f64(state.distinct)
      writer.f64(state.hours)
      writer.u8(state.size)
      for (let i = 0; i < state.size; i++) writer.u16(state.seen[i]!)
    },
    decode(reader, state) {
      state.hour = reader.u32()
      state.distinct = reader.f64()
      state.hours = reader.f64()
      state.size = reader.u8()
      if (state.size > spreadValuesMax) throw new RangeError(`Cannot hold ${state.size} values of an hour`)
      for (let i = 0; i < state.size; i++) state.seen[i] = reader.u16()
    },
  }
}

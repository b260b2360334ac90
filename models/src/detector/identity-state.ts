import { type EntityRisk, newEntityRisk } from '../cases/entity-risk.ts'
import { fields } from '../signals/field.ts'
import { signals } from '../signals/index.ts'
import type { Signal } from '../signals/signal.ts'
import type { ByteReader, ByteWriter } from '../sketches/byte-codec.ts'

/** A lesson that waits: an event so surprising that it may be an attacker teaching. */
export interface Lesson {
  readonly timeMs: number
  readonly values: Int32Array
}

/** Most lessons that wait per identity; while they do, further ones are dropped, so that those that wait grow old. */
export const lessonsMax = 6

/** Everything that is remembered of one identity. At most `stateBytesMax` when encoded. */
export interface IdentityState {
  /** Held by all newcomers of an issuer, once there is no room for a state each. */
  shared: boolean
  firstMs: number
  lastMs: number
  /** The UTC day (since the epoch) of the newest event. */
  day: number
  /** Days with events. */
  activeDays: number
  /** Decayed number of events that taught. */
  mass: number
  /** Decayed sum of the nats of action and network, for the identity's own mean. */
  noise: number
  /** New values taught today; see `noveltyPerDayMax`. */
  novelToday: number
  /** Highest rank of today, and decayed sum and weight over the days before. */
  dayMaximum: number
  dayMaximumSum: number
  dayMaximumWeight: number
  /** Highest rank of what it taught of late, in nats, faded to `recentHighMs`. */
  recentHigh: number
  recentHighMs: number
  /** One state per signal, in the order of `signals`. */
  readonly slots: unknown[]
  readonly lessons: Lesson[]
  readonly risk: EntityRisk
}

/** What each signal does, taken out so that the loops over them look nothing up. */
const encoders = (signals as readonly Signal<unknown>[]).map((signal) => signal.encode)
const decoders = (signals as readonly Signal<unknown>[]).map((signal) => signal.decode)

/** Most bytes an identity's state may take when encoded. */
export const stateBytesMax = 4096

export function newIdentityState(timeMs: number, day: number, shared = false): IdentityState {
  return {
    shared,
    firstMs: timeMs,
    lastMs: timeMs,
    day,
    activeDays: 1,
    mass: 0,
    noise: 0,
    novelToday: 0,
    dayMaximum: 0,
    dayMaximumSum: 0,
    dayMaximumWeight: 0,
    recentHigh: 0,
    recentHighMs: timeMs,
    slots: signals.map((signal) => signal.init()),
    lessons: [],
    risk: newEntityRisk(),
  }
}

export function encodeIdentityState(state: IdentityState, writer: ByteWriter): void {
  writer.u8(state.shared ? 1 : 0)
  writer.f64(state.firstMs)
  writer.f64(state.lastMs)
  writer.u32(state.day)
  writer.u32(state.activeDays)
  writer.f64(state.mass)
  writer.f64(state.noise)
  writer.u32(state.novelToday)
  writer.f64(state.dayMaximum)
  writer.f64(state.dayMaximumSum)
  writer.f64(state.dayMaximumWeight)
  writer.f64(state.recentHigh)
  writer.f64(state.recentHighMs)
  for (let i = 0; i < encoders.length; i++) encoders[i]!(state.slots[i], writer)
  writer.f64(state.risk.bits)
  writer.f64(state.risk.timeMs)
  writer.u8(state.lessons.length)
  for (const lesson of state.lessons) {
    writer.f64(lesson.timeMs)
    for (const hash of lesson.values) writer.u32(hash)
  }
}

/** Throws a RangeError when the bytes do not hold a state of this version. */
export function decodeIdentityState(reader: ByteReader): IdentityState {
  const state = newIdentityState(0, 0)
  readIdentityState(state, reader)
  return state
}

/** The same into a state that is there already, whatever it holds: nothing of that is left. After a throw it holds nothing of use. */
export function readIdentityState(state: IdentityState, reader: ByteReader): void {
  state.shared = reader.u8() === 1
  state.firstMs = reader.f64()
  state.lastMs = reader.f64()
  state.day = reader.u32()
  state.activeDays = reader.u32()
  state.mass = reader.f64()
  state.noise = reader.f64()
  state.novelToday = reader.u32()
  state.dayMaximum = reader.f64()
  state.dayMaximumSum = reader.f64()
  state.dayMaximumWeight = reader.f64()
  state.recentHigh = reader.f64()
  state.recentHighMs = reader.f64()
  for (let i = 0; i < decoders.length; i++) decoders[i]!(reader, state.slots[i])
  state.risk.bits = reader.f64()
  state.risk.timeMs = reader.f64()
  const size = reader.u8()
  if (size > lessonsMax) throw new RangeError(`Cannot hold ${size} lessons`)
  if (state.lessons.length > 0) state.lessons.length = 0
  for (let i = 0; i < size; i++) {
    const timeMs = reader.f64()
    const values = new Int32Array(fields.length)
    for (let field = 0; field < fields.length; field++) values[field] = reader.i32()
    state.lessons.push({ timeMs, values })
  }
}

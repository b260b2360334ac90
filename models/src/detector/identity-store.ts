import { ByteReader, ByteWriter } from '../sketches/byte-codec.ts'
import { decodeIdentityState, encodeIdentityState, type IdentityState, newIdentityState } from './identity-state.ts'

/** Shared states for newcomers once the store is full: one per issuer, and one for the rest. */
const strangersMax = 1024
/** An identity leaves only when its decayed mass is under this ... */
const massFloor = 0.5
/** ... and it was not seen for this many days. */
const absentDaysMin = 90
/** Half-life of mass while absent, in days; the same as of habits. */
const halfLifeDays = 60

/**
 * The states of a partition's identities, bounded. Established identities are never evicted by strangers: when there is
 * no room, newcomers of one issuer share a state until old identities have faded.
 */
export class IdentityStore {
  readonly #states: Map<string, IdentityState> = new Map()
  readonly #identitiesMax: number
  /** Keys claimed or forgotten since somebody last cleared it; stays empty unless changes are to be noted. */
  readonly changed: Set<string> = new Set()
  readonly #notesChanges: boolean

  constructor(identitiesMax: number, notesChanges = false) {
    this.#identitiesMax = identitiesMax
    this.#notesChanges = notesChanges
  }

  get size(): number {
    return this.#states.size
  }

  get(uid: string): IdentityState | undefined {
    return this.#states.get(uid)
  }

  /** The state of an identity, made on first sight; that of its issuer's strangers when there is no room. */
  claim(uid: string, issuerUid: string, timeMs: number, day: number): IdentityState {
    const key = this.#keyFor(uid, issuerUid)
    if (this.#notesChanges) this.changed.add(key)
    const held = this.#states.get(key)
    if (held !== undefined) return held
    const state = newIdentityState(timeMs, day, key !== uid)
    this.#states.set(key, state)
    return state
  }

  #keyFor(uid: string, issuerUid: string): string {
    if (this.#states.size < this.#identitiesMax || this.#states.has(uid)) return uid
    const shared = `strangers of ${issuerUid}`
    if (this.#states.size < this.#identitiesMax + strangersMax || this.#states.has(shared)) return shared
    return 'strangers'
  }

  /** Puts a state back that was saved under this key. */
  restore(key: string, state: IdentityState): void {
    this.#states.set(key, state)
  }

  /** Lets identities go that have faded. Returns how many. */
  forgetFaded(day: number): number {
    let forgotten = 0
    for (const [uid, state] of this.#states) {
      const absentDays = day - state.day
      if (absentDays < absentDaysMin) continue
      if (state.mass * Math.exp((-Math.LN2 / halfLifeDays) * absentDays) >= massFloor) continue
      this.#states.delete(uid)
      if (this.#notesChanges) this.changed.add(uid)
      forgotten += 1
    }
    return forgotten
  }

  encode(writer: ByteWriter): void {
    writer.u32(this.#states.size)
    for (const [uid, state] of this.#states) {
      writer.text(uid)
      const one = new ByteWriter()
      encodeIdentityState(state, one)
      writer.bytes(one.finish())
    }
  }

  decode(reader: ByteReader): void {
    this.#states.clear()
    const size = reader.u32()
    for (let i = 0; i < size; i++) {
      const uid = reader.text()
      this.#states.set(uid, decodeIdentityState(new ByteReader(reader.bytes())))
    }
  }
}

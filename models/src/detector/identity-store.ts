import { ByteReader, type ByteWriter } from '../sketches/byte-codec.ts'
import { FoldedStates } from './folded-states.ts'
import type { IdentityState } from './identity-state.ts'

/** Shared states for newcomers once the store is full: one per issuer, and one for the rest. */
const strangersMax = 1024
/** An identity leaves only when its decayed mass is under this ... */
const massFloor = 0.5
/** ... and it was not seen for this many days. */
const absentDaysMin = 90
/** Half-life of mass while absent, in days; the same as of habits. */
const halfLifeDays = 60
/** States that lie unfolded at a time: those in use, of about 15 kB each. */
const unfoldedStatesMax = 1024

/**
 * The states of a partition's identities, bounded. Established identities are never evicted by strangers: when there is
 * no room, newcomers of one issuer share a state until old identities have faded.
 *
 * A state that is handed out may be looked at and changed until another identity is asked for.
 */
export class IdentityStore {
  /** Row of the state by key, in the order in which they were first claimed. */
  readonly #rows: Map<string, number> = new Map()
  readonly #states: FoldedStates
  readonly #identitiesMax: number
  /** Keys claimed or forgotten since somebody last cleared it; stays empty unless changes are to be noted. */
  readonly changed: Set<string> = new Set()
  readonly #notesChanges: boolean

  /** @param unfoldedMax states that lie unfolded at a time; changes no answer */
  constructor(identitiesMax: number, notesChanges = false, unfoldedMax: number = unfoldedStatesMax) {
    this.#identitiesMax = identitiesMax
    this.#notesChanges = notesChanges
    this.#states = new FoldedStates(unfoldedMax)
  }

  get size(): number {
    return this.#rows.size
  }

  get(uid: string): IdentityState | undefined {
    const row = this.#rows.get(uid)
    return row === undefined ? undefined : this.#states.at(row)
  }

  /** A copy of an identity's state as bytes. */
  bytesOf(uid: string): Uint8Array | undefined {
    const row = this.#rows.get(uid)
    return row === undefined ? undefined : this.#states.bytesOf(row).slice()
  }

  /** The state of an identity, made on first sight; that of its issuer's strangers when there is no room. */
  claim(uid: string, issuerUid: string, timeMs: number, day: number): IdentityState {
    let key = uid
    let row = this.#rows.get(key)
    if (row === undefined && this.#rows.size >= this.#identitiesMax) {
      key = this.#sharedKeyFor(issuerUid)
      row = this.#rows.get(key)
    }
    if (this.#notesChanges) this.changed.add(key)
    if (row === undefined) {
      row = this.#states.add(timeMs, day, key !== uid)
      this.#rows.set(key, row)
    }
    return this.#states.at(row)
  }

  #sharedKeyFor(issuerUid: string): string {
    const shared = `strangers of ${issuerUid}`
    if (this.#rows.size < this.#identitiesMax + strangersMax || this.#rows.has(shared)) return shared
    return 'strangers'
  }

  /** Puts a state back that was saved under this key, as `encodeIdentityState` wrote it. */
  restore(key: string, bytes: Uint8Array): void {
    const before = this.#rows.get(key)
    if (before !== undefined) this.#states.remove(before)
    this.#rows.set(key, this.#states.restore(new ByteReader(bytes)))
  }

  /** Lets identities go that have faded. Returns how many. */
  forgetFaded(day: number): number {
    let forgotten = 0
    for (const [uid, row] of this.#rows) {
      const absentDays = day - this.#states.dayOf(row)
      if (absentDays < absentDaysMin) continue
      const { mass } = this.#states.at(row)
      if (mass * Math.exp((-Math.LN2 / halfLifeDays) * absentDays) >= massFloor) continue
      this.#states.remove(row)
      this.#rows.delete(uid)
      if (this.#notesChanges) this.changed.add(uid)
      forgotten += 1
    }
    return forgotten
  }

  /** Bytes that `encode` writes. */
  get encodedBytes(): number {
    let bytes = 4
    for (const [uid, row] of this.#rows) bytes += 8 + Buffer.byteLength(uid, 'utf8') + this.#states.lengthOf(row)
    return bytes
  }

  encode(writer: ByteWriter): void {
    writer.u32(this.#rows.size)
    for (const [uid, row] of this.#rows) {
      writer.text(uid)
      writer.bytes(this.#states.bytesOf(row))
    }
  }

  /** Takes what `encode` wrote into a store that is empty. */
  decode(reader: ByteReader): void {
    const size = reader.u32()
    for (let i = 0; i < size; i++) {
      const uid = reader.text()
      this.restore(uid, reader.bytes())
    }
  }
}

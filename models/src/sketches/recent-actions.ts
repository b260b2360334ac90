import type { ByteReader, ByteWriter } from './byte-codec.ts'

/** Most distinct actions that are remembered. */
const recentActionsMax = 10
/** How long an action belongs to what the identity is doing now. */
export const recentWindowMs = 3_600_000

/** The last few distinct actions of an identity, with the time each was last done; oldest first. */
export class RecentActions {
  readonly #hashes: Int32Array = new Int32Array(recentActionsMax)
  readonly #times: Float64Array = new Float64Array(recentActionsMax)
  #size = 0

  get size(): number {
    return this.#size
  }

  hashAt(index: number): number {
    return this.#hashes[index]!
  }

  timeAt(index: number): number {
    return this.#times[index]!
  }

  /** Remembers an action as the newest. */
  push(hash: number, timeMs: number): void {
    const newest = this.#size - 1
    let at = newest
    while (at >= 0 && this.#hashes[at] !== hash) at -= 1
    if (at === newest && at >= 0) {
      if (timeMs > this.#times[at]!) this.#times[at] = timeMs
      return
    }
    if (at < 0 && this.#size < recentActionsMax) this.#size += 1
    else {
      // The action's own place or, where it has none and there is no room, the oldest one's closes.
      for (let i = Math.max(at, 0); i < newest; i++) {
        this.#hashes[i] = this.#hashes[i + 1]!
        this.#times[i] = this.#times[i + 1]!
      }
    }
    this.#hashes[this.#size - 1] = hash
    this.#times[this.#size - 1] = timeMs
  }

  encode(writer: ByteWriter): void {
    writer.u8(this.#size)
    for (let i = 0; i < this.#size; i++) {
      writer.u32(this.#hashes[i]!)
      writer.f64(this.#times[i]!)
    }
  }

  /** Takes back what `encode` wrote, in place of what is held. */
  decode(reader: ByteReader): void {
    const size = reader.u8()
    if (size > recentActionsMax) throw new RangeError(`Cannot hold ${size} recent actions`)
    this.#size = size
    for (let i = 0; i < size; i++) {
      this.#hashes[i] = reader.i32()
      this.#times[i] = reader.f64()
    }
  }
}

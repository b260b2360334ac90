import type { ByteReader, ByteWriter } from './byte-codec.ts'

/** Most distinct actions that are remembered. */
const recentActionsMax = 10
/** How long an action belongs to what the identity is doing now. */
export const recentWindowMs = 3_600_000

/** The last few distinct actions of an identity, with the time each was last done; oldest first. */
export class RecentActions {
  readonly #hashes: number[] = []
  readonly #times: number[] = []

  get size(): number {
    return this.#hashes.length
  }

  hashAt(index: number): number {
    return this.#hashes[index]!
  }

  timeAt(index: number): number {
    return this.#times[index]!
  }

  /** Remembers an action as the newest. */
  push(hash: number, timeMs: number): void {
    const at = this.#hashes.indexOf(hash)
    if (at === this.#hashes.length - 1 && at >= 0) {
      if (timeMs > this.#times[at]!) this.#times[at] = timeMs
      return
    }
    if (at >= 0) this.#remove(at)
    else if (this.#hashes.length >= recentActionsMax) this.#remove(0)
    this.#hashes.push(hash)
    this.#times.push(timeMs)
  }

  #remove(at: number): void {
    this.#hashes.splice(at, 1)
    this.#times.splice(at, 1)
  }

  encode(writer: ByteWriter): void {
    writer.u8(this.#hashes.length)
    for (let i = 0; i < this.#hashes.length; i++) {
      writer.u32(this.#hashes[i]!)
      writer.f64(this.#times[i]!)
    }
  }

  static decode(reader: ByteReader): RecentActions {
    const recent = new RecentActions()
    const size = reader.u8()
    if (size > recentActionsMax) throw new RangeError(`Cannot hold ${size} recent actions`)
    for (let i = 0; i < size; i++) {
      recent.#hashes.push(reader.i32())
      recent.#times.push(reader.f64())
    }
    return recent
  }
}

/**
 * The bytes of an unfinished item, carried over from one chunk to the next. What `join` gives is valid until the next `join`: the
 * chunk itself where nothing is carried, else memory that is used again. Grows to the longest item and one chunk.
 */
export class CarriedBytes {
  #memory: Buffer = Buffer.alloc(0)
  #from = 0
  #to = 0
  #isJoined = false

  /** The carried bytes and the chunk as one buffer. */
  join(chunk: Buffer): Buffer {
    const carried = this.#to - this.#from
    const needed = carried + chunk.length
    this.#isJoined = carried > 0
    if (!this.#isJoined) return chunk
    if (this.#memory.length < needed) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.#memory.length * 2))
      this.#memory.copy(larger, 0, this.#from, this.#to)
      this.#memory = larger
    } else {
      this.#memory.copyWithin(0, this.#from, this.#to)
    }
    chunk.copy(this.#memory, carried)
    this.#from = 0
    this.#to = needed
    return this.#memory.subarray(0, needed)
  }

  /** Carries on what stands from `from` on in `joined`, the answer of the last `join`. */
  keep(joined: Buffer, from: number): void {
    if (this.#isJoined) {
      // Moved at the next join only: the items before it are still looked at.
      this.#from = from
      return
    }
    const carried = joined.length - from
    if (this.#memory.length < carried) this.#memory = Buffer.allocUnsafe(joined.length)
    joined.copy(this.#memory, 0, from)
    this.#from = 0
    this.#to = carried
  }
}

/** Bytes of one remembered id: its hash. */
const hashBytes = 8

/**
 * The last events by their ids, bounded: the oldest is forgotten first. Part of a snapshot.
 *
 * Kept are 64-bit hashes, not the ids: 4 MiB instead of 22 for 262,144 of them, all of it taken at the beginning, at the price of
 * calling about one new event in 10^13 a repeat. Event ids are given by the cloud, so nobody prepares two that
 * collide. The table is open addressing with linear probing, where an entry is taken out by shifting back those that
 * follow it (Knuth, The Art of Computer Programming, vol. 3, 6.4, algorithm R).
 */
export class DuplicateRing {
  readonly #sizeMax: number
  /** By turn: the two halves of a hash. */
  readonly #hashes: Uint32Array
  /** Open addressing by the lower half: the turn plus one, or 0. At most half full. */
  readonly #slots: Uint32Array
  readonly #mask: number
  #size = 0
  /** The turn of the oldest id once the ring is full. */
  #oldest = 0
  /** What `#find` read: the halves of the last id's hash. */
  #low = 0
  #high = 0

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
    this.#hashes = new Uint32Array(sizeMax * 2)
    let slots = 4
    while (slots < sizeMax * 2) slots *= 2
    this.#slots = new Uint32Array(slots)
    this.#mask = slots - 1
  }

  get size(): number {
    return this.#size
  }

  /** Notes an id. Returns whether it was new. */
  isNew(id: string): boolean {
    return this.note(id) >= 0
  }

  /** Notes an id. Returns the turn it took, or −1 when it was there already. */
  note(id: string): number {
    this.#hash(id)
    const [low, high] = [this.#low, this.#high]
    let slot = this.#slotOf(low, high)
    if (this.#slots[slot] !== 0) return -1
    let turn = this.#size
    if (turn < this.#sizeMax) this.#size += 1
    else {
      turn = this.#oldest
      this.#oldest = (turn + 1) % this.#sizeMax
      this.#forget(turn)
      slot = this.#slotOf(low, high)
    }
    this.#hashes[turn * 2] = low
    this.#hashes[turn * 2 + 1] = high
    this.#slots[slot] = turn + 1
    return turn
  }

  /** The turn of the oldest id: what a piecewise snapshot saves beside the hashes. */
  get oldest(): number {
    return this.#oldest
  }

  /** The hashes of so many turns from one on, 8 bytes each, little-endian. */
  hashes(from = 0, count: number = this.#size): Uint8Array {
    const bytes = Buffer.alloc(Math.max(0, Math.min(count, this.#size - from)) * hashBytes)
    for (let at = 0; at < bytes.length / 4; at++) bytes.writeUInt32LE(this.#hashes[from * 2 + at]!, at * 4)
    return bytes
  }

  /** All hashes, oldest first; to be restored from turn 0. */
  hashesByAge(): Uint8Array {
    return Buffer.concat([this.hashes(this.#oldest), this.hashes(0, this.#oldest)])
  }

  /** Takes back what `hashes` and `oldest` gave. Throws a RangeError for more than there is room for. */
  restore(hashes: Uint8Array, oldest: number): void {
    const size = hashes.length / hashBytes
    if (!Number.isInteger(size) || size > this.#sizeMax || !(oldest >= 0 && oldest < Math.max(1, size)))
      throw new RangeError(`Cannot hold ${size} ids from turn ${oldest}: there is room for ${this.#sizeMax}`)
    const bytes = Buffer.from(hashes.buffer, hashes.byteOffset, hashes.byteLength)
    this.#slots.fill(0)
    this.#size = size
    this.#oldest = oldest
    for (let turn = 0; turn < size; turn++) {
      const [low, high] = [bytes.readUInt32LE(turn * hashBytes), bytes.readUInt32LE(turn * hashBytes + 4)]
      this.#hashes[turn * 2] = low
      this.#hashes[turn * 2 + 1] = high
      this.#slots[this.#slotOf(low, high)] = turn + 1
    }
  }

  /** Where a hash lies, or the free slot where it would. */
  #slotOf(low: number, high: number): number {
    let slot = low & this.#mask
    for (;;) {
      const turn = this.#slots[slot]! - 1
      if (turn < 0 || (this.#hashes[turn * 2] === low && this.#hashes[turn * 2 + 1] === high)) return slot
      slot = (slot + 1) & this.#mask
    }
  }

  #forget(turn: number): void {
    const slots = this.#slots
    let hole = this.#slotOf(this.#hashes[turn * 2]!, this.#hashes[turn * 2 + 1]!)
    for (let slot = hole; ; ) {
      slot = (slot + 1) & this.#mask
      const next = slots[slot]! - 1
      if (next < 0) break
      const home = this.#hashes[next * 2]! & this.#mask
      // An entry may move back unless its home lies behind the hole.
      if (((slot - home) & this.#mask) < ((slot - hole) & this.#mask)) continue
      slots[hole] = next + 1
      hole = slot
    }
    slots[hole] = 0
  }

  /** 64 bits over UTF-16 code units: two multiplicative hashes, mixed into each other by MurmurHash3's finaliser. After cyrb53 by bryc. */
  #hash(id: string): void {
    let [a, b] = [0xdeadbeef, 0x41c6ce57]
    for (let i = 0; i < id.length; i++) {
      const unit = id.charCodeAt(i)
      a = Math.imul(a ^ unit, 0x9e3779b1)
      b = Math.imul(b ^ unit, 0x5f356495)
    }
    this.#low = (Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35)) >>> 0
    this.#high = (Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(this.#low ^ (this.#low >>> 13), 0xc2b2ae35)) >>> 0
  }
}

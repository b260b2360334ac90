import type { ByteReader, ByteWriter } from './byte-codec.ts'

/** Scale under which weights are brought back to be worth what they say. */
const scaleMin = 1e-6

/**
 * How often each of a bounded number of values was seen, with decay, and on which day last.
 *
 * Values are 32-bit hashes, never 0. When it is full the value with the least weight makes room (ties: the one furthest
 * back), so whoever invents values evicts their own. Lookups are linear scans: an entry moves one place to the front
 * each time it is learnt, which keeps frequent values within the first few places.
 */
export class ValueCounter {
  readonly capacityMax: number
  readonly #hashes: Int32Array
  readonly #weights: Float32Array
  readonly #days: Uint16Array
  #size = 0
  /** Where the last value that was asked for lies: an event asks for the same value several times. */
  #hint = 0
  /** What a stored weight is worth: decay shrinks this one number instead of every weight. */
  #scale = 1
  #total = 0

  constructor(capacityMax: number) {
    this.capacityMax = capacityMax
    this.#hashes = new Int32Array(capacityMax)
    this.#weights = new Float32Array(capacityMax)
    this.#days = new Uint16Array(capacityMax)
  }

  /** Decayed weight of everything ever learnt, evicted values included. */
  get total(): number {
    return this.#total * this.#scale
  }

  get size(): number {
    return this.#size
  }

  #find(hash: number): number {
    const hashes = this.#hashes
    const size = this.#size
    if (this.#hint < size && hashes[this.#hint] === hash) return this.#hint
    for (let at = 0; at < size; at++)
      if (hashes[at] === hash) {
        this.#hint = at
        return at
      }
    return -1
  }

  /** Decayed count of a value; 0 when it is not held. */
  weight(hash: number): number {
    const at = this.#find(hash)
    return at < 0 ? 0 : this.#weights[at]! * this.#scale
  }

  /** Day (since the epoch) the value was last learnt; -1 when it is not held. */
  lastDay(hash: number): number {
    const at = this.#find(hash)
    return at < 0 ? -1 : this.#days[at]!
  }

  /** Adds weight to a value. */
  learn(hash: number, weight: number, day: number): void {
    const stored = weight / this.#scale
    this.#total += stored
    const at = this.#find(hash)
    if (at < 0) {
      this.#put(this.#size < this.capacityMax ? this.#size++ : this.#leastWeight(), hash, stored, day)
      return
    }
    const raised = this.#weights[at]! + stored
    const last = Math.max(day, this.#days[at]!)
    if (at === 0) this.#put(0, hash, raised, last)
    else {
      this.#put(at, this.#hashes[at - 1]!, this.#weights[at - 1]!, this.#days[at - 1]!)
      this.#put(at - 1, hash, raised, last)
      this.#hint = at - 1
    }
  }

  #put(at: number, hash: number, weight: number, day: number): void {
    this.#hashes[at] = hash
    this.#weights[at] = weight
    this.#days[at] = day
  }

  /** Forgets a value as if it had never been learnt. */
  forget(hash: number): void {
    const at = this.#find(hash)
    if (at < 0) return
    this.#total = Math.max(0, this.#total - this.#weights[at]!)
    this.#size -= 1
    for (const held of [this.#hashes, this.#weights, this.#days]) held.copyWithin(at, at + 1, this.#size + 1)
    this.#hint = 0
  }

  /** Multiplies every weight by a factor in (0, 1]. */
  decay(factor: number): void {
    this.#scale *= factor
    if (this.#scale > scaleMin) return
    // Weights grow as the scale shrinks; long before they leave a float32 they are brought back.
    for (let at = 0; at < this.#size; at++) this.#weights[at] = this.#weights[at]! * this.#scale
    this.#total *= this.#scale
    this.#scale = 1
  }

  /** Hash of the value with the most weight, of several the least; 0 where none is held. */
  heaviest(): number {
    let heaviest = 0
    let most = -1
    for (let at = 0; at < this.#size; at++) {
      const hash = this.#hashes[at]!
      const weight = this.#weights[at]!
      if (weight < most || (weight === most && hash > heaviest)) continue
      heaviest = hash
      most = weight
    }
    return heaviest
  }

  encode(writer: ByteWriter): void {
    writer.u16(this.#size)
    writer.f64(this.#total)
    writer.f64(this.#scale)
    for (let at = 0; at < this.#size; at++) {
      writer.u32(this.#hashes[at]!)
      writer.f32(this.#weights[at]!)
      writer.u16(this.#days[at]!)
    }
  }

  /** Takes back what `encode` wrote, in place of what is held. Throws a RangeError when the bytes hold more than `capacityMax`. */
  decode(reader: ByteReader): void {
    const size = reader.u16()
    if (size > this.capacityMax) throw new RangeError(`Cannot hold ${size} values in a counter of ${this.capacityMax}`)
    this.#total = reader.f64()
    this.#scale = reader.f64()
    if (!(this.#scale > 0 && this.#scale <= 1)) throw new RangeError(`Cannot read a counter of scale ${this.#scale}`)
    this.#size = size
    this.#hint = 0
    for (let at = 0; at < size; at++) {
      this.#hashes[at] = reader.i32()
      this.#weights[at] = reader.f32()
      this.#days[at] = reader.u16()
    }
  }

  #leastWeight(): number {
    let least = this.#size - 1
    let weight = this.#weights[least]!
    for (let at = least - 1; at >= 0; at--) {
      const other = this.#weights[at]!
      if (other < weight) {
        least = at
        weight = other
      }
    }
    return least
  }
}

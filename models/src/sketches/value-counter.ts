import type { ByteReader, ByteWriter } from './byte-codec.ts'

/** Places of one entry in the packed array: hash, weight (the bits of a float32), day. */
const stride = 3
/** Shared by every counter that holds nothing yet. */
const noEntries = new Int32Array(0)
/** Scale under which weights are brought back to be worth what they say. */
const scaleMin = 1e-6
const weightScratch = new Float32Array(1)
const bitsScratch = new Int32Array(weightScratch.buffer)

function bitsOf(weight: number): number {
  weightScratch[0] = weight
  return bitsScratch[0]!
}

function weightOf(bits: number): number {
  bitsScratch[0] = bits
  return weightScratch[0]!
}

/**
 * How often each of a bounded number of values was seen, with decay, and on which day last.
 *
 * Values are 32-bit hashes, never 0. When it is full the value with the least weight makes room (ties: the one furthest
 * back), so whoever invents values evicts their own. Lookups are linear scans: an entry moves one place to the front
 * each time it is learnt, which keeps frequent values within the first few places.
 * One packed array per counter, since there are a dozen counters in each of a million identities.
 */
export class ValueCounter {
  readonly capacityMax: number
  #entries: Int32Array
  #size = 0
  /** Where the last value that was asked for lies: an event asks for the same value several times. */
  #hint = 0
  /** What a stored weight is worth: decay shrinks this one number instead of every weight. */
  #scale = 1
  #total = 0

  constructor(capacityMax: number) {
    this.capacityMax = capacityMax
    this.#entries = noEntries
  }

  /** Decayed weight of everything ever learnt, evicted values included. */
  get total(): number {
    return this.#total * this.#scale
  }

  get size(): number {
    return this.#size
  }

  #find(hash: number): number {
    const entries = this.#entries
    const end = this.#size * stride
    if (this.#hint < end && entries[this.#hint] === hash) return this.#hint
    for (let at = 0; at < end; at += stride)
      if (entries[at] === hash) {
        this.#hint = at
        return at
      }
    return -1
  }

  /** Decayed count of a value; 0 when it is not held. */
  weight(hash: number): number {
    const at = this.#find(hash)
    return at < 0 ? 0 : weightOf(this.#entries[at + 1]!) * this.#scale
  }

  /** Day (since the epoch) the value was last learnt; -1 when it is not held. */
  lastDay(hash: number): number {
    const at = this.#find(hash)
    return at < 0 ? -1 : this.#entries[at + 2]!
  }

  /** Adds weight to a value. */
  learn(hash: number, weight: number, day: number): void {
    const stored = weight / this.#scale
    this.#total += stored
    const entries = this.#entries
    const at = this.#find(hash)
    if (at < 0) {
      const place = this.#size < this.capacityMax ? this.#append() : this.#leastWeight()
      this.#entries[place] = hash
      this.#entries[place + 1] = bitsOf(stored)
      this.#entries[place + 2] = day
      return
    }
    entries[at + 1] = bitsOf(weightOf(entries[at + 1]!) + stored)
    if (day > entries[at + 2]!) entries[at + 2] = day
    if (at > 0) {
      for (let i = 0; i < stride; i++) {
        const moved = entries[at + i]!
        entries[at + i] = entries[at - stride + i]!
        entries[at - stride + i] = moved
      }
    }
  }

  /** Forgets a value as if it had never been learnt. */
  forget(hash: number): void {
    const at = this.#find(hash)
    if (at < 0) return
    this.#total = Math.max(0, this.#total - weightOf(this.#entries[at + 1]!))
    this.#size -= 1
    this.#entries.copyWithin(at, at + stride, (this.#size + 1) * stride)
    this.#hint = 0
  }

  /** Multiplies every weight by a factor in (0, 1]. */
  decay(factor: number): void {
    this.#scale *= factor
    if (this.#scale > scaleMin) return
    // Weights grow as the scale shrinks; long before they leave a float32 they are brought back.
    for (let place = 0; place < this.#size * stride; place += stride)
      this.#entries[place + 1] = bitsOf(weightOf(this.#entries[place + 1]!) * this.#scale)
    this.#total *= this.#scale
    this.#scale = 1
  }

  /** Hashes of the values with the most weight, heaviest first, ties by hash. */
  top(count: number): number[] {
    const held: { hash: number; weight: number }[] = []
    for (let place = 0; place < this.#size * stride; place += stride)
      held.push({ hash: this.#entries[place]!, weight: weightOf(this.#entries[place + 1]!) })
    held.sort((a, b) => b.weight - a.weight || a.hash - b.hash)
    return held.slice(0, count).map((entry) => entry.hash)
  }

  encode(writer: ByteWriter): void {
    writer.u16(this.#size)
    writer.f64(this.#total)
    writer.f64(this.#scale)
    for (let place = 0; place < this.#size * stride; place += stride) {
      writer.u32(this.#entries[place]!)
      writer.u32(this.#entries[place + 1]!)
      writer.u16(this.#entries[place + 2]!)
    }
  }

  /** Throws a RangeError when the bytes hold more values than `capacityMax`. */
  static decode(reader: ByteReader, capacityMax: number): ValueCounter {
    const counter = new ValueCounter(capacityMax)
    const size = reader.u16()
    if (size > capacityMax) throw new RangeError(`Cannot hold ${size} values in a counter of ${capacityMax}`)
    counter.#total = reader.f64()
    counter.#scale = reader.f64()
    if (!(counter.#scale > 0 && counter.#scale <= 1))
      throw new RangeError(`Cannot read a counter of scale ${counter.#scale}`)
    for (let i = 0; i < size; i++) {
      const place = counter.#append()
      counter.#entries[place] = reader.i32()
      counter.#entries[place + 1] = reader.i32()
      counter.#entries[place + 2] = reader.u16()
    }
    return counter
  }

  #append(): number {
    const place = this.#size * stride
    if (place === this.#entries.length) {
      const grown = new Int32Array(Math.min(this.capacityMax, Math.max(2, this.#size * 2)) * stride)
      grown.set(this.#entries)
      this.#entries = grown
    }
    this.#size += 1
    return place
  }

  #leastWeight(): number {
    let least = (this.#size - 1) * stride
    let weight = weightOf(this.#entries[least + 1]!)
    for (let place = least - stride; place >= 0; place -= stride) {
      const other = weightOf(this.#entries[place + 1]!)
      if (other < weight) {
        least = place
        weight = other
      }
    }
    return least
  }
}

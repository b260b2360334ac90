/** Collects IPv4 ranges in rising order into `start, value` pairs; what lies between ranges gets the value 0. */
export class Ranges32 {
  #starts: Uint32Array
  #values: Uint32Array
  #count = 0
  #next = 0

  constructor(capacity: number) {
    this.#starts = new Uint32Array(2 * capacity + 1)
    this.#values = new Uint32Array(2 * capacity + 1)
  }

  /** Adds `first..last`, both included; ranges that begin before the end of the last one are cut to what is new. */
  add(first: number, last: number, value: number): void {
    const from = Math.max(first, this.#next)
    if (last < from) return
    if (from > this.#next) this.#push(this.#next, 0)
    this.#push(from, value)
    this.#next = last + 1
  }

  finish(): { readonly starts: Uint32Array; readonly values: Uint32Array } {
    if (this.#count > 0 && this.#next <= 0xffffffff) this.#push(this.#next, 0)
    return { starts: this.#starts.slice(0, this.#count), values: this.#values.slice(0, this.#count) }
  }

  #push(start: number, value: number): void {
    if (this.#count > 0 && this.#values[this.#count - 1] === value) return
    this.#starts[this.#count] = start
    this.#values[this.#count] = value
    this.#count += 1
  }
}

/** As {@link Ranges32} for IPv6, by the upper 64 bits as two numbers. Ranges smaller than a /64 are left out. */
export class Ranges64 {
  #high: Uint32Array
  #low: Uint32Array
  #values: Uint32Array
  #count = 0
  #nextHigh = 0
  #nextLow = 0
  #full = false

  constructor(capacity: number) {
    this.#high = new Uint32Array(2 * capacity + 1)
    this.#low = new Uint32Array(2 * capacity + 1)
    this.#values = new Uint32Array(2 * capacity + 1)
  }

  add(firstHigh: number, firstLow: number, lastHigh: number, lastLow: number, value: number): void {
    if (this.#full) return
    let high = firstHigh
    let low = firstLow
    if (isBefore(high, low, this.#nextHigh, this.#nextLow)) {
      high = this.#nextHigh
      low = this.#nextLow
    }
    if (isBefore(lastHigh, lastLow, high, low)) return
    if (isBefore(this.#nextHigh, this.#nextLow, high, low)) this.#push(this.#nextHigh, this.#nextLow, 0)
    this.#push(high, low, value)
    this.#nextLow = lastLow === 0xffffffff ? 0 : lastLow + 1
    this.#nextHigh = lastLow === 0xffffffff ? lastHigh + 1 : lastHigh
    this.#full = this.#nextHigh > 0xffffffff
  }

  finish(): { readonly high: Uint32Array; readonly low: Uint32Array; readonly values: Uint32Array } {
    if (this.#count > 0 && !this.#full) this.#push(this.#nextHigh, this.#nextLow, 0)
    return {
      high: this.#high.slice(0, this.#count),
      low: this.#low.slice(0, this.#count),
      values: this.#values.slice(0, this.#count),
    }
  }

  #push(high: number, low: number, value: number): void {
    if (this.#count > 0 && this.#values[this.#count - 1] === value) return
    this.#high[this.#count] = high
    this.#low[this.#count] = low
    this.#values[this.#count] = value
    this.#count += 1
  }
}

function isBefore(aHigh: number, aLow: number, bHigh: number, bLow: number): boolean {
  return aHigh < bHigh || (aHigh === bHigh && aLow < bLow)
}

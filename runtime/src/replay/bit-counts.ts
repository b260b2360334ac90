/** Width of a bin, in bits; a quantile is as exact as that. */
export const binBits = 0.05
/** Values beyond are counted in the outermost bins. */
const bitsMax = 64
const zeroBin = Math.round(bitsMax / binBits)

/** How many values lie where, from −64 to 64 bits: quantiles of any number of events in constant memory. */
export class BitCounts {
  readonly #bins: Float64Array = new Float64Array(2 * zeroBin + 1)
  #total = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY

  get total(): number {
    return this.#total
  }

  get min(): number {
    return this.#total === 0 ? 0 : this.#min
  }

  get max(): number {
    return this.#total === 0 ? 0 : this.#max
  }

  add(bits: number): void {
    const bin = Math.round(bits / binBits) + zeroBin
    this.#bins[Math.max(0, Math.min(2 * zeroBin, bin))]! += 1
    this.#total += 1
    if (bits < this.#min) this.#min = bits
    if (bits > this.#max) this.#max = bits
  }

  /** The value that a share of all values does not pass, to a bin; 0 where there are none. */
  quantile(share: number): number {
    // A share such as 0.07 of 100 is 7.000000000000001, and the seventh is meant.
    const rank = share * this.#total - 1e-9
    let seen = 0
    for (const [bin, count] of this.#bins.entries()) {
      seen += count
      if (count > 0 && seen >= rank) return this.#clamp((bin - zeroBin) * binBits)
    }
    return this.max
  }

  /** A bin's middle may lie beyond the values in it. */
  #clamp(bits: number): number {
    return Math.round(Math.max(this.#min, Math.min(this.#max, bits)) * 1000) / 1000
  }
}

/** Numbers of a stream of any length, thinned evenly so that no more than `sizeMax` are held. */
export class EvenSample {
  readonly #values: number[] = []
  readonly #sizeMax: number
  #stride = 1
  #seen = 0

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  get size(): number {
    return this.#values.length
  }

  add(value: number): void {
    if (this.#seen++ % this.#stride !== 0) return
    if (this.#values.length >= this.#sizeMax) {
      const kept = this.#values.filter((_, index) => index % 2 === 0)
      this.#values.length = 0
      for (const one of kept) this.#values.push(one)
      this.#stride *= 2
      if ((this.#seen - 1) % this.#stride !== 0) return
    }
    this.#values.push(value)
  }

  values(): Float64Array {
    return Float64Array.from(this.#values)
  }
}

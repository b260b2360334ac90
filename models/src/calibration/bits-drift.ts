/** Bands of one bit, and one for whatever lies above: an event in 256 does. */
const bands = 9
/** Events between two halvings: what is older weighs ever less. */
const windowEvents = 20_000
/** Fewer events tell more of chance than of drift. */
const eventsMin = 2000

/**
 * How far the bits of recent events are from those of the events a model was calibrated on, of which by definition one in
 * 2^b reached b bits: the population stability index, Σ (observed − expected) · ln(observed ÷ expected) over the shares of bands.
 */
export class BitsDrift {
  readonly #observed: Float64Array = new Float64Array(bands)
  #events = 0

  add(bits: number): void {
    this.#observed[Math.min(bands - 1, Math.max(0, Math.floor(bits)))]! += 1
    this.#events += 1
    if (this.#events < 2 * windowEvents) return
    for (let band = 0; band < bands; band++) this.#observed[band]! /= 2
    this.#events /= 2
  }

  /** `undefined` while too few events were seen. */
  index(): number | undefined {
    if (this.#events < eventsMin) return undefined
    let sum = 0
    let expected = 1
    for (let band = 0; band < bands; band++) {
      // The last band has what the halves before it have left.
      if (band < bands - 1) expected /= 2
      // Half an event each, so that an empty band has a logarithm.
      const observed = (this.#observed[band]! + 0.5) / (this.#events + bands / 2)
      sum += (observed - expected) * Math.log(observed / expected)
    }
    return sum
  }
}

/**
 * How seldom a value is: a monotone table from values to bits, where b bits mean that one value in 2^b is as high or
 * higher. Empirical as far as the data carry it, a generalised Pareto tail beyond.
 */
export interface BitsTable {
  /** Values in strictly rising order, and the bits of each, rising too. */
  readonly values: readonly number[]
  readonly bits: readonly number[]
  /** What goes on beyond the last knot. */
  readonly tail: ParetoTail
  /** Values the table was made from. */
  readonly samples: number
}

/** Exceedances of the last knot: P(X > u + y | X > u) = (1 + ξ y / σ)^(−1/ξ). */
export interface ParetoTail {
  readonly scale: number
  /** ξ ≥ 0: a bounded tail would call the next higher value impossible. */
  readonly shape: number
}

/** Exceedances that a knot needs: under about this many a frequency is a guess. */
export const exceedancesMin = 20
/** Fewest values a table may be made of. */
export const samplesMin = 1000
/** Knots per bit. */
const knotsPerBit = 4
/** Exceedances the tail is fitted to. */
const tailExceedances = 200
const shapeMax = 0.5

/** Bits of a value; `extrapolated` beyond the last knot. */
export function bitsAt(table: BitsTable, value: number): { readonly bits: number; readonly extrapolated: boolean } {
  const { values, bits } = table
  const last = values.length - 1
  if (value >= values[last]!)
    return { bits: bits[last]! + tailBits(table.tail, value - values[last]!), extrapolated: value > values[last]! }
  // Under the first knot (half of all values are) the order goes on towards 0 bits, which is never reached.
  if (value <= values[0]!) return { bits: bits[0]! * Math.exp(value - values[0]!), extrapolated: false }
  let low = 0
  let high = last
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (values[middle]! <= value) low = middle
    else high = middle
  }
  const share = (value - values[low]!) / (values[high]! - values[low]!)
  return { bits: bits[low]! + share * (bits[high]! - bits[low]!), extrapolated: false }
}

function tailBits({ scale, shape }: ParetoTail, excess: number): number {
  const nats = shape < 1e-6 ? excess / scale : Math.log1p((shape * excess) / scale) / shape
  return nats * Math.LOG2E
}

/**
 * Makes a table from a sample. The tail is fitted to the highest values by probability-weighted moments (Hosking and
 * Wallis, Parameter and Quantile Estimation for the Generalized Pareto Distribution, 1987), with ξ held in [0, ½].
 *
 * @param sample values in any order; not changed
 * @throws RangeError for fewer than `samplesMin` values
 */
export function bitsTableOf(sample: Float64Array): BitsTable {
  const samples = sample.length
  if (samples < samplesMin)
    throw new RangeError(`Cannot calibrate on ${samples} values: at least ${samplesMin} are needed`)
  const sorted = sample.slice().sort()
  const values: number[] = []
  const bits: number[] = []
  const bitsLast = Math.log(samples / exceedancesMin) * Math.LOG2E
  for (let knot = knotsPerBit; knot / knotsPerBit <= bitsLast; knot++) {
    const bit = knot / knotsPerBit
    const exceedances = Math.round(samples * Math.exp(-bit * Math.LN2))
    const value = sorted[samples - exceedances]!
    if (values.length > 0 && value <= values[values.length - 1]!) {
      // Ties: as rare as the rarest of them.
      bits[bits.length - 1] = bit
      continue
    }
    values.push(value)
    bits.push(bit)
  }
  return { values, bits, tail: tailOf(sorted, values[values.length - 1]!), samples }
}

function tailOf(sorted: Float64Array, lastKnot: number): ParetoTail {
  const count = Math.min(tailExceedances, Math.floor(sorted.length / 10))
  const threshold = sorted[sorted.length - count - 1]!
  let mean = 0
  let weighted = 0
  for (let i = 0; i < count; i++) {
    const excess = sorted[sorted.length - count + i]! - threshold
    mean += excess / count
    weighted += (excess * (1 - (i + 0.65) / count)) / count
  }
  const spread = mean - 2 * weighted
  if (!(mean > 0) || !(spread > 0)) return { scale: 1, shape: 0 }
  const shape = Math.min(Math.max(2 - mean / spread, 0), shapeMax)
  const scaleAtThreshold = shape === 0 ? mean : (1 - shape) * mean
  // A generalised Pareto tail above a higher threshold is one again, with its scale grown by ξ times the step.
  return { scale: scaleAtThreshold + shape * (lastKnot - threshold), shape }
}

import { seededRandom } from '@ostiary/models/train'

export interface Interval {
  readonly low: number
  readonly high: number
}

export interface BootstrapOptions {
  readonly seed: number
  readonly resamples: number
  /** Share of the resamples between the bounds, such as 0.9. */
  readonly level: number
}

export const bootstrapDefault: BootstrapOptions = { seed: 1, resamples: 2000, level: 0.9 }

/**
 * Percentile interval of a sum over attacks: how much it would vary had other attacks of the same kinds been tried. The
 * values of two detectors' differences, attack by attack, give the paired interval.
 */
export function bootstrapSum(values: readonly number[], options: BootstrapOptions = bootstrapDefault): Interval {
  const { resamples, level } = options
  const random = seededRandom(options.seed)
  const sums = new Float64Array(resamples)
  for (let i = 0; i < resamples; i++) {
    let sum = 0
    for (let k = 0; k < values.length; k++) sum += values[random.below(values.length)]!
    sums[i] = sum
  }
  sums.sort()
  const outside = Math.floor(((1 - level) / 2) * resamples)
  return { low: sums[outside]!, high: sums[resamples - 1 - outside]! }
}

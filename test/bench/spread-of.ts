/** What repeated measurements of one thing gave. */
export interface Spread {
  readonly median: number
  readonly min: number
  readonly max: number
}

/** Median, least and most; of an even number the mean of the middle two. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new RangeError('Cannot tell the spread of no values')
  const sorted = [...values].sort((a, b) => a - b)
  const upper = Math.floor(sorted.length / 2)
  const lower = Math.ceil(sorted.length / 2) - 1
  return { median: (sorted[lower]! + sorted[upper]!) / 2, min: sorted[0]!, max: sorted.at(-1)! }
}

/** `12.34 (11.90–15.02)`. */
export function spreadText({ median, min, max }: Spread, digits = 2): string {
  return `${median.toFixed(digits)} (${min.toFixed(digits)}–${max.toFixed(digits)})`
}

/** How many values fell into each bucket of a histogram, with their sum. Cheap enough for every signal of every event. */
export class BucketCounts {
  readonly bounds: readonly number[]
  /** By bucket, not cumulative; the last is what lies over all bounds. */
  readonly counts: Float64Array
  sum = 0

  constructor(bounds: readonly number[]) {
    this.bounds = bounds
    this.counts = new Float64Array(bounds.length + 1)
  }

  add(value: number): void {
    let bucket = 0
    while (bucket < this.bounds.length && value > this.bounds[bucket]!) bucket += 1
    this.counts[bucket]! += 1
    this.sum += value
  }

  /** Takes over what another has counted, which then begins anew. */
  take(other: BucketCounts): void {
    for (let i = 0; i < this.counts.length; i++) this.counts[i]! += other.counts[i]!
    this.sum += other.sum
    other.counts.fill(0)
    other.sum = 0
  }
}

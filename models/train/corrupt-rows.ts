import type { SeededRandom } from './seeded-random.ts'

/** How rows are spoilt before the autoencoder must restore them. */
export type Noise =
  /** Each input is exchanged with chance `share` for the same input of another row, one for all of them. */
  | { readonly kind: 'swap'; readonly share: number }
  /** Each input is shifted by a normal number of this standard deviation. */
  | { readonly kind: 'gaussian'; readonly deviation: number }

/**
 * Copies the rows of one batch to `out` and spoils them. Only inputs marked in `spoils` change: context stays true, so
 * that the autoencoder learns to restore surprises from it.
 *
 * @param rows all rows, one after another
 * @param batch positions of the batch's rows among them
 */
export function corruptRows(
  rows: Float32Array,
  batch: Uint32Array,
  spoils: readonly boolean[],
  noise: Noise,
  random: SeededRandom,
  out: Float32Array,
): void {
  const width = spoils.length
  const count = rows.length / width
  for (let k = 0; k < batch.length; k++) {
    const from = batch[k]! * width
    const to = k * width
    const donor = noise.kind === 'swap' ? random.below(count) * width : 0
    for (let i = 0; i < width; i++) {
      const value = rows[from + i]!
      if (!spoils[i]) out[to + i] = value
      else if (noise.kind === 'gaussian') out[to + i] = value + random.normal() * noise.deviation
      else out[to + i] = random.uniform() < noise.share ? rows[donor + i]! : value
    }
  }
}

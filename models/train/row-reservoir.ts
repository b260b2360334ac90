import { seededRandom } from './seeded-random.ts'

/** Most rows an autoencoder is trained on. */
export const trainingRowsMax = 200_000
const firstRows = 4096

/** An even sample of rows that come one by one, in bounded memory. */
export interface RowReservoir {
  readonly width: number
  /** Rows offered so far. */
  readonly seen: number
  /** Rows held: `seen`, up to the most. */
  readonly size: number
  /** Copies the row in, or drops it, by lot. */
  offer(row: Float32Array): void
  /** The rows held, one after another; a view that the next offer may change. */
  rows(): Float32Array
}

/**
 * Reservoir sampling (Vitter's algorithm R): after any number of rows, each had the same chance of being held. The same
 * rows in the same order with the same seed leave the same sample.
 *
 * @throws RangeError if `width` or `rowsMax` is not a whole number from 1, or `rowsMax` is over `trainingRowsMax`
 */
export function createRowReservoir(options: {
  readonly width: number
  readonly seed: number
  readonly rowsMax?: number
}): RowReservoir {
  const { width, seed, rowsMax = trainingRowsMax } = options
  if (!Number.isInteger(width) || width < 1) throw new RangeError(`Cannot sample rows of width ${width}`)
  if (!Number.isInteger(rowsMax) || rowsMax < 1 || rowsMax > trainingRowsMax)
    throw new RangeError(`Cannot sample ${rowsMax} rows: from 1 to ${trainingRowsMax} can be held`)
  const random = seededRandom(seed)
  let held = new Float32Array(Math.min(firstRows, rowsMax) * width)
  let seen = 0
  return {
    width,
    get seen() {
      return seen
    },
    get size() {
      return Math.min(seen, rowsMax)
    },
    offer(row) {
      if (row.length !== width) throw new RangeError(`Cannot sample a row of ${row.length} among rows of ${width}`)
      const at = seen < rowsMax ? seen : random.below(seen + 1)
      seen += 1
      if (at >= rowsMax) return
      if ((at + 1) * width > held.length) {
        const grown = new Float32Array(Math.min(held.length * 2, rowsMax * width))
        grown.set(held)
        held = grown
      }
      held.set(row, at * width)
    },
    rows: () => held.subarray(0, Math.min(seen, rowsMax) * width),
  }
}

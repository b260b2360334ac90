import { describe, expect, it } from 'vitest'
import { corruptRows, type Noise } from './corrupt-rows.ts'
import { seededRandom } from './seeded-random.ts'

const count = 500
/** Row k holds k at input 0, 1000 + k at input 1 and 2000 + k at input 2. */
const rows = Float32Array.from({ length: count * 3 }, (_, at) => (at % 3) * 1000 + Math.floor(at / 3))
const batch = Uint32Array.from({ length: count }, (_, index) => count - 1 - index)

function corrupted(noise: Noise, seed = 1): Float32Array {
  const out = new Float32Array(count * 3)
  corruptRows(rows, batch, [true, true, false], noise, seededRandom(seed), out)
  return out
}

function changed(out: Float32Array, input: number): number {
  let changes = 0
  for (let k = 0; k < count; k++) if (out[k * 3 + input] !== rows[batch[k]! * 3 + input]) changes += 1
  return changes
}

describe('corrupting rows', () => {
  it('swaps the share asked for with the same input of another row, and leaves context true', () => {
    const out = corrupted({ kind: 'swap', share: 0.3 })
    for (const input of [0, 1]) expect(Math.abs(changed(out, input) / count - 0.3)).toBeLessThan(0.08)
    expect(changed(out, 2)).toBe(0)
    for (let at = 0; at < out.length; at++) expect(Math.floor(out[at]! / 1000)).toBe(at % 3)
    for (let k = 0; k < count; k++) {
      const [first, second] = [out[k * 3]!, out[k * 3 + 1]! - 1000]
      const row = batch[k]!
      if (first !== row && second !== row) expect(first).toBe(second)
    }
  })

  it('shifts by normal noise of the deviation asked for', () => {
    const out = corrupted({ kind: 'gaussian', deviation: 2 })
    let squares = 0
    for (let k = 0; k < count; k++) squares += (out[k * 3]! - rows[batch[k]! * 3]!) ** 2
    expect(Math.abs(Math.sqrt(squares / count) - 2)).toBeLessThan(0.25)
    expect(changed(out, 2)).toBe(0)
  })

  it('depends on the seed alone', () => {
    const noise: Noise = { kind: 'swap', share: 0.3 }
    expect(corrupted(noise)).toEqual(corrupted(noise))
    expect(corrupted(noise, 2)).not.toEqual(corrupted(noise))
  })
})

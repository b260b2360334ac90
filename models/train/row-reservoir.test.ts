import { describe, expect, it } from 'vitest'
import { createRowReservoir, trainingRowsMax } from './row-reservoir.ts'

function sampleOf(count: number, rowsMax: number, seed: number): readonly number[] {
  const reservoir = createRowReservoir({ width: 2, seed, rowsMax })
  for (let i = 0; i < count; i++) reservoir.offer(Float32Array.of(i, -i))
  const rows = reservoir.rows()
  const ids: number[] = []
  for (let at = 0; at < rows.length; at += 2) {
    expect(rows[at + 1]! + rows[at]!).toBe(0)
    ids.push(rows[at]!)
  }
  expect(reservoir.seen).toBe(count)
  expect(reservoir.size).toBe(ids.length)
  return ids
}

describe('row reservoir', () => {
  it('holds every row while there is room, in order', () => {
    expect(sampleOf(9000, 10_000, 1)).toEqual(Array.from({ length: 9000 }, (_, index) => index))
  })

  it('holds no more than its bound, each row at most once, by the seed alone', () => {
    const sample = sampleOf(5000, 100, 3)
    expect(new Set(sample).size).toBe(100)
    expect(sampleOf(5000, 100, 3)).toEqual(sample)
    expect(sampleOf(5000, 100, 4)).not.toEqual(sample)
  })

  it('prefers neither early nor late rows', () => {
    let early = 0
    let held = 0
    for (let seed = 0; seed < 200; seed++) {
      const sample = sampleOf(1000, 50, seed)
      held += sample.length
      early += sample.filter((id) => id < 500).length
    }
    expect(Math.abs(early / held - 0.5)).toBeLessThan(0.02)
  })

  it('keeps a copy of a row, not the row', () => {
    const reservoir = createRowReservoir({ width: 1, seed: 0 })
    const row = Float32Array.of(1)
    reservoir.offer(row)
    row[0] = 2
    expect([...reservoir.rows()]).toEqual([1])
  })

  it('refuses sizes out of bounds', () => {
    expect(() => createRowReservoir({ width: 0, seed: 1 })).toThrow('width 0')
    expect(() => createRowReservoir({ width: 2, seed: 1, rowsMax: trainingRowsMax + 1 })).toThrow(`${trainingRowsMax}`)
    expect(() => createRowReservoir({ width: 2, seed: 1 }).offer(new Float32Array(3))).toThrow('row of 3')
  })
})

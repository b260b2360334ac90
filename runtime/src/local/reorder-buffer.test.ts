import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReorderBuffer } from './reorder-buffer.ts'

interface Entry {
  readonly time: number
  readonly place: number
}

function through(times: readonly number[], reorderMs: number, eventsMax: number): Entry[] {
  const buffer = new ReorderBuffer<Entry>(reorderMs, eventsMax)
  const out: Entry[] = []
  for (const [place, time] of times.entries()) {
    buffer.push({ time, place }, (entry) => out.push(entry))
    expect(buffer.size).toBeLessThanOrEqual(eventsMax)
  }
  buffer.flush((entry) => out.push(entry))
  return out
}

describe('reorder buffer', () => {
  it('gives each event exactly once, in order wherever the disorder is within its window', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 })), (jitter) => {
        const times = jitter.map((offset, index) => index * 10 + offset)
        const out = through(times, 60, 1000)
        expect(out.map(({ place }) => place).sort((a, b) => a - b)).toEqual(times.map((_, index) => index))
        expect(out).toEqual([...out].sort((a, b) => a.time - b.time || a.place - b.place))
      }),
    )
  })

  it('keeps the order of arrival for equal times', () => {
    expect(through([5, 5, 5, 5], 10, 100).map(({ place }) => place)).toEqual([0, 1, 2, 3])
  })

  it('holds no more than its bound, and loses nothing for it', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1000 })), (times) => {
        expect(through(times, 1e9, 8)).toHaveLength(times.length)
      }),
    )
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mergeByTime, openInputsMax, type TimedInput } from './merge-by-time.ts'

interface Entry {
  readonly time: number
  readonly from: string
}

let opened = 0
let openedMost = 0

function inputOf(path: string, times: readonly number[], batchSize: number): TimedInput<Entry> {
  async function* batches(): AsyncGenerator<readonly Entry[]> {
    opened += 1
    openedMost = Math.max(openedMost, opened)
    try {
      for (let at = 0; at < times.length; at += batchSize)
        yield times.slice(at, at + batchSize).map((time) => ({ time, from: path }))
    } finally {
      opened -= 1
    }
  }
  return { path, firstMs: async () => times[0], open: batches }
}

async function merged(inputs: readonly TimedInput<Entry>[]): Promise<Entry[]> {
  const out: Entry[] = []
  for await (const batch of mergeByTime(inputs)) out.push(...batch)
  return out
}

describe('merge by time', () => {
  it('gives every event once, in order of time, ties by path', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(fc.integer({ min: 0, max: 30 })), { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 1, max: 4 }),
        async (files, batchSize) => {
          const inputs = files.map((times, index) =>
            inputOf(
              `file-${index}`,
              times.sort((a, b) => a - b),
              batchSize,
            ),
          )
          const out = await merged(inputs)
          expect(out).toHaveLength(files.flat().length)
          const sorted = [...out].sort((a, b) => a.time - b.time)
          expect(out.map(({ time }) => time)).toEqual(sorted.map(({ time }) => time))
        },
      ),
    )
  })

  it('opens a bounded number of inputs at a time, and each when it is due', async () => {
    opened = 0
    openedMost = 0
    const overlapping = Array.from({ length: 200 }, (_, i) => inputOf(`f-${String(i).padStart(3, '0')}`, [i, 500], 1))
    expect(await merged(overlapping)).toHaveLength(400)
    expect(openedMost).toBe(openInputsMax)
    openedMost = 0
    const apart = Array.from({ length: 200 }, (_, i) => inputOf(`f-${i}`, [i * 10, i * 10 + 5], 1))
    expect((await merged(apart)).map(({ time }) => time)).toEqual(apart.flatMap((_, i) => [i * 10, i * 10 + 5]))
    expect(openedMost).toBeLessThanOrEqual(2)
    expect(opened).toBe(0)
  })
})

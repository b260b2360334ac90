import { expect, test } from 'vitest'
import { readerThreads, threadsFromBytes, workersByDefaultMax } from './reader-threads.ts'

function inputs(...sizes: readonly number[]): { path: string; bytes: number }[] {
  return sizes.map((bytes, index) => ({ path: `${index}`, bytes }))
}

test('as many as were asked for, one of which scores, and none without a file', () => {
  const three = inputs(10, 10, 10)
  expect(readerThreads(three, 1)).toBe(0)
  expect(readerThreads(three, 2)).toBe(1)
  expect(readerThreads(three, 4)).toBe(3)
  expect(readerThreads(three, 64)).toBe(3)
  expect(readerThreads(inputs(0), 4)).toBe(0)
  expect(readerThreads(inputs(0, 10, 0), 4)).toBe(1)
})

test('by default one a processor, where it is worth their start', () => {
  const half = threadsFromBytes / 2
  const isCompiled = true
  expect(readerThreads(inputs(half, half - 1), 0, { processors: 2, isCompiled })).toBe(0)
  expect(readerThreads(inputs(half, half), 0, { processors: 1, isCompiled })).toBe(0)
  expect(readerThreads(inputs(half, half), 0, { processors: 2, isCompiled })).toBe(1)
  expect(readerThreads(inputs(...Array(99).fill(half)), 0, { processors: 64, isCompiled })).toBe(
    workersByDefaultMax - 1,
  )
  expect(readerThreads(inputs(half, half), 0, { processors: 2, isCompiled: false })).toBe(0)
  const packed = [{ path: 'a.json.gz', bytes: threadsFromBytes / 8 }]
  expect(readerThreads(packed, 0, { processors: 2, isCompiled })).toBe(1)
})

import { expect, test } from 'vitest'
import { PartitionLag } from './partition-lag.ts'

test('a reader at the end has no lag, however long nothing comes', () => {
  const lag = new PartitionLag(0)
  expect(lag.look(10, 10, 500, 1000)).toEqual({ records: 0, seconds: 0 })
  expect(lag.look(10, 10, 500, 9_000_000)).toEqual({ records: 0, seconds: 0 })
})

test('a record that comes after an idle hour has waited since the reader was last seen at the end, not for an hour', () => {
  const lag = new PartitionLag(0)
  lag.look(10, 10, 500, 3_600_000)
  expect(lag.look(10, 12, 500, 3_605_000)).toEqual({ records: 2, seconds: 5 })
})

test('a reader of a backlog is as far behind as what it processed last', () => {
  const lag = new PartitionLag(0)
  expect(lag.look(100, 5000, 40_000, 100_000)).toEqual({ records: 4900, seconds: 60 })
  expect(lag.look(200, 5000, 90_000, 101_000)).toEqual({ records: 4800, seconds: 11 })
})

test('the end of a transaction is passed, and never a record behind it', () => {
  const lag = new PartitionLag(0)
  lag.passed(11)
  expect(lag.look(10, 11, 500, 1000).records).toBe(0)
  expect(lag.look(10, 12, 500, 1000).records).toBe(1)
  lag.passed(5)
  expect(lag.look(10, 11, 500, 2000).records).toBe(0)
})

test('while nobody can look, what was behind falls further behind', () => {
  const lag = new PartitionLag(0)
  expect(lag.at(5000, 0)).toEqual({ records: 0, seconds: 0 })
  lag.look(1, 3, 0, 1000)
  expect(lag.at(31_000, 1000)).toEqual({ records: 2, seconds: 31 })
})

import { describe, expect, test } from 'vitest'
import { fieldIndex } from '../signals/field.ts'
import { CensusDay } from './census.ts'
import { censusEntries, restoreCensus } from './census-entries.ts'
import { createCensusOffice } from './census-office.ts'
import { CensusTable } from './census-table.ts'

function sums(name: string, hash: number): CensusDay {
  const day = new CensusDay()
  day.addValue(fieldIndex.action, hash, name, 3)
  return day
}

describe('the census over partitions', () => {
  test('closes a day once every partition has told it, whatever their order', () => {
    const office = createCensusOffice(CensusTable.empty)
    const tables = [
      [0, 1],
      [1, 0],
    ].map((order) => {
      const state = office.init()
      const published = order.flatMap((partition) =>
        office.step(state, { partition, partitions: 2, day: 20_000, sums: sums(`p${partition}`, 10 + partition) }),
      )
      expect(published.map(({ epoch }) => epoch)).toEqual([1])
      return published[0]!.table
    })
    expect(tables[0]!.count(fieldIndex.action, 10)).toBe(3)
    expect(tables[0]!.count(fieldIndex.action, 11)).toBe(3)
    expect(tables[0]!.id).toBe(tables[1]!.id)
  })

  test('does not wait for ever for a partition that tells nothing', () => {
    const office = createCensusOffice(CensusTable.empty)
    const state = office.init()
    const days = [20_000, 20_001, 20_002].map((day) =>
      office.step(state, { partition: 0, partitions: 2, day, sums: sums('a', 7) }).map(({ table }) => table.body.day),
    )
    expect(days).toEqual([[], [], [20_000]])
  })

  test('adds what is told of a closed day to the next', () => {
    const office = createCensusOffice(CensusTable.empty)
    const state = office.init()
    office.step(state, { partition: 0, partitions: 1, day: 20_000, sums: sums('a', 7) })
    const [late] = office.step(state, { partition: 0, partitions: 1, day: 20_000, sums: sums('b', 8) })
    expect(late!.table.body.day).toBe(20_001)
    expect(late!.table.count(fieldIndex.action, 8)).toBe(3)
  })

  test('restored from what changed, it publishes the same tables', () => {
    const office = createCensusOffice(CensusTable.empty)
    const whole = office.init()
    let state = office.init()
    let store = censusEntries(state)
    const saved = new Map<string, Uint8Array>()
    const ids: string[][] = [[], []]
    for (let turn = 0; turn < 24; turn++) {
      const report = () => ({
        partition: turn % 3,
        partitions: 3,
        day: 20_000 + Math.floor(turn / 4),
        sums: sums(`v${turn}`, turn + 1),
      })
      ids[0]!.push(...office.step(whole, report()).map(({ table, epoch }) => `${epoch} ${table.id}`))
      ids[1]!.push(...office.step(state, report()).map(({ table, epoch }) => `${epoch} ${table.id}`))
      for (const [name, bytes] of store.takeChanges()) bytes === null ? saved.delete(name) : saved.set(name, bytes)
      if (turn % 5 !== 4) continue
      state = office.init()
      restoreCensus(state, saved)
      store = censusEntries(state)
    }
    expect(ids[0]!.length).toBeGreaterThan(3)
    expect(ids[1]).toEqual(ids[0])
  })
})

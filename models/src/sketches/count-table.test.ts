import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CountTable } from './count-table.ts'

const hashes = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).filter((hash) => hash !== 0)

test('counts as a map does, however the hashes collide', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.oneof(hashes, fc.constantFrom(16, 32, 48, -16)), fc.nat(9))), (added) => {
      const table = new CountTable()
      const map = new Map<number, number>()
      for (const [hash, count] of added) {
        table.add(hash, count)
        map.set(hash, (map.get(hash) ?? 0) + count)
      }
      expect(table.size).toBe(map.size)
      for (const [hash, count] of map) expect(table.get(hash)).toBe(count)
      expect([...table.sortedHashes()]).toEqual([...map.keys()].sort((a, b) => a - b))
      expect(table.rows().reduce((sum, { count }) => sum + count, 0)).toBe([...map.values()].reduce((a, b) => a + b, 0))
    }),
  )
})

test('keeps the first name, and gives rows by count and hash', () => {
  const table = new CountTable(0, true)
  table.add(7, 1, 'seven')
  table.add(7, 1, 'other')
  table.add(3, 2, 'three')
  table.add(9, 5, 'nine')
  expect(table.rows().map(({ name }) => name)).toEqual(['nine', 'three', 'seven'])
  expect(table.name(7)).toBe('seven')
  expect(table.name(8)).toBe('')
  expect(table.has(8)).toBe(false)
})

test('keeps the heaviest, whatever the order', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.tuple(hashes, fc.integer({ min: 1, max: 5 })), { selector: ([hash]) => hash }),
      fc.nat(20),
      fc.integer({ min: 1, max: 4 }),
      (added, sizeMax, countMin) => {
        const table = new CountTable()
        for (const [hash, count] of added) table.add(hash, count)
        const expected = table.rows().filter(({ count }) => count >= countMin)
        expect(table.heaviest(sizeMax, countMin).rows()).toEqual(expected.slice(0, sizeMax))
      },
    ),
  )
})

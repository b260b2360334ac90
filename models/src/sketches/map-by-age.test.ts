import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MapByAge } from './map-by-age.ts'

test('gives its entries from the oldest on; what is set again in between stays, what was deleted first is new', () => {
  const map = new MapByAge([
    ['a', 1],
    ['b', 2],
    ['c', 3],
  ])
  map.set('a', 4)
  map.delete('b')
  map.set('b', 5)
  expect([map.takeOldest(), map.takeOldest(), map.takeOldest(), map.takeOldest()]).toEqual([
    ['a', 4],
    ['c', 3],
    ['b', 5],
    undefined,
  ])
  map.set('d', 6)
  expect(map.takeOldest()).toEqual(['d', 6])
  expect(map.size).toBe(0)
})

test('what was cleared is not given', () => {
  const map = new MapByAge([
    ['a', 1],
    ['b', 2],
  ])
  map.takeOldest()
  map.clear()
  map.set('c', 3)
  expect(map.takeOldest()).toEqual(['c', 3])
  expect(map.takeOldest()).toBeUndefined()
})

test('takes what a plain map has first, whatever is done to both, also beyond what is looked up at a time', () => {
  const key = fc.integer({ min: 0, max: 2500 })
  const act = fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('set' as const), key }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('delete' as const), key }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('take' as const), key }) },
  )
  fc.assert(
    fc.property(fc.array(act, { maxLength: 300 }), (acts) => {
      const map = new MapByAge<number, number>()
      const plain = new Map<number, number>()
      for (let i = 0; i < 2000; i++) {
        map.set(i, i)
        plain.set(i, i)
      }
      const take = (): void => {
        const [first] = plain
        if (first !== undefined) plain.delete(first[0])
        expect(map.takeOldest()).toEqual(first)
      }
      acts.forEach(({ kind, key }, turn) => {
        if (kind === 'take') take()
        else if (kind === 'delete') expect(map.delete(key)).toBe(plain.delete(key))
        else {
          map.set(key, turn)
          plain.set(key, turn)
        }
      })
      expect([...map]).toEqual([...plain])
      while (plain.size > 0) take()
      expect(map.takeOldest()).toBeUndefined()
    }),
    { numRuns: 30 },
  )
})

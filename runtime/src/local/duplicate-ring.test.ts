import { expect, test } from 'vitest'
import { DuplicateRing } from './duplicate-ring.ts'

test('an id is new once, as long as it is among the last', () => {
  const ring = new DuplicateRing(3)
  expect(['a', 'b', 'a', 'c', 'd', 'b', 'a'].map((id) => ring.isNew(id))).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
    true,
  ])
  expect(ring.size).toBe(3)
})

test('goes on from what it gave', () => {
  const ring = new DuplicateRing(2)
  for (const id of ['a', 'b', 'c']) ring.isNew(id)
  const other = new DuplicateRing(2)
  other.restore(ring.ids())
  expect(other.ids()).toEqual(['b', 'c'])
  expect(other.isNew('c')).toBe(false)
  expect(other.isNew('a')).toBe(true)
})

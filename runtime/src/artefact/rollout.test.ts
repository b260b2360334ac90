import { expect, test } from 'vitest'
import { nextEntry, type RolloutEntry, type RolloutWish, rolloutEntryOf, rolloutOf } from './rollout.ts'

const [a, b, c] = ['a', 'b', 'c'].map((letter) => letter.repeat(64)) as [string, string, string]

function journal(...wishes: Pick<RolloutWish, 'action' | 'model'>[]): RolloutEntry[] {
  const entries: RolloutEntry[] = []
  for (const wish of wishes) entries.push(nextEntry(entries, { ...wish, by: 'ada', reason: 'why' }, 0))
  return entries
}

test('a promotion is in force until the next, and a rollback goes back by one', () => {
  const entries = journal(
    { action: 'promote', model: a },
    { action: 'promote', model: b },
    { action: 'shadow', model: c },
    { action: 'rollback' },
  )
  expect(entries.map(({ model }) => model)).toEqual([a, b, c, a])
  expect(entries.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4])
  expect(rolloutOf(entries)).toEqual({ epoch: 4, champion: a, shadow: c, before: [] })
  const all = [...entries, nextEntry(entries, { action: 'rollback', by: 'ada', reason: 'why' }, 0)]
  expect(rolloutOf(all)).toMatchObject({ champion: '', shadow: c })
  expect(() => nextEntry(all, { action: 'rollback', by: 'ada', reason: 'why' }, 0)).toThrow(/roll back/)
})

test('what changes nothing is refused', () => {
  const entries = journal({ action: 'promote', model: a })
  const wish = { by: 'ada', reason: 'why' }
  expect(() => nextEntry(entries, { ...wish, action: 'promote', model: a }, 0)).toThrow(/already/)
  expect(() => nextEntry(entries, { ...wish, action: 'shadow', model: '' }, 0)).toThrow(/already/)
})

test('an entry comes through its line; what is none is told', () => {
  const [entry] = journal({ action: 'promote', model: a })
  expect(rolloutEntryOf(JSON.stringify(entry))).toEqual(entry)
  for (const text of [
    '',
    '{}',
    'null',
    JSON.stringify({ ...entry, model: 'x' }),
    JSON.stringify({ ...entry, version: 2 }),
  ])
    expect(() => rolloutEntryOf(text)).toThrow(expect.objectContaining({ code: 'model.invalid' }))
})

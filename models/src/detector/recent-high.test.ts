import { expect, test } from 'vitest'
import { CensusTable } from '../census/census-table.ts'
import { newIdentityState } from './identity-state.ts'
import { noteRank, recentHighAt, shownNats } from './recent-high.ts'

const hourMs = 3_600_000
const startMs = 1_000 * hourMs
const censusOf = (dayMaximumMean: number) => new CensusTable({ ...CensusTable.empty.body, dayMaximumMean })

test('keeps the highest rank, and lets it fade within hours', () => {
  const state = newIdentityState(startMs, 0)
  noteRank(state, startMs, 9)
  noteRank(state, startMs, 4)
  expect(recentHighAt(state, startMs)).toBe(9)
  expect(recentHighAt(state, startMs + hourMs)).toBeCloseTo(9 / Math.E, 12)
  noteRank(state, startMs + 2 * hourMs, 4)
  expect(recentHighAt(state, startMs + 2 * hourMs)).toBe(4)
})

test('a late event finds it as it is, and turns no clock back', () => {
  const state = newIdentityState(startMs, 0)
  noteRank(state, startMs + hourMs, 6)
  expect(recentHighAt(state, startMs)).toBe(6)
  noteRank(state, startMs, 7)
  expect(recentHighAt(state, startMs + hourMs)).toBe(7)
})

test('takes off no more than a usual day of the tenant, and nothing where none is known', () => {
  const state = newIdentityState(startMs, 0)
  noteRank(state, startMs, 50)
  expect(shownNats(state, startMs, censusOf(12))).toBe(12)
  expect(shownNats(state, startMs, CensusTable.empty)).toBe(0)
  expect(shownNats(state, startMs, censusOf(-1))).toBe(0)
})

test('ranks under nothing leave nothing', () => {
  const state = newIdentityState(startMs, 0)
  noteRank(state, startMs, -5)
  expect(recentHighAt(state, startMs)).toBe(0)
})

import type { CensusTable } from '../census/census-table.ts'
import type { IdentityState } from './identity-state.ts'

/** Time in which what an identity has shown fades to 37 %. */
const recentScaleMs = 3_600_000

/** The highest rank, in nats, that the identity taught lately, faded to a time; a late event finds it as it is. */
export function recentHighAt(state: IdentityState, timeMs: number): number {
  const elapsedMs = timeMs - state.recentHighMs
  return elapsedMs > 0 ? state.recentHigh * Math.exp(-elapsedMs / recentScaleMs) : state.recentHigh
}

/**
 * Nats that the identity has shown of late already. Counts for no more than a usual day's maximum in the tenant, so that
 * nobody can hide much behind a noise of their own making.
 */
export function shownNats(state: IdentityState, timeMs: number, census: CensusTable): number {
  return Math.min(recentHighAt(state, timeMs), Math.max(census.body.dayMaximumMean, 0))
}

/** Notes the rank of an event that taught. */
export function noteRank(state: IdentityState, timeMs: number, rank: number): void {
  const before = recentHighAt(state, timeMs)
  state.recentHigh = Math.max(before, rank)
  if (timeMs > state.recentHighMs) state.recentHighMs = timeMs
}

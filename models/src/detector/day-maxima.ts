import type { CensusDay } from '../census/census.ts'
import type { CensusTable } from '../census/census-table.ts'
import type { IdentityState } from './identity-state.ts'

/** How much of the memory of earlier days' maxima is left after another active day. */
const dailyRetention = 0.9
/** Days of the tenant's mean that stand in for a past the identity does not have yet. */
const priorDays = 3
/** Most nats over the tenant's mean that a day's maximum counts for, so that nobody can raise their own bar far. */
const excessNatsMax = 10

/** Closes an identity's day: its maximum joins its own memory and, if it is established, the tenant's. */
export function closeDayMaximum(
  state: IdentityState,
  census: CensusTable,
  sums: CensusDay,
  established: boolean,
): void {
  const { dayMaximum } = state
  const tenantMean = census.body.dayMaximumMean
  const capped = Math.min(dayMaximum, tenantMean + excessNatsMax)
  state.dayMaximumSum = state.dayMaximumSum * dailyRetention + capped
  state.dayMaximumWeight = state.dayMaximumWeight * dailyRetention + 1
  state.dayMaximum = 0
  if (established) sums.addDayMaximum(capped)
}

/** How much higher, in nats, the identity's usual daily maximum is than the tenant's; negative for a quiet one. */
export function dayMaximumExcess(state: IdentityState, census: CensusTable): number {
  const tenantMean = census.body.dayMaximumMean
  return (state.dayMaximumSum + priorDays * tenantMean) / (state.dayMaximumWeight + priorDays) - tenantMean
}

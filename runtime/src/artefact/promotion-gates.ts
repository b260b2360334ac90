import type { Replay } from '../replay/replay.ts'
import type { GateResult } from './rollout.ts'

/** How far from what it promises a model may be. */
export interface GateLimits {
  /** Pages a day that the budget allows. */
  readonly alertsPerDay: number
  /** Share of the budget by which pages a day may differ from it. */
  readonly alertsWithin: number
  /** Share of labelled attacks by which the model may find fewer than the one in force. */
  readonly recallLess: number
  /** Bits by which scores may be off. */
  readonly calibrationWithin: number
}

export const defaultGateLimits: Omit<GateLimits, 'alertsPerDay'> = {
  alertsWithin: 0.5,
  recallLess: 0.05,
  calibrationWithin: 1,
}

/** Events that a frequency has to rest on: they come in clumps, and one busy identity must not decide. */
const expectedMin = 400
/** Fewest events to judge by, as many as a calibration needs. */
export const judgedEventsMin = 1000
const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** What the gates look at: a replay under the model in force and the candidate, in this order. */
export type Judged = Pick<Replay, 'from' | 'until' | 'events' | 'labelled' | 'attacks'> & {
  readonly runs: readonly Pick<Replay['runs'][number], 'pageBits' | 'overThreshold' | 'tail'>[]
}

/** Holds the second model of a replay against the first; recall only where labelled events were among those judged. */
export function promotionGates(done: Judged, limits: GateLimits): GateResult[] {
  const recall = done.attacks.length === 0 ? [] : [recallGate(done, limits)]
  return [alertsGate(done, limits), ...recall, calibrationGate(done, limits)]
}

/** Cases that deserve a page, whether or not the budget had one left. */
function alertsGate({ from, until, runs }: Judged, { alertsPerDay, alertsWithin }: GateLimits): GateResult {
  const days = Math.max(Date.parse(until) - Date.parse(from), hourMs) / dayMs
  const [champion, candidate] = runs.map(({ overThreshold }) => overThreshold / days)
  const [least, most] = [alertsPerDay * (1 - alertsWithin), alertsPerDay * (1 + alertsWithin)]
  return {
    gate: 'alerts_per_day',
    passed: candidate! >= least && candidate! <= most,
    detail:
      `${candidate!.toFixed(1)} a day over ${days.toFixed(1)} days, ${least.toFixed(1)} to ${most.toFixed(1)} expected ` +
      `of a budget of ${alertsPerDay}; the one in force ${champion!.toFixed(1)}`,
  }
}

function recallGate({ attacks, runs }: Judged, { recallLess }: GateLimits): GateResult {
  const [before, found] = runs.map(
    ({ pageBits }, index) => attacks.filter((attack) => attack.found[index]!.score >= pageBits).length,
  )
  return {
    gate: 'labelled_recall',
    passed: found! >= before! - recallLess * attacks.length,
    detail: `${found} of ${attacks.length} labelled attacks found, ${before} by the one in force`,
  }
}

function calibrationGate({ events, labelled, runs }: Judged, { calibrationWithin }: GateLimits): GateResult {
  const calm = events - labelled
  const { tail } = runs[1]!
  let worst = 0
  let at = 0
  let highest = 0
  for (let bits = 1, expected = calm / 2; expected >= expectedMin; bits++, expected /= 2) {
    const off = Math.log2(calm / Math.max(tail[bits] ?? 0, 1)) - bits
    highest = bits
    if (Math.abs(off) <= Math.abs(worst)) continue
    worst = off
    at = bits
  }
  return {
    gate: 'calibration',
    passed: Math.abs(worst) <= calibrationWithin,
    detail: `off by ${Math.abs(worst).toFixed(2)} bits at ${at} (${worst < 0 ? 'too many' : 'too few'} events), looked at up to ${highest} bits; ${calibrationWithin} allowed`,
  }
}

import type { EventScore, ScoringModel } from '@ostiary/models'
import type { Label } from '../replay/labels.ts'
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
const bitsMax = 64

/** What one model said of the events: enough to judge by, bounded by what it would page. */
class Tally {
  readonly pageBits: number
  /** Identities' hours that would be paged, which stand for cases. */
  readonly pagedHours: Set<string> = new Set()
  readonly found: Set<string> = new Set()
  /** Unlabelled events with at least so many whole bits. */
  readonly reached: number[] = Array.from({ length: bitsMax }, () => 0)
  events = 0

  constructor(model: ScoringModel, alertsPerDay: number) {
    this.pageBits = model.pageBits(alertsPerDay)
  }

  take({ event, score }: EventScore, attack: string | undefined): void {
    if (score >= this.pageBits) {
      this.pagedHours.add(`${event.identity.uid} ${Math.floor(event.time / hourMs)}`)
      if (attack !== undefined) this.found.add(attack)
    }
    if (attack !== undefined) return
    this.events += 1
    for (let bits = 0; bits < bitsMax && score >= bits; bits++) this.reached[bits]! += 1
  }
}

/** Holds a model against the one in force, over the same events in the same state. */
export class PromotionGates {
  readonly #limits: GateLimits
  readonly #labels: ReadonlyMap<string, Label> | undefined
  readonly #champion: Tally
  readonly #candidate: Tally
  readonly #attacks: Set<string> = new Set()
  #fromMs = Number.POSITIVE_INFINITY
  #untilMs = Number.NEGATIVE_INFINITY

  /** @param labels what events were part of, by the event's id; `undefined` where nothing is known */
  constructor(
    champion: ScoringModel,
    candidate: ScoringModel,
    limits: GateLimits,
    labels: ReadonlyMap<string, Label> | undefined,
  ) {
    this.#limits = limits
    this.#labels = labels
    this.#champion = new Tally(champion, limits.alertsPerDay)
    this.#candidate = new Tally(candidate, limits.alertsPerDay)
  }

  /** Events judged so far that belong to no attack. */
  get events(): number {
    return this.#candidate.events
  }

  takeChampion(score: EventScore): void {
    const { time, event_uid: uid } = score.event
    if (time < this.#fromMs) this.#fromMs = time
    if (time > this.#untilMs) this.#untilMs = time
    const attack = this.#labels?.get(uid)?.label
    if (attack !== undefined) this.#attacks.add(attack)
    this.#champion.take(score, attack)
  }

  takeCandidate(score: EventScore): void {
    this.#candidate.take(score, this.#labels?.get(score.event.event_uid)?.label)
  }

  /** What each gate found; that of recall only where labelled events were among those judged. */
  results(): GateResult[] {
    const recall = this.#attacks.size === 0 ? [] : [this.#recall()]
    return [this.#alerts(), ...recall, this.#calibration()]
  }

  #alerts(): GateResult {
    const { alertsPerDay, alertsWithin } = this.#limits
    const days = Math.max(this.#untilMs - this.#fromMs, hourMs) / dayMs
    const [candidate, champion] = [this.#candidate, this.#champion].map(({ pagedHours }) => pagedHours.size / days)
    const [least, most] = [alertsPerDay * (1 - alertsWithin), alertsPerDay * (1 + alertsWithin)]
    return {
      gate: 'alerts_per_day',
      passed: candidate! >= least && candidate! <= most,
      detail:
        `${candidate!.toFixed(1)} a day over ${days.toFixed(1)} days, ${least.toFixed(1)} to ${most.toFixed(1)} expected ` +
        `of a budget of ${alertsPerDay}; the one in force ${champion!.toFixed(1)}`,
    }
  }

  #recall(): GateResult {
    const all = this.#attacks.size
    const { found } = this.#candidate
    const before = this.#champion.found
    return {
      gate: 'labelled_recall',
      passed: found.size >= before.size - this.#limits.recallLess * all,
      detail: `${found.size} of ${all} labelled attacks found, ${before.size} by the one in force`,
    }
  }

  #calibration(): GateResult {
    const { events, reached } = this.#candidate
    let worst = 0
    let at = 0
    let highest = 0
    for (let bits = 1; bits < bitsMax && events * 2 ** -bits >= expectedMin; bits++) {
      const seen = Math.log2(events / Math.max(reached[bits]!, 1))
      highest = bits
      if (Math.abs(seen - bits) <= Math.abs(worst)) continue
      worst = seen - bits
      at = bits
    }
    const { calibrationWithin } = this.#limits
    return {
      gate: 'calibration',
      passed: Math.abs(worst) <= calibrationWithin,
      detail: `off by ${Math.abs(worst).toFixed(2)} bits at ${at} (${worst < 0 ? 'too many' : 'too few'} events), looked at up to ${highest} bits; ${calibrationWithin} allowed`,
    }
  }
}

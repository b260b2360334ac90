import { apiMatchedAuc } from './api-matched-auc.ts'
import { averagePrecision } from './average-precision.ts'
import { kindsAt, type LabelledTrace } from './labelled-trace.ts'

/** Alerts a day per 1,000 identities that are looked at. */
export const budgets = [5, 10, 50] as const
export type Budget = (typeof budgets)[number]

/** How many of how many. */
export interface Share {
  readonly found: number
  readonly of: number
}

export interface BudgetResult {
  readonly alerts: number
  /** Attacks of which an alerted identity-hour holds an event. */
  readonly found: readonly string[]
  /** Attacks of which an event is itself at or over the threshold. */
  readonly foundStrict: readonly string[]
  readonly byVariant: Readonly<Record<string, Share>>
  /** Alerts that hold an event of an attack, of all. */
  readonly precision: number
  readonly falseAlerts: number
  readonly falseAlertsOnHardNegatives: Readonly<Record<string, number>>
  readonly falseAlertsElsewhere: number
  /** Seconds from an attack's first event to its first alerted one. */
  readonly medianSecondsToDetect: number | undefined
}

export interface Evaluation {
  readonly scoredEvents: number
  readonly attackEvents: number
  readonly identities: number
  readonly days: number
  readonly attacks: number
  /** Identity-hours with an event. */
  readonly units: number
  readonly eventPrAuc: number | undefined
  readonly apiMatchedAuc: number | undefined
  readonly apiMatchedAucByVariant: Readonly<Record<string, number>>
  readonly apiUnmatchedAttackEvents: number
  readonly budgets: Readonly<Record<Budget, BudgetResult>>
}

/** What would be one alert: an identity's hour, by its best event. */
interface Unit {
  readonly identity: string
  readonly hour: string
  score: number
  tieBreak: number
  readonly attacks: Set<string>
}

/**
 * Scores a detector as the outside measurement does (`evaluate.py`, scores mode): one alert is an identity's UTC hour with
 * the score of its best event; one threshold for the whole trace lets as many through as a budget allows.
 *
 * @param scoreOf an event's score by its id, higher is stranger; `undefined` counts as the lowest
 */
export function evaluate(trace: LabelledTrace, scoreOf: (id: string) => number | undefined): Evaluation {
  const given = trace.events.map((event) => scoreOf(event.id))
  const lowest = given.reduce<number>((low, score) => Math.min(low, score ?? low), given.find(isNumber) ?? 0) - 1
  const scores = given.map((score) => score ?? lowest)
  const isAttack = trace.events.map((event) => event.attack !== '')
  const ranked = rankedUnits(trace, scores)
  const matched = apiMatchedAuc(trace, scores)
  const results = budgets.map((budget) => [budget, budgetResult(trace, scores, ranked, budget)] as const)
  return {
    scoredEvents: scores.length,
    attackEvents: isAttack.filter(Boolean).length,
    identities: trace.identities,
    days: trace.days,
    attacks: trace.attacks.size,
    units: ranked.length,
    eventPrAuc: averagePrecision(isAttack, scores),
    apiMatchedAuc: matched.auc,
    apiMatchedAucByVariant: matched.byVariant,
    apiUnmatchedAttackEvents: matched.unmatchedEvents,
    budgets: Object.fromEntries(results) as Record<Budget, BudgetResult>,
  }
}

function isNumber(score: number | undefined): score is number {
  return score !== undefined
}

/** The hour of an RFC 3339 time: `2026-03-24T15`. */
function hourOf(time: string): string {
  return time.slice(0, 13)
}

function unitKey(identity: string, hour: string): string {
  return `${hour} ${identity}`
}

/** All identity-hours, the strangest first; equal ones by the CRC-32 of their best event, then by first appearance. */
function rankedUnits(trace: LabelledTrace, scores: readonly number[]): Unit[] {
  const units = new Map<string, Unit>()
  for (const [index, { identity, time, attack }] of trace.events.entries()) {
    const hour = hourOf(time)
    const score = scores[index]!
    const tieBreak = trace.tieBreaks[index]!
    let unit = units.get(unitKey(identity, hour))
    if (unit === undefined) {
      unit = { identity, hour, score, tieBreak, attacks: new Set() }
      units.set(unitKey(identity, hour), unit)
    } else if (score > unit.score || (score === unit.score && tieBreak > unit.tieBreak)) {
      unit.score = score
      unit.tieBreak = tieBreak
    }
    if (attack !== '') unit.attacks.add(attack)
  }
  return [...units.values()].sort((a, b) => b.score - a.score || b.tieBreak - a.tieBreak)
}

function budgetResult(
  trace: LabelledTrace,
  scores: readonly number[],
  ranked: readonly Unit[],
  budget: Budget,
): BudgetResult {
  const size = Math.max(1, Math.floor(((budget * trace.identities) / 1000) * trace.days))
  const alerts = ranked.slice(0, size)
  const found = new Set(alerts.flatMap((unit) => [...unit.attacks]))
  const strict = firstAlerted(trace, scores, alerts)
  const wrong = alerts.filter((unit) => unit.attacks.size === 0)
  const onHardNegatives: Record<string, number> = {}
  let elsewhere = 0
  for (const { identity, hour } of wrong) {
    const kinds = kindsAt(trace, identity, hour)
    if (kinds.size === 0) elsewhere += 1
    for (const kind of kinds) onHardNegatives[kind] = (onHardNegatives[kind] ?? 0) + 1
  }
  return {
    alerts: alerts.length,
    found: [...found].sort(),
    foundStrict: [...strict.keys()].sort(),
    byVariant: byVariant(trace, found),
    precision: (alerts.length - wrong.length) / alerts.length,
    falseAlerts: wrong.length,
    falseAlertsOnHardNegatives: onHardNegatives,
    falseAlertsElsewhere: elsewhere,
    medianSecondsToDetect: upperMedian(secondsToDetect(trace, strict)),
  }
}

/** By attack, the time of its first event that is itself at or over the threshold, in an alerted unit. */
function firstAlerted(trace: LabelledTrace, scores: readonly number[], alerts: readonly Unit[]): Map<string, string> {
  const keys = new Set(alerts.map(({ identity, hour }) => unitKey(identity, hour)))
  const last = alerts.at(-1)!
  const first = new Map<string, string>()
  for (const [index, { attack, identity, time }] of trace.events.entries()) {
    if (attack === '' || !keys.has(unitKey(identity, hourOf(time)))) continue
    const score = scores[index]!
    if (score < last.score || (score === last.score && trace.tieBreaks[index]! < last.tieBreak)) continue
    const before = first.get(attack)
    if (before === undefined || time < before) first.set(attack, time)
  }
  return first
}

function secondsToDetect(trace: LabelledTrace, detected: ReadonlyMap<string, string>): number[] {
  const begun = new Map<string, string>()
  for (const { attack, time } of trace.events)
    if (attack !== '' && !(begun.get(attack)! <= time)) begun.set(attack, time)
  return [...detected].map(([attack, time]) => secondsOf(time) - secondsOf(begun.get(attack)!))
}

function secondsOf(time: string): number {
  return Date.parse(`${time.slice(0, 19)}Z`) / 1000
}

function upperMedian(values: readonly number[]): number | undefined {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]
}

function byVariant(trace: LabelledTrace, found: ReadonlySet<string>): Record<string, Share> {
  const shares: Record<string, Share> = {}
  for (const [id, info] of trace.attacks) {
    const before = shares[info['variant']!] ?? { found: 0, of: 0 }
    shares[info['variant']!] = { found: before.found + Number(found.has(id)), of: before.of + 1 }
  }
  return shares
}

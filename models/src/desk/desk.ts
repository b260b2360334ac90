import type { Alert, Finding } from '@ostiary/schemas'
import { type Suppression, suppresses, suppressionWords } from '../feedback/feedback.ts'
import type { Operator } from '../operator.ts'

/** What the desk is told about how many pages a day a team can read, and from which score a case deserves one. */
export interface DeskOptions {
  /** Pages a day, per tenant; also the most that a quiet time saves up. */
  readonly alertsPerDay: number
  /** Score, in bits, under which a case is never paged, however empty the day. */
  readonly pageBits: number
  /** Cases whose disposition is remembered, for later revisions; the oldest is forgotten first. */
  readonly casesMax: number
  /** Whether what changed is noted, for whoever saves the state piece by piece. */
  readonly notesChanges?: boolean
}

export interface DeskInput {
  readonly finding: Finding
  /** Threshold of the model which the finding names, where it is not the options' own. */
  readonly pageBits?: number
  /** Of the feedback which the finding names. */
  readonly suppressions?: readonly Suppression[]
}

const noSuppressions: readonly Suppression[] = []

/** The disposition of a case, and why. */
export interface Held {
  readonly disposition: Alert['disposition']
  readonly reason: string
}

/** The desk's memory, per tenant. */
export interface DeskState {
  /** Pages that may be sent now. */
  tokens: number
  refilledMs: number
  /** By case. */
  readonly held: Map<string, Held>
  /** UTC day by identity and what happens once a day: each policy that always pages, each page of the budget. */
  readonly onceADay: Map<string, number>
  /** Cases, and what happened once a day, that changed since somebody last looked; empty unless changes are noted. */
  readonly changedHeld: Set<string>
  readonly changedOnceADay: Set<string>
}

const dayMs = 86_400_000

/**
 * Gives each case its one disposition: a page while the budget lasts, else a place in the digest. The budget is a token
 * bucket in event time; a case counts once, when it is first paged. It alone writes alerts.
 */
export function createDesk(options: DeskOptions): Operator<DeskState, DeskInput, Alert> {
  return {
    name: 'desk',
    init: () => ({
      tokens: options.alertsPerDay,
      refilledMs: -1,
      held: new Map(),
      onceADay: new Map(),
      changedHeld: new Set(),
      changedOnceADay: new Set(),
    }),
    step(state, input) {
      const { finding, pageBits = options.pageBits, suppressions = noSuppressions } = input
      refill(state, finding.time, options)
      const before = state.held.get(finding.finding_uid)
      const held = before?.disposition === 'page' ? before : dispose(state, finding, pageBits, suppressions, options)
      state.held.delete(finding.finding_uid)
      state.held.set(finding.finding_uid, held)
      if (options.notesChanges) state.changedHeld.add(finding.finding_uid)
      forgetOldest(state.held, options.casesMax, options.notesChanges ? state.changedHeld : undefined)
      return [{ ...finding, disposition: held.disposition, disposition_reason: held.reason }]
    },
  }
}

function refill(state: DeskState, timeMs: number, options: DeskOptions): void {
  if (state.refilledMs < 0) state.refilledMs = timeMs
  if (timeMs <= state.refilledMs) return
  const added = ((timeMs - state.refilledMs) / dayMs) * options.alertsPerDay
  state.tokens = Math.min(options.alertsPerDay, state.tokens + added)
  state.refilledMs = timeMs
}

function dispose(
  state: DeskState,
  finding: Finding,
  pageBits: number,
  suppressions: readonly Suppression[],
  options: DeskOptions,
): Held {
  const suppression = suppressions.find((rule) => suppresses(rule, finding))
  if (suppression !== undefined) return { disposition: 'suppressed', reason: suppressionWords(suppression) }
  if (finding.always && anyFirstOfDay(state, finding, finding.policies, options))
    return { disposition: 'page', reason: 'a policy that always pages applies' }
  const score = round(finding.score)
  if (finding.score < pageBits)
    return {
      disposition: 'digest',
      reason: `score ${score} is under the paging threshold of ${round(pageBits)}`,
    }
  if (state.tokens < 1)
    return { disposition: 'digest', reason: `the budget of ${options.alertsPerDay} pages a day is spent` }
  const places = pagesPerIdentity(options)
  if (!placesOf(places).some((place) => anyFirstOfDay(state, finding, [place], options)))
    return {
      disposition: 'digest',
      reason: `${places} pages of the day went to this identity: the others are for others`,
    }
  state.tokens -= 1
  return {
    disposition: 'page',
    reason: `score ${score} is over the paging threshold of ${round(pageBits)}, within the budget`,
  }
}

/** Pages of the budget that one identity may take in a day: a quarter, so that whoever is noisy cannot spend it alone. */
function pagesPerIdentity({ alertsPerDay }: DeskOptions): number {
  return Math.max(1, Math.ceil(alertsPerDay / 4))
}

/** Names of an identity's pages of a day; no policy has a digit in its id. */
function placesOf(pages: number): string[] {
  return Array.from({ length: pages }, (_, index) => `page ${index + 1}`)
}

/** Whether any of these happens to the identity for the first time in the day; notes all of them. */
function anyFirstOfDay(state: DeskState, finding: Finding, what: readonly string[], options: DeskOptions): boolean {
  const day = Math.floor(finding.time / dayMs)
  let first = false
  for (const one of what) {
    const key = `${finding.identity_uid} ${one}`
    if (state.onceADay.get(key) === day) continue
    state.onceADay.delete(key)
    state.onceADay.set(key, day)
    if (options.notesChanges) state.changedOnceADay.add(key)
    first = true
  }
  forgetOldest(state.onceADay, options.casesMax, options.notesChanges ? state.changedOnceADay : undefined)
  return first
}

function forgetOldest(map: Map<string, unknown>, sizeMax: number, changed: Set<string> | undefined): void {
  for (const key of map.keys()) {
    if (map.size <= sizeMax) return
    map.delete(key)
    changed?.add(key)
  }
}

function round(bits: number): string {
  return bits.toFixed(1)
}

import type { Verdict } from '../feedback/feedback.ts'
import { fieldIndex, fields } from '../signals/field.ts'
import { signals } from '../signals/index.ts'
import { newValueNats, priorShare } from '../signals/new-value.ts'
import type { Moment, Signal } from '../signals/signal.ts'
import type { ValueCounter } from '../sketches/value-counter.ts'
import { type IdentityState, type Lesson, lessonsMax } from './identity-state.ts'
import type { DetectorOptions } from './options.ts'

/** Half-life of an identity's habits, in days. */
const halfLifeDays = 60
const dailyFactor = Math.exp(-Math.LN2 / halfLifeDays)
/** Longest absence that is decayed day by day; what is older has all but faded. */
const decayDaysMax = 730

/** Fields whose surprise decides whether a lesson waits. */
const guardedFields = (['action', 'asn', 'country', 'user_agent'] as const).map((id) => fieldIndex[id])
const noiseSignals = ['new_value.action', 'new_value.asn'].map((id) => signals.findIndex((signal) => signal.id === id))
/** The signals that learn, with their places. */
const learners = (signals as readonly Signal<unknown>[]).flatMap(({ learn }, index) =>
  learn === undefined ? [] : [{ index, learn }],
)
/** Slot of each field's counter; −1 for fields that no signal counts. */
export const counterSlots: readonly number[] = fields.map((field) =>
  signals.findIndex((signal) => signal.id === `new_value.${field.id}`),
)
/** Mass under which everything is new, so nothing waits. */
const establishedMass = 50
const establishedDays = 3
/** A value nobody can call usual: its surprise, in nats, counts as a novelty. */
const noveltyNats = 3

/** An identity whose habits may shape what is usual in the tenant. */
export function isEstablished(state: IdentityState): boolean {
  return !state.shared && state.activeDays >= establishedDays && state.mass >= establishedMass
}

/** What was said of an identity's doings at a time. */
export type VerdictAt = (timeMs: number) => Verdict | undefined

/** Brings a state to the event's day: decays habits, and lets lessons that waited long enough teach, or what was said of them count. */
export function advanceDay(
  state: IdentityState,
  day: number,
  timeMs: number,
  options: DetectorOptions,
  verdictAt: VerdictAt,
): void {
  if (day <= state.day) return
  const days = Math.min(day - state.day, decayDaysMax)
  let factor = 1
  for (let i = 0; i < days; i++) factor *= dailyFactor
  state.day = day
  state.activeDays += 1
  state.mass *= factor
  state.noise *= factor
  state.novelToday = 0
  for (const [index, signal] of (signals as readonly Signal<unknown>[]).entries())
    signal.decay?.(state.slots[index], factor)
  settleLessons(state, timeMs, options, verdictAt)
}

/**
 * A benign lesson teaches like any event. One that nobody spoke of teaches at `agedWeight` once it has waited; what was an attack,
 * or is expected for a time only, has then waited for nothing and is forgotten. Until then nothing is done that
 * could not be taken back.
 */
function settleLessons(state: IdentityState, timeMs: number, options: DetectorOptions, verdictAt: VerdictAt): void {
  const waiting = state.lessons.splice(0)
  for (const lesson of waiting) {
    const verdict = verdictAt(lesson.timeMs)
    if (verdict === 'benign') teachLesson(state, lesson, 1)
    else if (timeMs - lesson.timeMs < options.quarantineMs) state.lessons.push(lesson)
    else if (verdict === undefined) teachLesson(state, lesson, options.agedWeight)
    else forgetLesson(state, lesson, waiting, options)
  }
}

function teachLesson(state: IdentityState, { timeMs, values }: Lesson, weight: number): void {
  const lessonDay = Math.floor(timeMs / 86_400_000)
  eachCounter(state, values, (counter, hash) => counter.learn(hash, weight, lessonDay))
  state.mass += weight
}

/** Forgets the values that are known from having waited only; another lesson may still need them. */
function forgetLesson(
  state: IdentityState,
  lesson: Lesson,
  waiting: readonly Lesson[],
  options: DetectorOptions,
): void {
  eachCounter(state, lesson.values, (counter, hash, field) => {
    const isOthers = waiting.some((other) => other !== lesson && other.values[field] === hash)
    if (!isOthers && counter.weight(hash) <= options.rememberedWeight) counter.forget(hash)
  })
}

function eachCounter(
  state: IdentityState,
  values: Int32Array,
  action: (counter: ValueCounter, hash: number, field: number) => void,
): void {
  for (let field = 0; field < fields.length; field++) {
    const hash = values[field]!
    const slot = counterSlots[field]!
    if (hash !== 0 && slot >= 0) action(state.slots[slot] as ValueCounter, hash, field)
  }
}

/** What became of an event as a lesson. */
export type LessonOutcome = 'taught' | 'waits' | 'over_novelty' | 'too_late'

/**
 * Teaches the event, or makes it wait. Depends on signals only, never on a model or a disposition, so that a shadow
 * model shares the champion's state.
 */
export function learn(
  state: IdentityState,
  moment: Moment,
  nats: Float64Array,
  options: DetectorOptions,
): LessonOutcome {
  if (moment.event.late_ms > options.latenessMs) return 'too_late'
  let guarded = 0
  let novel = false
  for (const field of guardedFields) {
    const read = unrememberedNats(state, moment, field, nats[counterSlots[field]!]!, options)
    guarded += read
    if (read > noveltyNats) novel = true
  }
  if (isEstablished(state)) {
    if (guarded * Math.LOG2E > options.quarantineBits) {
      if (state.lessons.length < lessonsMax)
        state.lessons.push({ timeMs: moment.event.time, values: moment.values.slice() })
      remember(state, moment, options)
      return 'waits'
    }
    if (novel) {
      if (state.novelToday >= options.noveltyPerDayMax) {
        remember(state, moment, options)
        return 'over_novelty'
      }
      state.novelToday += 1
    }
  }
  for (const { index, learn: learnOne } of learners) learnOne(moment, state.slots[index], 1)
  state.mass += 1
  for (const index of noiseSignals) state.noise += nats[index]!
  return 'taught'
}

/**
 * Nats of a field as they would be had no lesson that waits been remembered: else the first strange event would open the
 * door to its own repeats.
 */
function unrememberedNats(
  state: IdentityState,
  moment: Moment,
  field: number,
  nats: number,
  options: DetectorOptions,
): number {
  const hash = moment.values[field]!
  if (hash === 0) return 0
  const counter = state.slots[counterSlots[field]!] as ValueCounter
  const own = counter.weight(hash)
  if (own === 0 || own > options.rememberedWeight) return nats
  return newValueNats(0, counter.total, priorShare(moment, field, hash))
}

/** The action's counter, which the census reads to count an identity's day once per value. */
export function counterOf(state: IdentityState, field: keyof typeof fieldIndex): ValueCounter {
  return state.slots[counterSlots[fieldIndex[field]]!] as ValueCounter
}

/**
 * Keeps the values of an event that may not teach just well enough that their repeat is no news: each is raised to
 * `rememberedWeight` and no further, however often it comes, so insisting makes nothing usual.
 */
function remember(state: IdentityState, moment: Moment, options: DetectorOptions): void {
  eachCounter(state, moment.values, (counter, hash) => {
    const missing = options.rememberedWeight - counter.weight(hash)
    if (missing > 0) counter.learn(hash, missing, moment.day)
  })
}

import type { IdentityType } from '@ostiary/schemas'
import type { Moment, Signal } from './signal.ts'

/** Silence that is worth asking about, in days, for people and for what nobody has classed. */
export const dormantDaysMin = 30
/** ... and for programs, which take no holidays. */
const machineSilentDaysMin = 3
/** What is expected of an identity nobody knows yet: `priorGaps` gaps of `priorGapDays` between days with events. */
const priorGaps = 3
const priorGapDays = 1.5
/** Shape of the law of gaps: holidays, illness and quarterly jobs make its tail heavy. */
const shape = 3
/** The events of an identity that woke up carry its silence this long, since the first is seldom the one that matters. */
const wakingMs = 3_600_000

const dayMs = 86_400_000

/** The usual gaps between an identity's days with events, and the silence it last woke from. */
export interface DormancyState {
  /** Decayed number and sum of gaps between days with events. */
  gaps: number
  gapDays: number
  wokeMs: number
  /** Length of the silence that ended at `wokeMs`, and the usual gap until then. */
  silentDays: number
  usualDays: number
}

/** A silence that the event ends, or ended within the last hour. */
export interface Silence {
  readonly silentDays: number
  /** Mean gap between the identity's days with events before it, smoothed. */
  readonly usualDays: number
}

/** The silence before the event; undefined when there was none worth asking about. */
export function silenceOf(moment: Moment, state: DormancyState): Silence | undefined {
  const silentDays = (moment.event.time - moment.previousMs) / dayMs
  if (silentDays >= daysMinOf(moment.event.identity.type))
    return { silentDays, usualDays: (state.gapDays + priorGaps * priorGapDays) / (state.gaps + priorGaps) }
  const sinceWoke = moment.event.time - state.wokeMs
  return state.silentDays > 0 && sinceWoke >= 0 && sinceWoke <= wakingMs ? state : undefined
}

function daysMinOf(type: IdentityType): number {
  return type === 'workload' || type === 'ci' || type === 'cloud_internal' ? machineSilentDaysMin : dormantDaysMin
}

/**
 * Was this identity silent for much longer than it usually is? Tail of a Lomax law (Pareto type II: exponential gaps
 * whose rate differs from month to month) with the identity's own mean m:
 *
 *     s = 3 ln(1 + silence / (2 m))
 */
export const dormancy: Signal<DormancyState> = {
  id: 'dormancy',
  init: () => ({ gaps: 0, gapDays: 0, wokeMs: 0, silentDays: 0, usualDays: 0 }),
  surprise(moment, state) {
    const silence = silenceOf(moment, state)
    return silence === undefined ? 0 : shape * Math.log1p(silence.silentDays / ((shape - 1) * silence.usualDays))
  },
  observe(moment, state) {
    if (moment.event.time - moment.previousMs < machineSilentDaysMin * dayMs) return
    const silence = silenceOf(moment, state)
    if (silence === undefined) return
    state.wokeMs = moment.event.time
    state.silentDays = silence.silentDays
    state.usualDays = silence.usualDays
  },
  learn(moment, state, weight) {
    const days = moment.day - Math.floor(moment.previousMs / dayMs)
    if (days < 1) return
    state.gaps += weight
    state.gapDays += weight * days
  },
  decay(state, factor) {
    state.gaps *= factor
    state.gapDays *= factor
  },
  encode(state, writer) {
    writer.f64(state.gaps)
    writer.f64(state.gapDays)
    writer.f64(state.wokeMs)
    writer.f64(state.silentDays)
    writer.f64(state.usualDays)
  },
  decode(reader, state) {
    state.gaps = reader.f64()
    state.gapDays = reader.f64()
    state.wokeMs = reader.f64()
    state.silentDays = reader.f64()
    state.usualDays = reader.f64()
  },
}

import type { AccessEvent, Exhibit, Finding } from '@ostiary/schemas'
import { addRisk, riskFloorBits } from '../cases/entity-risk.ts'
import {
  growCase,
  nextRevision,
  type OpenCase,
  openCase,
  type StrangeEvent,
  type Versions,
} from '../cases/open-case.ts'
import { CensusDay } from '../census/census.ts'
import type { CensusTable } from '../census/census-table.ts'
import type { Policy } from '../detections/detection.ts'
import { policiesOf } from '../detections/index.ts'
import { explainEvent } from '../explain/explain-event.ts'
import type { Explanation } from '../explain/explanation.ts'
import type { Operator } from '../operator.ts'
import { impactBitsOf, impactOf } from '../score/impact.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { fieldIndex } from '../signals/field.ts'
import { signals } from '../signals/index.ts'
import type { Moment, Signal } from '../signals/signal.ts'
import { ByteWriter } from '../sketches/byte-codec.ts'
import { addToCensus } from './census-lesson.ts'
import { closeDayMaximum } from './day-maxima.ts'
import { encodeIdentityState, type IdentityState } from './identity-state.ts'
import { IdentityStore } from './identity-store.ts'
import { advanceDay, counterOf, isEstablished, type LessonOutcome, learn } from './learn.ts'
import { dayOf, momentOf } from './moment.ts'
import type { DetectorOptions } from './options.ts'
import { noteRank } from './recent-high.ts'
import { Scorer } from './scorer.ts'

/** What enters a partition of the detector: events and markers, in the one order that decides every answer. */
export type DetectorInput =
  | { readonly kind: 'event'; readonly event: AccessEvent }
  /** Event time has passed `timeMs`; written when the high-water mark enters another hour. */
  | { readonly kind: 'tick'; readonly timeMs: number }
  | { readonly kind: 'census'; readonly table: CensusTable }
  /** Events from here on were enriched with these tables. */
  | { readonly kind: 'tables'; readonly id: string }

/** How one event was scored: calibrated bits, and the nats they were read from. */
export interface EventScore {
  readonly event: AccessEvent
  readonly score: number
  readonly surprise: number
  readonly impact: number
  readonly autoencoder: number
  readonly scoreNats: number
  readonly surpriseNats: number
  /** Nats by signal, in the order of `signals`. Valid until the next step only. */
  readonly nats: Float64Array
  readonly lesson: LessonOutcome
}

export type DetectorOutput =
  | { readonly kind: 'score'; readonly score: EventScore }
  | { readonly kind: 'finding'; readonly finding: Finding }
  /** What the partition's identities did on a day that is over; for the census. */
  | { readonly kind: 'census_day'; readonly day: number; readonly sums: CensusDay }
  | { readonly kind: 'exhibit'; readonly exhibit: Exhibit }

/** Everything a partition of the detector remembers. */
export interface DetectorState {
  readonly identities: IdentityStore
  /** By identity, in the order in which they were opened. */
  readonly cases: Map<string, OpenCase>
  /** Identities whose case has changed since somebody last looked; see `IdentityStore.changed`. */
  readonly changedCases: Set<string>
  /** Cases opened so far. */
  casesOpened: number
  census: CensusTable
  model: ScoringModel
  tablesId: string
  sums: CensusDay
  /** The day that `sums` adds up; −1 before the first event. */
  sumsDay: number
  /** Events too late to teach since the detector was made; told, not remembered. */
  tooLate: number
}

/** What a detector is made with, beside its options. */
export interface DetectorSetting {
  readonly model: ScoringModel
  /** Tables that the first events were enriched with; `''` where a marker tells. */
  readonly tablesId: string
  readonly codeVersion: string
  /** Whether scores are wanted as outputs. */
  readonly scores: boolean
  /** Whether exhibits are wanted as outputs. */
  readonly exhibits?: boolean
  /** Whether what changed is noted, for whoever saves the state piece by piece. */
  readonly notesChanges?: boolean
}

/** Events of an action that an identity must have taught for its policies to give no news by themselves. */
const routineEvents = 3

const nothing: readonly DetectorOutput[] = []
/** The signals that keep count of what happens, with their places. */
const observers = (signals as readonly Signal<unknown>[]).flatMap(({ observe }, index) =>
  observe === undefined ? [] : [{ index, observe }],
)

/** Scores every event against what its identity usually does, opens and grows cases, then learns. The heart of Ostiary. */
export function createDetector(
  options: DetectorOptions,
  setting: DetectorSetting,
): Operator<DetectorState, DetectorInput, DetectorOutput> {
  const scorer = new Scorer()
  return {
    name: 'detector',
    init: () => ({
      identities: new IdentityStore(options.identitiesMax, setting.notesChanges === true),
      cases: new Map(),
      changedCases: new Set(),
      casesOpened: 0,
      census: setting.model.census,
      model: setting.model,
      tablesId: setting.tablesId,
      sums: new CensusDay(),
      sumsDay: -1,
      tooLate: 0,
    }),
    step(state, input) {
      switch (input.kind) {
        case 'event':
          return onEvent(state, input.event, options, setting, scorer)
        case 'tick':
          return onTick(state, input.timeMs, options, setting)
        case 'census':
          state.census = input.table
          return nothing
        case 'tables':
          state.tablesId = input.id
          return nothing
      }
    },
  }
}

function onEvent(
  state: DetectorState,
  given: AccessEvent,
  options: DetectorOptions,
  setting: DetectorSetting,
  scorer: Scorer,
): readonly DetectorOutput[] {
  const day = dayOf(given.time)
  if (state.sumsDay < 0) state.sumsDay = day
  const identity = state.identities.claim(given.identity.uid, given.identity.issuer_uid, given.time, day)
  // Late is what lies behind the identity's own newest event: whatever others do changes nothing for it.
  const lateMs = identity.lastMs - given.time
  const event = lateMs > 0 ? { ...given, late_ms: lateMs } : given
  if (lateMs > options.latenessMs) state.tooLate += 1
  if (day > identity.day) {
    closeDayMaximum(identity, state.census, state.sums, isEstablished(identity))
    advanceDay(identity, day, event.time, options)
  }
  const moment = momentOf(event, identity, state.census, scorer.values)
  const matched = policiesOf(event)
  const impactParts = impactOf(event, policyBits(matched))
  const impact = impactBitsOf(impactParts)
  const scored = scorer.score(moment, identity, impactParts, state.model)
  const { score, surprise } = scored
  const outputs: DetectorOutput[] = []
  if (score > riskFloorBits) addRisk(identity.risk, event.time, score)
  const telling = isRoutine(identity, moment) ? matched.filter((policy) => !policy.mayBeRoutine) : matched
  if (score >= options.digestBits || telling.length > 0) {
    const strange: StrangeEvent = {
      event,
      score,
      surprise,
      impact,
      autoencoder: scored.autoencoderBits,
      extrapolated: scored.extrapolated,
      policies: matched.map((policy) => policy.id),
      always: telling.some((policy) => policy.always),
    }
    const explain = (): Explanation => explainEvent(moment, identity, impactParts, scored, scorer, state.model, matched)
    onStrange(state, strange, identity, explain, options, setting, outputs)
  }
  const lesson = teach(state, identity, moment, scored.rank, scorer.nats, options)
  if (setting.scores)
    outputs.push({
      kind: 'score',
      score: {
        event,
        score,
        surprise,
        impact,
        autoencoder: scored.autoencoderBits,
        scoreNats: scored.scoreNats,
        surpriseNats: scored.surpriseNats,
        nats: scorer.nats,
        lesson,
      },
    })
  return outputs
}

/** Whether the identity has a habit of the event's action, learnt before and aged past any quarantine. */
function isRoutine(identity: IdentityState, moment: Moment): boolean {
  if (!isEstablished(identity)) return false
  return counterOf(identity, 'action').weight(moment.values[fieldIndex.action]!) >= routineEvents
}

/** Everything an event changes in its identity's state and in the tenant's day, after it was scored. */
function teach(
  state: DetectorState,
  identity: IdentityState,
  moment: Moment,
  rawRank: number,
  nats: Float64Array,
  options: DetectorOptions,
): LessonOutcome {
  const { event } = moment
  const late = event.late_ms > options.latenessMs
  if (!late && isEstablished(identity)) addToCensus(state.sums, identity, moment)
  if (!late) for (const { index, observe } of observers) observe(moment, identity.slots[index])
  const lesson = learn(identity, moment, nats, options)
  if (lesson === 'taught') {
    if (rawRank > identity.dayMaximum) identity.dayMaximum = rawRank
    noteRank(identity, event.time, rawRank)
  }
  if (event.time > identity.lastMs) identity.lastMs = event.time
  if (event.time < identity.firstMs) identity.firstMs = event.time
  return lesson
}

function policyBits(matched: readonly Policy[]): number {
  let bits = 0
  for (const policy of matched) bits += policy.impactBits
  return bits
}

/** Opens a case or grows the open one, and sends a revision if one is due. */
function onStrange(
  state: DetectorState,
  strange: StrangeEvent,
  identity: IdentityState,
  explain: () => Explanation,
  options: DetectorOptions,
  setting: DetectorSetting,
  outputs: DetectorOutput[],
): void {
  const { event } = strange
  const key = event.identity.uid
  let held = state.cases.get(key)
  if (held !== undefined && isOver(held, event.time, options)) {
    closeCase(state, key, held, held.lastMs + options.caseGapMs, setting, outputs)
    held = undefined
  }
  if (held !== undefined) growCase(held, strange, explain)
  else {
    if (state.cases.size >= options.openCasesMax) closeOldest(state, setting, outputs)
    held = openCase(strange, explain(), state.casesOpened++)
    state.cases.set(key, held)
  }
  if (setting.notesChanges) state.changedCases.add(key)
  const finding = nextRevision(held, false, event.time, versionsOf(state, setting))
  if (finding === undefined) return
  outputs.push({ kind: 'finding', finding })
  if (setting.exhibits) outputs.push({ kind: 'exhibit', exhibit: exhibitOf(finding, event, identity, state) })
}

/** What the revision was computed from. The identity's state is as it was before the event, which has not taught yet. */
function exhibitOf(
  { finding_uid, revision, model, tables, code }: Finding,
  event: AccessEvent,
  identity: IdentityState,
  state: DetectorState,
): Exhibit {
  const writer = new ByteWriter()
  encodeIdentityState(identity, writer)
  return {
    finding_uid,
    revision,
    identity_uid: event.identity.uid,
    event,
    state: writer.finish(),
    model,
    tables,
    census: state.census.id,
    code,
  }
}

function isOver(held: OpenCase, timeMs: number, options: DetectorOptions): boolean {
  return timeMs - held.lastMs > options.caseGapMs || timeMs - held.firstMs > options.caseMaxMs
}

function closeOldest(state: DetectorState, setting: DetectorSetting, outputs: DetectorOutput[]): void {
  for (const [key, held] of state.cases) {
    closeCase(state, key, held, held.lastMs, setting, outputs)
    return
  }
}

function closeCase(
  state: DetectorState,
  key: string,
  held: OpenCase,
  timeMs: number,
  setting: DetectorSetting,
  outputs: DetectorOutput[],
): void {
  const finding = nextRevision(held, true, timeMs, versionsOf(state, setting))
  if (finding !== undefined) outputs.push({ kind: 'finding', finding })
  state.cases.delete(key)
  if (setting.notesChanges) state.changedCases.add(key)
}

function versionsOf(state: DetectorState, setting: DetectorSetting): Versions {
  return { model: state.model.id, tables: state.tablesId, code: setting.codeVersion }
}

/** Closes the cases whose time is over and, at midnight UTC, hands the day to the census. */
function onTick(
  state: DetectorState,
  timeMs: number,
  options: DetectorOptions,
  setting: DetectorSetting,
): readonly DetectorOutput[] {
  const outputs: DetectorOutput[] = []
  for (const [key, held] of state.cases) {
    if (!isOver(held, timeMs, options)) continue
    closeCase(state, key, held, held.lastMs + options.caseGapMs, setting, outputs)
  }
  const day = dayOf(timeMs)
  // A partition without events reports its days too, so that nobody waits for it.
  if (state.sumsDay < 0) state.sumsDay = day
  if (day > state.sumsDay) {
    outputs.push({ kind: 'census_day', day: state.sumsDay, sums: state.sums })
    state.sums = new CensusDay()
    state.sumsDay = day
    state.identities.forgetFaded(day)
  }
  return outputs
}

import type { AccessEvent, Exhibit, Finding } from '@ostiary/schemas'
import { addRisk, riskFloorBits } from '../cases/entity-risk.ts'
import { copyCase, nextRevision, type OpenCase, saysMore, type Versions } from '../cases/open-case.ts'
import { CensusDay } from '../census/census.ts'
import type { CensusTable } from '../census/census-table.ts'
import { Feedback } from '../feedback/feedback.ts'
import type { Operator } from '../operator.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { signals } from '../signals/index.ts'
import type { Moment, Signal } from '../signals/signal.ts'
import { addToCensus } from './census-lesson.ts'
import { closeDayMaximum } from './day-maxima.ts'
import { exhibitOfClose, exhibitOfEvent } from './exhibit.ts'
import type { IdentityState } from './identity-state.ts'
import { IdentityStore } from './identity-store.ts'
import { addToCase, type Judgement, judge } from './judgement.ts'
import { advanceDay, isEstablished, type LessonOutcome, learn } from './learn.ts'
import { dayOf } from './moment.ts'
import type { DetectorOptions } from './options.ts'
import { noteRank } from './recent-high.ts'
import { type Scored, Scorer } from './scorer.ts'

/** What enters a partition of the detector: events and markers, in the one order that decides every answer. */
export type DetectorInput =
  | { readonly kind: 'event'; readonly event: AccessEvent }
  /** Event time has passed `timeMs`; written when the high-water mark enters another hour. */
  | { readonly kind: 'tick'; readonly timeMs: number }
  | { readonly kind: 'census'; readonly table: CensusTable }
  /** This model scores from here on. What was learnt stays: no lesson depends on a model. */
  | { readonly kind: 'model'; readonly model: ScoringModel }
  /** This model scores beside it from here on; `undefined` for none. */
  | { readonly kind: 'shadow'; readonly model: ScoringModel | undefined }
  /** These labels and suppressions are in force from here on; the latter are the desk's to heed. */
  | { readonly kind: 'feedback'; readonly feedback: Feedback }
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
  /** What the shadow would have said of the same event, in the same state. Nothing else comes of it. */
  | { readonly kind: 'shadow_score'; readonly model: string; readonly score: EventScore }
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
  shadow: ScoringModel | undefined
  feedback: Feedback
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
  /** Scores beside it. */
  readonly shadow?: ScoringModel | undefined
  /** Labels and suppressions in force from the first event on; none where a marker tells. */
  readonly feedback?: Feedback | undefined
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
      shadow: setting.shadow,
      feedback: setting.feedback ?? Feedback.none,
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
        case 'model':
          state.model = input.model
          return nothing
        case 'shadow':
          state.shadow = input.model
          return nothing
        case 'feedback':
          state.feedback = input.feedback
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
    const { feedback } = state
    const { uid } = event.identity
    // What an attacker did is nobody's usual maximum. A state that newcomers share is nobody's, and has no labels.
    if (!identity.shared && feedback.isConfirmedDay(uid, identity.day)) identity.dayMaximum = 0
    else closeDayMaximum(identity, state.census, state.sums, isEstablished(identity))
    advanceDay(identity, day, event.time, options, (timeMs) => feedback.verdictAt(uid, timeMs))
  }
  const judged = judge(event, identity, state.census, state.model, scorer)
  const { moment, impact, scored } = judged
  const shadow =
    state.shadow === undefined ? undefined : scorer.scoreBeside(moment, identity, judged.impactParts, state.shadow)
  const { score } = scored
  const outputs: DetectorOutput[] = []
  if (score > riskFloorBits) addRisk(identity.risk, event.time, score)
  if (score >= options.digestBits || judged.telling.length > 0)
    onStrange(state, judged, identity, options, setting, scorer, outputs)
  const lesson = teach(state, identity, moment, scored.rank, scorer.nats, options)
  // Beside a shadow the model in force tells its scores too: one without the other compares nothing.
  if (setting.scores || shadow !== undefined)
    outputs.push({ kind: 'score', score: scoreOf(event, scored, impact, scorer.nats, lesson) })
  if (shadow !== undefined) {
    const score = scoreOf(event, shadow, impact, scorer.nats, lesson)
    outputs.push({ kind: 'shadow_score', model: state.shadow!.id, score })
  }
  return outputs
}

function scoreOf(
  event: AccessEvent,
  { score, surprise, autoencoderBits: autoencoder, scoreNats, surpriseNats }: Scored,
  impact: number,
  nats: Float64Array,
  lesson: LessonOutcome,
): EventScore {
  return { event, score, surprise, impact, autoencoder, scoreNats, surpriseNats, nats, lesson }
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

/** Opens a case or grows the open one, and sends a revision if one is due. */
function onStrange(
  state: DetectorState,
  judged: Judgement,
  identity: IdentityState,
  options: DetectorOptions,
  setting: DetectorSetting,
  scorer: Scorer,
  outputs: DetectorOutput[],
): void {
  const { event } = judged.moment
  const key = event.identity.uid
  let open = state.cases.get(key)
  if (open !== undefined && isOver(open, event.time, options)) {
    closeCase(state, key, open, open.lastMs + options.caseGapMs, setting, outputs)
    open = undefined
  }
  if (open === undefined && state.cases.size >= options.openCasesMax) closeOldest(state, setting, outputs)
  const before = open !== undefined && setting.exhibits ? copyCase(open) : undefined
  const held = addToCase(open, judged, identity, state.model, scorer, open?.turn ?? state.casesOpened++)
  if (open === undefined) state.cases.set(key, held)
  if (setting.notesChanges) state.changedCases.add(key)
  const versions = versionsOf(state, setting)
  const finding = nextRevision(held, false, event.time, versions)
  if (finding !== undefined) outputs.push({ kind: 'finding', finding })
  // A later revision may say what an event told that sent none, so it is shown too.
  if (!setting.exhibits || (finding === undefined && before !== undefined && !saysMore(held, before))) return
  const exhibit = exhibitOfEvent(event, identity, before, held, finding, versions, state.census.id)
  outputs.push({ kind: 'exhibit', exhibit })
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
  const before = setting.exhibits ? copyCase(held) : undefined
  const versions = versionsOf(state, setting)
  const finding = nextRevision(held, true, timeMs, versions)
  if (finding !== undefined) outputs.push({ kind: 'finding', finding })
  if (finding !== undefined && before !== undefined)
    outputs.push({ kind: 'exhibit', exhibit: exhibitOfClose(before, held, finding, versions) })
  state.cases.delete(key)
  if (setting.notesChanges) state.changedCases.add(key)
}

function versionsOf(state: DetectorState, setting: DetectorSetting): Versions {
  return {
    model: state.model.id,
    tables: state.tablesId,
    code: setting.codeVersion,
    feedback: state.feedback.id,
  }
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

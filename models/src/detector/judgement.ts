import type { AccessEvent } from '@ostiary/schemas'
import { growCase, type OpenCase, openCase, type StrangeEvent } from '../cases/open-case.ts'
import type { CensusTable } from '../census/census-table.ts'
import type { Policy } from '../detections/detection.ts'
import { policiesOf } from '../detections/index.ts'
import { explainEvent } from '../explain/explain-event.ts'
import { type ActionImpact, impactBitsOf, impactOf } from '../score/impact.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { fieldIndex } from '../signals/field.ts'
import type { Moment } from '../signals/signal.ts'
import type { IdentityState } from './identity-state.ts'
import { counterOf, isEstablished } from './learn.ts'
import { momentOf } from './moment.ts'
import type { Scored, Scorer } from './scorer.ts'

/** Events of an action that an identity must have taught for its policies to give no news by themselves. */
const routineEvents = 3

/** What one event is to its identity as it was before: how strange, how bad, and which policies it matches. */
export interface Judgement {
  readonly moment: Moment
  readonly impactParts: ActionImpact
  readonly impact: number
  readonly scored: Scored
  readonly matched: readonly Policy[]
  /** Those of them that are news by themselves. */
  readonly telling: readonly Policy[]
}

/** Judges an event; changes nothing. Valid until the scorer's next event. */
export function judge(
  event: AccessEvent,
  identity: IdentityState,
  census: CensusTable,
  model: ScoringModel,
  scorer: Scorer,
): Judgement {
  const moment = momentOf(event, identity, census, scorer.values)
  const matched = policiesOf(event)
  const impactParts = impactOf(event, policyBits(matched))
  const telling =
    matched.length > 0 && isRoutine(identity, moment) ? matched.filter((policy) => !policy.mayBeRoutine) : matched
  const scored = scorer.score(moment, identity, impactParts, model)
  return { moment, impactParts, impact: impactBitsOf(impactParts), scored, matched, telling }
}

/** Whether the identity has a habit of the event's action, learnt before and aged past any quarantine. */
function isRoutine(identity: IdentityState, moment: Moment): boolean {
  if (!isEstablished(identity)) return false
  return counterOf(identity, 'action').weight(moment.values[fieldIndex.action]!) >= routineEvents
}

function policyBits(matched: readonly Policy[]): number {
  let bits = 0
  for (const policy of matched) bits += policy.impactBits
  return bits
}

/**
 * Adds a judged event to its identity's case, or opens one with it. The identity must not have learnt the event yet.
 *
 * @param held the open case, which is changed; `undefined` where there is none
 * @param turn of a case that is opened
 * @returns the case with the event
 */
export function addToCase(
  held: OpenCase | undefined,
  { moment, impactParts, impact, scored, matched, telling }: Judgement,
  identity: IdentityState,
  model: ScoringModel,
  scorer: Scorer,
  turn: number,
): OpenCase {
  const strange: StrangeEvent = {
    event: moment.event,
    score: scored.score,
    surprise: scored.surprise,
    impact,
    autoencoder: scored.autoencoderBits,
    extrapolated: scored.extrapolated,
    policies: matched.map((policy) => policy.id),
    always: telling.some((policy) => policy.always),
  }
  const words = explainEvent(moment, identity, impactParts, scored, scorer, model, matched)
  if (held === undefined) return openCase(strange, words.explanation(), turn)
  growCase(held, strange, words)
  return held
}

import type { Reason } from '@ostiary/schemas'
import { riskAt, riskReason } from '../cases/entity-risk.ts'
import type { Policy } from '../detections/detection.ts'
import { readingsOf } from '../detections/reading.ts'
import type { IdentityState } from '../detector/identity-state.ts'
import type { Scored, Scorer } from '../detector/scorer.ts'
import type { ActionImpact } from '../score/impact.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import type { Moment } from '../signals/signal.ts'
import type { Rescore } from './counterfactuals.ts'
import { explain, reasonsMax, reasonsOf } from './explain.ts'
import type { Explanation } from './explanation.ts'

/** A scored event in words: as far as they are asked for, since most events of a case tell only their reasons. */
export interface EventWords {
  reasons(): readonly Reason[]
  explanation(): Explanation
}

/**
 * Puts a scored event into words: the policies it matched, then its signals' reasons. To be asked before the event is
 * observed or learnt, while the identity is as it was when the scorer read it.
 */
export function explainEvent(
  moment: Moment,
  identity: IdentityState,
  impact: ActionImpact,
  scored: Scored,
  scorer: Scorer,
  model: ScoringModel,
  matched: readonly Policy[],
): EventWords {
  const readingOf = readingsOf(moment, identity.slots, scorer.nats)
  const { nats, contributions } = scorer
  const withFacts = (reasons: readonly Reason[]): readonly Reason[] => {
    const facts = matched.map((policy) => policyReason(policy, moment))
    const risk = riskReason(riskAt(identity.risk, moment.event.time))
    const told = [...facts, ...reasons].slice(0, risk === undefined ? reasonsMax : reasonsMax - 1)
    return risk === undefined ? told : [...told, risk]
  }
  const rescore: Rescore = (overrides) => {
    if (overrides.size === 0) return scored.score
    const others = nats.slice()
    for (const [index, value] of overrides) others[index] = value
    return scorer.combine(moment, identity, impact, model, others, new Float64Array(contributions.length)).score
  }
  return {
    reasons: () => withFacts(reasonsOf(readingOf, nats, contributions)),
    explanation() {
      const { reasons, counterfactual, notes } = explain(moment, readingOf, nats, contributions, rescore)
      return { reasons: withFacts(reasons), counterfactual, notes }
    },
  }
}

/** A policy's reason: its bits are of impact, not of surprise. */
function policyReason(policy: Policy, { event }: Moment): Reason {
  const { id, impactBits, attack } = policy
  return { detection: id, signal: 'policy', bits: impactBits, words: policy.words(event), ...attack }
}

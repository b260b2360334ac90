import type { Reason } from '@ostiary/schemas'
import { riskAt, riskReason } from '../cases/entity-risk.ts'
import type { Policy } from '../detections/detection.ts'
import { readingsOf } from '../detections/reading.ts'
import type { IdentityState } from '../detector/identity-state.ts'
import type { Scored, Scorer } from '../detector/scorer.ts'
import type { ActionImpact } from '../score/impact.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import type { Moment } from '../signals/signal.ts'
import { explain, reasonsMax } from './explain.ts'
import type { Explanation } from './explanation.ts'

/**
 * Puts a scored event into words: the policies it matched, then its signals' reasons. To be called before the event is
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
): Explanation {
  const readingOf = readingsOf(moment, identity.slots, scorer.nats)
  const scratch = new Float64Array(scorer.contributions.length)
  const { reasons, counterfactual, notes } = explain(
    moment,
    readingOf,
    scorer.nats,
    scorer.contributions,
    (overrides) => {
      if (overrides.size === 0) return scored.score
      const nats = scorer.nats.slice()
      for (const [index, value] of overrides) nats[index] = value
      return scorer.combine(moment, identity, impact, model, nats, scratch).score
    },
  )
  const facts = matched.map((policy) => policyReason(policy, moment))
  const risk = riskReason(riskAt(identity.risk, moment.event.time))
  const told = [...facts, ...reasons].slice(0, risk === undefined ? reasonsMax : reasonsMax - 1)
  return { reasons: risk === undefined ? told : [...told, risk], counterfactual, notes }
}

/** A policy's reason: its bits are of impact, not of surprise. */
function policyReason(policy: Policy, { event }: Moment): Reason {
  const { id, impactBits, attack } = policy
  return { detection: id, signal: 'policy', bits: impactBits, words: policy.words(event), ...attack }
}

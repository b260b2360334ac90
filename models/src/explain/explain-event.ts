import type { Policy } from '../detections/detection.ts'
import type { IdentityState } from '../detector/identity-state.ts'
import type { Scored, Scorer } from '../detector/scorer.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { signals } from '../signals/index.ts'
import type { Moment } from '../signals/signal.ts'
import type { Explanation } from './explanation.ts'

/** Puts a scored event into words. */
export function explainEvent(
  moment: Moment,
  _identity: IdentityState,
  _scored: Scored,
  scorer: Scorer,
  _model: ScoringModel,
  matched: readonly Policy[],
): Explanation {
  const reasons = [
    ...matched.map((policy) => ({
      detection: policy.id,
      signal: 'policy',
      bits: policy.impactBits,
      words: policy.words(moment.event),
      tactic: policy.attack.tactic,
      technique: policy.attack.technique,
    })),
    ...signals
      .map((signal, index) => ({ signal: signal.id, bits: scorer.contributions[index]! * Math.LOG2E }))
      .filter((reason) => reason.bits > 1)
      .sort((a, b) => b.bits - a.bits)
      .slice(0, 6)
      .map((reason) => ({
        detection: reason.signal,
        signal: reason.signal,
        bits: reason.bits,
        words: `${reason.signal} is unusual`,
        tactic: '',
        technique: '',
      })),
  ]
  return { reasons, counterfactual: [], notes: [] }
}

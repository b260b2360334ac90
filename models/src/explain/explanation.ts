import type { Finding, Reason } from '@ostiary/schemas'

/** Why an event is strange, in words, with what would have made it usual. */
export interface Explanation {
  /** Most bits first; at most `reasonsMax`. */
  readonly reasons: readonly Reason[]
  readonly counterfactual: Finding['counterfactual']
  /** Circumstances an analyst must know: cold start, travel, late, priors from the model. */
  readonly notes: readonly string[]
}

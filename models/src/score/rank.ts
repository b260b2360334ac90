import { canonicalSha256 } from '@ostiary/schemas'
import { signals } from '../signals/index.ts'

/** How one signal enters the rank: `weight · min(nats, capNats)`. */
interface Term {
  readonly signal: string
  readonly weight: number
  readonly capNats: number
}

/**
 * The weights of the rank. Measured by leaving each out in turn (docs/decisions); a signal that is not listed informs
 * words, the autoencoder and policies, but not the rank.
 */
const terms: readonly Term[] = [
  { signal: 'new_value.action', weight: 1.25, capNats: 10 },
  { signal: 'new_value.service', weight: 0.25, capNats: 7 },
  { signal: 'new_value.asn', weight: 1, capNats: 7 },
  { signal: 'new_value.country', weight: 0.25, capNats: 7 },
  { signal: 'new_value.subnet', weight: 0.25, capNats: 8 },
  { signal: 'new_value.user_agent', weight: 1.5, capNats: 7 },
  { signal: 'new_value.hour', weight: 0.5, capNats: 6 },
  { signal: 'new_value.resource', weight: 0.2, capNats: 8 },
  { signal: 'new_value.error', weight: 0.3, capNats: 8 },
  { signal: 'new_value.fact', weight: 0.4, capNats: 8 },
  { signal: 'sequence.action', weight: 0.6, capNats: 7 },
  { signal: 'burst.failures', weight: 0.5, capNats: 8 },
  { signal: 'burst.deletions', weight: 0.5, capNats: 8 },
  { signal: 'burst.secrets', weight: 0.5, capNats: 8 },
  { signal: 'session_spread', weight: 0.5, capNats: 8 },
  { signal: 'travel', weight: 0.5, capNats: 8 },
  { signal: 'dormancy', weight: 0.3, capNats: 8 },
]

/** A term with its signal's place in `signals`. */
const placed: readonly (Term & { readonly index: number })[] = terms.map((term) => {
  const index = signals.findIndex((signal) => signal.id === term.signal)
  if (index < 0) throw new Error(`Cannot rank by unknown signal "${term.signal}"`)
  return { ...term, index }
})

/** Weight of the identity's own mean surprise, which is taken off: noisy identities surprise less. */
const noiseWeight = 2
/** Nats per bit of an action's impact. */
const impactWeight = 2
/** Nats per bit of policies, and the most bits of them that count: a policy is a fact, and facts may be routine. */
const policyWeight = 1
const policyBitsMax = 3
/** Events after which an identity's own past carries 63 % of its weight. */
const massScale = 80
/** Share of the identity's usual highest rank of a day, above the tenant's, that is taken off. */
export const calibrationShare = 0.6
/** Share of what the identity has shown of late already that is taken off. */
export const recentShare = 0.5

/** To be raised when the rank is reckoned in another way from the same weights. */
const formula = 2

/**
 * Names this rank: the hash of all its weights. A model is calibrated to bits for the rank it was trained under, and would
 * be wrong under any other without anybody noticing.
 */
export const rankId: string = canonicalSha256({
  formula,
  terms,
  noiseWeight,
  impactWeight,
  policyWeight,
  policyBitsMax,
  massScale,
  calibrationShare,
  recentShare,
})

/** Circumstances that scale or shift the sum of the terms. */
export interface RankContext {
  /** How far the identity's own past is trusted, in [0, 1): see `gateOf`. */
  readonly gate: number
  /** The identity's own mean nats of action and network. */
  readonly noiseMean: number
  /** Impact of the action, in bits, without policies. */
  readonly impactBits: number
  readonly policyBits: number
}

/**
 * How far an identity's own past is trusted, in [0, 1).
 *
 * @param mass decayed number of events the identity has taught
 */
export function gateOf(mass: number): number {
  return 1 - Math.exp(-mass / massScale)
}

/** Nats that impact adds to the rank of an event of an identity as known as this. */
export function impactNats(context: RankContext): number {
  const policyBits = Math.min(context.policyBits, policyBitsMax)
  return context.gate * (impactWeight * context.impactBits + policyWeight * policyBits)
}

/**
 * The surprise of an event, in nats, before impact and the identity's own calibration: the gated, weighted sum of its
 * signals less what is usual for the identity.
 *
 * @param nats surprise by signal, in the order of `signals`
 * @param contributions the places of the terms are filled with what each signal adds; the others are left as they are
 */
export function surpriseNats(nats: Float64Array, context: RankContext, contributions: Float64Array): number {
  const { gate } = context
  let sum = 0
  for (let i = 0; i < placed.length; i++) {
    const { index, weight, capNats } = placed[i]!
    const read = nats[index]!
    const added = gate * weight * Math.min(read, capNats)
    contributions[index] = added
    sum += added
  }
  return sum - gate * noiseWeight * context.noiseMean
}

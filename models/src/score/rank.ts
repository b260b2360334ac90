import { signals } from '../signals/index.ts'

/** How one signal enters the rank: `weight · min(nats, capNats)`, times the factor of the action's access level if it is about the action. */
interface Term {
  readonly signal: string
  readonly weight: number
  readonly capNats: number
  readonly ofAction: boolean
}

/**
 * The weights of the rank. Measured by leaving each out in turn (docs/decisions); a signal that is not listed informs
 * words, the autoencoder and policies, but not the rank.
 */
const terms: readonly Term[] = [
  { signal: 'new_value.action', weight: 1, capNats: 10, ofAction: true },
  { signal: 'new_value.service', weight: 0.5, capNats: 7, ofAction: true },
  { signal: 'new_value.asn', weight: 1, capNats: 7, ofAction: false },
  { signal: 'new_value.country', weight: 0.5, capNats: 7, ofAction: false },
  { signal: 'new_value.subnet', weight: 0.25, capNats: 8, ofAction: false },
  { signal: 'new_value.user_agent', weight: 1.5, capNats: 7, ofAction: false },
  { signal: 'new_value.hour', weight: 0.3, capNats: 6, ofAction: false },
  { signal: 'sequence.action', weight: 0.6, capNats: 7, ofAction: false },
]

const weights = new Float64Array(signals.length)
const caps = new Float64Array(signals.length)
const ofAction = new Uint8Array(signals.length)
for (const term of terms) {
  const index = signals.findIndex((signal) => signal.id === term.signal)
  if (index < 0) throw new Error(`Cannot rank by unknown signal "${term.signal}"`)
  weights[index] = term.weight
  caps[index] = term.capNats
  ofAction[index] = term.ofAction ? 1 : 0
}

/** Weight of the identity's own mean surprise, which is taken off: noisy identities surprise less. */
const noiseWeight = 2
/** Events after which an identity's own past carries 63 % of its weight. */
const massScale = 80
/** Share of the identity's usual highest rank of a day, above the tenant's, that is taken off. */
export const calibrationShare = 0.6

/** Circumstances that scale or shift the sum of the terms. */
export interface RankContext {
  /** Whether the action changes something. */
  readonly changes: boolean
  /** Decayed number of events the identity has taught. */
  readonly mass: number
  /** The identity's own mean nats of action and network. */
  readonly noiseMean: number
}

/** How far an identity's own past is trusted, in [0, 1). */
export function gateOf(mass: number): number {
  return 1 - Math.exp(-mass / massScale)
}

/**
 * The rank of an event, in nats, before the identity's own calibration: the gated, weighted sum of its signals less
 * what is usual for the identity.
 *
 * @param nats surprise by signal, in the order of `signals`
 * @param contributions filled with what each signal adds
 */
export function rank(nats: Float64Array, context: RankContext, contributions: Float64Array): number {
  const actionFactor = context.changes ? 1.3 : 0.7
  const gate = gateOf(context.mass)
  let sum = 0
  for (let i = 0; i < nats.length; i++) {
    const weight = weights[i]!
    if (weight === 0) {
      contributions[i] = 0
      continue
    }
    const capped = nats[i]! < caps[i]! ? nats[i]! : caps[i]!
    const added = gate * weight * capped * (ofAction[i] === 1 ? actionFactor : 1)
    contributions[i] = added
    sum += added
  }
  return sum - gate * noiseWeight * context.noiseMean
}

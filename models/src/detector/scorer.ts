import type { AccessEvent } from '@ostiary/schemas'
import type { AutoencoderContext } from '../autoencoder/input-vector.ts'
import type { ActionImpact } from '../score/impact.ts'
import { calibrationShare, gateOf, impactNats, recentShare, surpriseNats } from '../score/rank.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { fields } from '../signals/field.ts'
import { signals } from '../signals/index.ts'
import type { Moment, Signal } from '../signals/signal.ts'
import { dayMaximumExcess } from './day-maxima.ts'
import type { IdentityState } from './identity-state.ts'
import { shownNats } from './recent-high.ts'

/** Most bits of the autoencoder that count: one odd reading must not decide alone. */
const autoencoderBitsMax = 12

/** How strange an event is, on its way from nats to bits. */
export interface Scored {
  /** Nats with impact, before the identity's own calibration and the autoencoder: what its daily maxima are made of. */
  readonly rank: number
  /** Nats that the score is read from, and those that the surprise is: without impact. */
  readonly scoreNats: number
  readonly surpriseNats: number
  readonly autoencoderBits: number
  readonly score: number
  readonly surprise: number
  readonly extrapolated: boolean
}

/** The question of each signal, taken out so that the loop over them looks nothing up. */
const surprises = (signals as readonly Signal<unknown>[]).map((signal) => signal.surprise)

/** Reads every signal and combines them. Holds the working arrays, so that an event costs no allocation of them. */
export class Scorer {
  /** Hashes of the running moment's values. */
  readonly values: Int32Array = new Int32Array(fields.length)
  readonly nats: Float64Array = new Float64Array(signals.length)
  readonly contributions: Float64Array = new Float64Array(signals.length)
  readonly #contributionsBeside: Float64Array = new Float64Array(signals.length)

  /** Scores a moment against the identity's state, which it does not change. */
  score(moment: Moment, identity: IdentityState, impact: ActionImpact, model: ScoringModel): Scored {
    for (let i = 0; i < surprises.length; i++) this.nats[i] = surprises[i]!(moment, identity.slots[i])
    return this.combine(moment, identity, impact, model, this.nats, this.contributions)
  }

  /** What another model makes of the moment that was scored last. Disturbs nothing of what `score` left. */
  scoreBeside(moment: Moment, identity: IdentityState, impact: ActionImpact, model: ScoringModel): Scored {
    return this.combine(moment, identity, impact, model, this.nats, this.#contributionsBeside)
  }

  /** Combines readings; apart from `score` so that a counterfactual can ask what other readings would have given. */
  combine(
    moment: Moment,
    identity: IdentityState,
    impact: ActionImpact,
    model: ScoringModel,
    nats: Float64Array,
    contributions: Float64Array,
  ): Scored {
    const { event } = moment
    const { mass } = identity
    const noiseMean = mass > 0 ? identity.noise / (mass + 1) : 0
    const { actionBits: impactBits, policyBits } = impact
    const gate = gateOf(mass)
    const context = { gate, noiseMean, impactBits, policyBits }
    const own = surpriseNats(nats, context, contributions)
    const ofImpact = impactNats(context)
    const calibration = calibrationShare * dayMaximumExcess(identity, moment.census)
    const asked = own - calibration >= model.autoencoderFromNats
    const autoencoderBits = asked
      ? model.autoencoderBits(nats, autoencoderContext(event, gate, noiseMean, impactBits))
      : 0
    const counted = Math.min(autoencoderBits, autoencoderBitsMax)
    const shown = recentShare * shownNats(identity, event.time, moment.census)
    const surprise = own - calibration - shown + gate * model.autoencoderWeight * counted
    const { bits, extrapolated } = model.scoreBits(surprise + ofImpact)
    return {
      rank: own + ofImpact,
      scoreNats: surprise + ofImpact,
      surpriseNats: surprise,
      autoencoderBits,
      score: bits,
      surprise: model.surpriseBits(surprise),
      extrapolated,
    }
  }
}

function autoencoderContext(
  { api, identity }: AccessEvent,
  gate: number,
  noiseMean: number,
  impactBits: number,
): AutoencoderContext {
  const changes = api.access_level === 'write' || api.access_level === 'permissions'
  return { gate, noiseMean, changes, impactBits, identityType: identity.type }
}

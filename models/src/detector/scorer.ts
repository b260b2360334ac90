import { calibrationShare, gateOf, rank } from '../score/rank.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { signals } from '../signals/index.ts'
import type { Moment, Signal } from '../signals/signal.ts'
import { dayMaximumExcess } from './day-maxima.ts'
import type { IdentityState } from './identity-state.ts'

/** How strange an event is, on its way from nats to bits. */
export interface Scored {
  /** Nats before the identity's own calibration: what its daily maxima are made of. */
  readonly rank: number
  /** Nats that were taken off for the identity's usual daily maximum. */
  readonly calibration: number
  /** Nats that the autoencoder added. */
  readonly autoencoder: number
  readonly autoencoderBits: number
  readonly bits: number
  readonly extrapolated: boolean
}

/** Reads every signal and combines them. Holds the working arrays, so that an event costs no allocation. */
export class Scorer {
  readonly nats: Float64Array = new Float64Array(signals.length)
  readonly contributions: Float64Array = new Float64Array(signals.length)

  /** Scores a moment against the identity's state, which it does not change. */
  score(moment: Moment, identity: IdentityState, model: ScoringModel): Scored {
    for (let i = 0; i < signals.length; i++)
      this.nats[i] = (signals[i] as unknown as Signal<unknown>).surprise(moment, identity.slots[i])
    return this.combine(moment, identity, model, this.nats, this.contributions)
  }

  /** Combines readings; apart from `score` so that a counterfactual can ask what other readings would have given. */
  combine(
    moment: Moment,
    identity: IdentityState,
    model: ScoringModel,
    nats: Float64Array,
    contributions: Float64Array,
  ): Scored {
    const level = moment.event.api.access_level
    const changes = level === 'write' || level === 'permissions'
    const noiseMean = identity.mass > 0 ? identity.noise / (identity.mass + 1) : 0
    const raw = rank(nats, { changes, mass: identity.mass, noiseMean }, contributions)
    const calibration = calibrationShare * dayMaximumExcess(identity, moment.census)
    const autoencoder = model.adds(nats, { gate: gateOf(identity.mass), changes, noiseMean })
    const { bits, extrapolated } = model.bitsOf(raw - calibration + autoencoder, moment.event.identity.type)
    return {
      rank: raw,
      calibration,
      autoencoder,
      autoencoderBits: model.autoencoderBitsOf(autoencoder),
      bits,
      extrapolated,
    }
  }
}

import type { AutoencoderContext } from '../autoencoder/input-vector.ts'
import type { CensusTable } from '../census/census-table.ts'

/** What a model artefact brings to scoring. Immutable; named by its hash. */
export interface ScoringModel {
  /** Hash of the artefact; `'none'` for the built-in stand-in. */
  readonly id: string
  /** Tenant tables in force until the first day closes. */
  readonly census: CensusTable
  /**
   * Bits of the autoencoder: how seldom the signals of an event are as hard to reconstruct as these. Must not keep state.
   *
   * @param nats surprise by signal, in the order of `signals`
   */
  autoencoderBits(nats: Float64Array, context: AutoencoderContext): number
  /**
   * Surprise, in nats, from which the autoencoder is asked: under it an event is usual whatever the autoencoder says, and
   * most events are.
   */
  readonly autoencoderFromNats: number
  /** Nats that a bit of the autoencoder adds to the rank, ≥ 0. */
  readonly autoencoderWeight: number
  /** Calibrated bits of a rank: b means "this or stranger comes once in 2^b events". */
  scoreBits(rank: number): CalibratedBits
  /** The same of a rank without impact. */
  surpriseBits(rank: number): number
  /** Score, in bits, that as many cases a day reach as may be paged. */
  pageBits(alertsPerDay: number): number
}

export interface CalibratedBits {
  readonly bits: number
  /** Beyond what the calibration data hold: read off the fitted tail. */
  readonly extrapolated: boolean
}

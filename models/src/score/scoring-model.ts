import type { CensusTable } from '../census/census-table.ts'

/** What a model artefact brings to scoring. Immutable; named by its hash. */
export interface ScoringModel {
  /** Hash of the artefact; `'none'` for the built-in stand-in. */
  readonly id: string
  /** Tenant tables in force until the first day closes. */
  readonly census: CensusTable
  /** Nats that the autoencoder adds to the rank, given the signals; may be negative. Must not keep state. */
  adds(nats: Float64Array, context: ModelContext): number
  /** Calibrated bits of a rank: b means "this or stranger comes once in 2^b events". */
  bitsOf(rank: number, identityType: string): CalibratedBits
  /** Bits of the autoencoder's own reading, calibrated like the rank. */
  autoencoderBitsOf(added: number): number
}

/** What the autoencoder sees beside the signals. */
export interface ModelContext {
  readonly gate: number
  readonly changes: boolean
  readonly noiseMean: number
}

export interface CalibratedBits {
  readonly bits: number
  /** Beyond what the calibration data hold: read off the fitted tail. */
  readonly extrapolated: boolean
}

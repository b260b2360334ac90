import { CensusTable } from '../census/census-table.ts'
import type { ScoringModel } from './scoring-model.ts'

/** Nats of an everyday event, and nats a bit, before anything was measured: only an order, not a frequency. */
const everydayNats = 6
const natsPerBit = 2
const pageBitsUnmeasured = 12

function bitsOf(rank: number): number {
  const bits = (rank - everydayNats) / natsPerBit
  // Below one bit the curve bends, so that every rank keeps its place and none is negative.
  return bits >= 1 ? bits : Math.exp(bits - 1)
}

/** What scores while there is no model: no census, no autoencoder, and bits that nobody measured (all extrapolated). */
export const uncalibratedModel: ScoringModel = {
  id: 'none',
  census: CensusTable.empty,
  autoencoderBits: () => 0,
  autoencoderFromNats: Number.POSITIVE_INFINITY,
  autoencoderWeight: 0,
  scoreBits: (rank) => ({ bits: bitsOf(rank), extrapolated: true }),
  surpriseBits: bitsOf,
  pageBits: () => pageBitsUnmeasured,
}

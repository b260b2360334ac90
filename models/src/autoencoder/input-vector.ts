import type { IdentityType } from '@ostiary/schemas'
import { impactBitsMax } from '../score/impact.ts'
import { signals } from '../signals/index.ts'

/** Nats over which a surprise tells the autoencoder nothing more. */
export const inputNatsMax = 12
const squashScale = 1 / Math.log1p(inputNatsMax)

/** In the order of the schema's symbols, which is also that of the one-hot inputs. */
const identityTypes: readonly IdentityType[] = ['human', 'workload', 'ci', 'cloud_internal', 'root', 'unknown']

/** What the autoencoder is told of an event beside its surprises. */
export interface AutoencoderContext {
  /** How far the identity's own past is trusted, in [0, 1). */
  readonly gate: number
  /** The identity's own mean nats of action and network, ≥ 0. */
  readonly noiseMean: number
  /** Whether the action changes something. */
  readonly changes: boolean
  /** Bits of impact, 0 to `impactBitsMax`. */
  readonly impactBits: number
  readonly identityType: IdentityType
}

/**
 * Name of every input, in order: the signals by their ids, then the context. An artefact that names other inputs, or
 * these in another order, was trained for another version and must be refused.
 */
export const autoencoderInputIds: readonly string[] = [
  ...signals.map((signal) => signal.id),
  'context.gate',
  'context.noise_mean',
  'context.changes',
  'context.impact',
  ...identityTypes.map((type) => `identity_type.${type}`),
]

export const autoencoderInputWidth: number = autoencoderInputIds.length

/**
 * How much an input's error counts: 1 for a signal, 0 for context. Context says what to expect; that it is as it is
 * surprises nobody, and a rare identity type must not be strange in itself.
 */
export const autoencoderInputWeights: readonly number[] = autoencoderInputIds.map((_, index) =>
  index < signals.length ? 1 : 0,
)

/**
 * Writes what the autoencoder sees of an event, every input in [0, 1]. Surprises are squashed by
 * `ln(1 + min(nats, 12)) / ln 13`, so that the difference between usual and unusual outweighs that between strange and
 * very strange. What is not a number reads as 0.
 *
 * @param nats surprise by signal, in the order of `signals`
 * @param out filled; must hold `autoencoderInputWidth` numbers
 * @throws RangeError if either length is not the expected one
 */
export function autoencoderInput(
  nats: Float64Array,
  context: AutoencoderContext,
  out: Float32Array | Float64Array,
): void {
  if (nats.length !== signals.length || out.length !== autoencoderInputWidth)
    throw new RangeError(
      `Cannot write autoencoder input: ${nats.length} surprises and ${out.length} inputs given, ` +
        `${signals.length} and ${autoencoderInputWidth} expected`,
    )
  let at = 0
  for (let i = 0; i < nats.length; i++) out[at++] = squash(nats[i]!)
  out[at++] = unit(context.gate)
  out[at++] = squash(context.noiseMean)
  out[at++] = context.changes ? 1 : 0
  out[at++] = unit(context.impactBits / impactBitsMax)
  for (const type of identityTypes) out[at++] = context.identityType === type ? 1 : 0
}

function squash(nats: number): number {
  if (!(nats > 0)) return 0
  return nats < inputNatsMax ? Math.log1p(nats) * squashScale : 1
}

function unit(value: number): number {
  if (!(value > 0)) return 0
  return Math.min(value, 1)
}

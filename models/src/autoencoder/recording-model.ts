import type { ScoringModel } from '../score/scoring-model.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import { type AutoencoderContext, autoencoderInput, autoencoderInputWidth } from './input-vector.ts'

/**
 * A model that tells what an autoencoder would be given of every event, and scores nothing by it. Whatever an autoencoder
 * learns from comes this way out of the live pipeline: as the model of a first reading, or as a shadow beside another.
 *
 * @param tell given each event's inputs, in an array that the next event fills anew
 */
export function recordingModel(tell: (inputs: Float32Array, context: AutoencoderContext) => void): ScoringModel {
  const inputs = new Float32Array(autoencoderInputWidth)
  return {
    ...uncalibratedModel,
    autoencoderFromNats: Number.NEGATIVE_INFINITY,
    autoencoderBits(nats, context) {
      autoencoderInput(nats, context, inputs)
      tell(inputs, context)
      return 0
    },
  }
}

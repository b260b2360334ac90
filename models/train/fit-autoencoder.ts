import { setImmediate as nextTurn } from 'node:timers/promises'
import { OstiaryError } from '@ostiary/schemas'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Sequential } from '@tensorflow/tfjs-layers'
import { autoencoderInputWeights, autoencoderInputWidth } from '../src/autoencoder/input-vector.ts'
import { corruptRows, type Noise } from './corrupt-rows.ts'
import { type LayersModelFiles, savesLayersModel } from './layers-model-handler.ts'
import { trainingRowsMax } from './row-reservoir.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'
import { loadTensorflow, type Tensorflow } from './tensorflow.ts'

export const epochsMax = 1000
export const batchRowsMax = 8192
/** Widths of the layers between input and output: the middle one is what a row must pass through. */
const hiddenUnits: readonly number[] = [16, 6, 16]
const defaultNoise: Noise = { kind: 'swap', share: 0.15 }
const defaultLearningRate = 0.002

export interface FitOptions {
  /** Rows one after another, each as `autoencoderInput` writes it; at most `trainingRowsMax`. */
  readonly rows: Float32Array
  readonly width: number
  /** A whole number from 0 to 2^32 − 1. Decides initial weights, order of rows and noise. */
  readonly seed: number
  readonly epochs: number
  /** Rows between two steps of the optimiser. */
  readonly batchSize: number
  /** How much the error of each input counts; by default `autoencoderInputWeights`, or alike for another width. */
  readonly inputWeights?: readonly number[]
  readonly noise?: Noise
  readonly learningRate?: number
  /** Told after each epoch, counted from 1; what it returns is awaited. */
  readonly onEpoch?: (epoch: EpochLoss) => void | Promise<void>
}

export interface EpochLoss {
  readonly epoch: number
  /** Mean over the epoch's rows of the weighted squared error, given spoilt rows. */
  readonly loss: number
}

export interface FittedAutoencoder extends LayersModelFiles {
  readonly history: readonly EpochLoss[]
  /** Widths of all layers, input first, and the activations of those after it. */
  readonly widths: readonly number[]
  readonly activations: readonly string[]
  /** The noise it was trained with. */
  readonly noise: Noise
  readonly backend: Tensorflow['backend']
  readonly tensorflowVersion: string
}

/**
 * Trains a denoising autoencoder: it sees spoilt rows and must give back the true ones. The same options give the same
 * bytes on the same backend. Loads TensorFlow.js.
 *
 * @throws RangeError for options out of bounds; OstiaryError `input.empty` without rows, `input.unreadable` if the
 * rows hold what is not a number, `internal` if the loss leaves the numbers
 */
export async function fitAutoencoder(options: FitOptions): Promise<FittedAutoencoder> {
  const count = checked(options)
  const tensorflow = await loadTensorflow()
  const { width, seed, epochs } = options
  const random = seededRandom(seed)
  const model = build(tensorflow, width, random)
  const weights = inputWeightsOf(options)
  const share = tensorflow.core.tensor1d(sharesOf(weights))
  const optimizer = tensorflow.core.train.adam(options.learningRate ?? defaultLearningRate)
  try {
    model.compile({ optimizer, loss: (truth, made) => weightedError(tensorflow, truth, made, share) })
    const order = Uint32Array.from({ length: count }, (_, index) => index)
    const spoils = weights.map((weight) => weight > 0)
    const history: EpochLoss[] = []
    for (let epoch = 1; epoch <= epochs; epoch++) {
      shuffle(order, random)
      const loss = await runEpoch(tensorflow, model, options, order, spoils, random)
      if (!Number.isFinite(loss))
        throw new OstiaryError('internal', `Cannot train the autoencoder: the loss is ${loss} in epoch ${epoch}`)
      history.push({ epoch, loss })
      await options.onEpoch?.({ epoch, loss })
      await nextTurn()
    }
    const files = await filesOf(model)
    const { backend, version } = tensorflow
    const widths = [width, ...hiddenUnits, width]
    return {
      ...files,
      history,
      widths,
      activations: [...hiddenUnits, width].map((_, layer) => activationOf(layer)),
      noise: options.noise ?? defaultNoise,
      backend,
      tensorflowVersion: version,
    }
  } finally {
    share.dispose()
    optimizer.dispose()
    model.dispose()
  }
}

/** Number of rows, if the options are within bounds. */
function checked(options: FitOptions): number {
  const { rows, width, seed, epochs, batchSize, learningRate = defaultLearningRate } = options
  within('width', width, 1, 512)
  within('seed', seed, 0, 4_294_967_295)
  within('epochs', epochs, 1, epochsMax)
  within('batchSize', batchSize, 1, batchRowsMax)
  if (!(learningRate > 0 && learningRate <= 1)) throw new RangeError(`Cannot train with learning rate ${learningRate}`)
  const count = rows.length / width
  if (count === 0) throw new OstiaryError('input.empty', 'Cannot train the autoencoder: there are no rows to train on')
  within('rows', count, 1, trainingRowsMax)
  if (inputWeightsOf(options).length !== width)
    throw new RangeError(`Cannot train on rows of ${width} with ${inputWeightsOf(options).length} weights`)
  const at = rows.findIndex((value) => !Number.isFinite(value))
  if (at >= 0)
    throw new OstiaryError('input.unreadable', `Cannot train: row ${Math.floor(at / width)} holds ${rows[at]}`)
  return count
}

function within(what: string, value: number, min: number, max: number): void {
  if (!Number.isInteger(value) || value < min || value > max)
    throw new RangeError(`Cannot train with ${what} ${value}: a whole number from ${min} to ${max} is expected`)
}

function inputWeightsOf(options: FitOptions): readonly number[] {
  if (options.inputWeights !== undefined) return options.inputWeights
  return options.width === autoencoderInputWidth ? autoencoderInputWeights : Array<number>(options.width).fill(1)
}

function sharesOf(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  if (!(total > 0) || weights.some((weight) => !(weight >= 0)))
    throw new RangeError(`Cannot train with weights ${JSON.stringify(weights)}: all ≥ 0 and not all zero are expected`)
  return weights.map((weight) => weight / total)
}

function activationOf(layer: number): 'linear' | 'relu' | 'tanh' {
  if (layer === hiddenUnits.length) return 'linear'
  return layer === (hiddenUnits.length - 1) / 2 ? 'tanh' : 'relu'
}

function build(tensorflow: Tensorflow, width: number, random: SeededRandom): Sequential {
  const { layers, sequential, initializers } = tensorflow.layers
  const model = sequential({ name: 'autoencoder' })
  for (const [index, units] of [...hiddenUnits, width].entries()) {
    // A seed of 0 would mean "at random" to some of tfjs's initialisers.
    const kernelInitializer = initializers.glorotUniform({ seed: 1 + (random.bits() >>> 1) })
    const activation = activationOf(index)
    const name = `dense_${index + 1}`
    model.add(
      layers.dense({ name, units, activation, kernelInitializer, ...(index === 0 ? { inputShape: [width] } : {}) }),
    )
  }
  return model
}

function weightedError(tensorflow: Tensorflow, truth: Tensor, made: Tensor, share: Tensor): Tensor {
  const { square, sub, mul, sum } = tensorflow.core
  return sum(mul(square(sub(truth, made)), share), -1)
}

async function runEpoch(
  tensorflow: Tensorflow,
  model: Sequential,
  options: FitOptions,
  order: Uint32Array,
  spoils: readonly boolean[],
  random: SeededRandom,
): Promise<number> {
  const { rows, width, batchSize, noise = defaultNoise } = options
  let sum = 0
  for (let from = 0; from < order.length; from += batchSize) {
    const batch = order.subarray(from, from + batchSize)
    const spoilt = new Float32Array(batch.length * width)
    const truth = new Float32Array(batch.length * width)
    corruptRows(rows, batch, spoils, noise, random, spoilt)
    for (let k = 0; k < batch.length; k++)
      truth.set(rows.subarray(batch[k]! * width, (batch[k]! + 1) * width), k * width)
    const x = tensorflow.core.tensor2d(spoilt, [batch.length, width])
    const y = tensorflow.core.tensor2d(truth, [batch.length, width])
    try {
      sum += Number(await model.trainOnBatch(x, y)) * batch.length
    } finally {
      x.dispose()
      y.dispose()
    }
  }
  return sum / order.length
}

/** Fisher and Yates, from the end. */
function shuffle(order: Uint32Array, random: SeededRandom): void {
  for (let i = order.length - 1; i > 0; i--) {
    const j = random.below(i + 1)
    const held = order[i]!
    order[i] = order[j]!
    order[j] = held
  }
}

async function filesOf(model: Sequential): Promise<LayersModelFiles> {
  let files: LayersModelFiles | undefined
  await model.save(
    savesLayersModel((saved) => {
      files = saved
    }),
  )
  if (files === undefined) throw new OstiaryError('internal', 'Cannot save the autoencoder: nothing was handed over')
  return files
}

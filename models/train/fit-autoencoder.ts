import { setImmediate as nextTurn } from 'node:timers/promises'
import { OstiaryError } from '@ostiary/schemas'
import type { Tensor } from '@tensorflow/tfjs-core'
import type { Sequential } from '@tensorflow/tfjs-layers'
import { autoencoderInputWeights, autoencoderInputWidth } from '../src/autoencoder/input-vector.ts'
import { corruptRows, type Noise } from './corrupt-rows.ts'
import { type LayersModelFiles, savesLayersModel } from './layers-model-handler.ts'
import { trainingRowsMax } from './row-reservoir.ts'
import { type SeededRandom, seededRandom } from './seeded-random.ts'
import { type Backend, type BackendChoice, loadTensorflow, type Tensorflow } from './tensorflow.ts'

export const epochsMax = 1000
export const batchRowsMax = 8192
/** Widths of the layers between input and output: the middle one is what a row must pass through. */
const hiddenUnits: readonly number[] = [16, 6, 16]
const defaultNoise: Noise = { kind: 'swap', share: 0.15 }
const defaultLearningRate = 0.002
/** Epochs in a row without a better loss on rows held back, after which training ends. */
const patienceEpochs = 3

export interface FitOptions {
  /** Rows one after another, each as `autoencoderInput` writes it; at most `trainingRowsMax`. */
  readonly rows: Float32Array
  readonly width: number
  /** Rows that are not trained on, to see when more epochs stop helping; none unless given. */
  readonly heldBack?: Float32Array
  /** A whole number from 0 to 2^32 − 1. Decides initial weights, order of rows and noise. */
  readonly seed: number
  /** Most epochs. */
  readonly epochs: number
  /** Rows between two steps of the optimiser. */
  readonly batchSize: number
  /** How much the error of each input counts; by default `autoencoderInputWeights`, or alike for another width. */
  readonly inputWeights?: readonly number[]
  readonly noise?: Noise
  readonly learningRate?: number
  readonly backends?: BackendChoice | undefined
  /** Told after each epoch, counted from 1; what it returns is awaited. */
  readonly onEpoch?: (epoch: EpochLoss) => void | Promise<void>
}

export interface EpochLoss {
  readonly epoch: number
  /** Mean over the epoch's rows of the weighted squared error, given spoilt rows. */
  readonly loss: number
  /** The same over rows that are not trained on, each spoilt in one way for all epochs; where there are any. */
  readonly heldBack?: number
}

/** A network with how it was made. */
export interface MadeNetwork extends LayersModelFiles {
  readonly history: readonly EpochLoss[]
  /** Widths of all layers, input first, and the activations of those after it. */
  readonly widths: readonly number[]
  readonly activations: readonly string[]
  /** How it was made, for people: what, and which. */
  readonly making: readonly (readonly [string, string])[]
  /** Versions of the programs that made it, by name. */
  readonly versions: Readonly<Record<string, string>>
}

export interface FittedAutoencoder extends MadeNetwork {
  readonly backend: Backend
}

/**
 * Trains a denoising autoencoder: it sees spoilt rows and must give back the true ones. With rows held back, the epoch
 * that did best on them is kept, and training ends when three more did no better. The same options give the same bytes
 * on the same backend. Loads TensorFlow.js.
 *
 * @throws RangeError for options out of bounds; OstiaryError `input.empty` without rows, `input.unreadable` if the
 * rows hold what is not a number, `internal` if the loss leaves the numbers, `platform.missing` without a backend
 */
export async function fitAutoencoder(options: FitOptions): Promise<FittedAutoencoder> {
  const count = checked(options)
  const tensorflow = await loadTensorflow(options.backends)
  const { width, seed } = options
  const random = seededRandom(seed)
  const model = build(tensorflow, width, random)
  const weights = inputWeightsOf(options)
  const share = tensorflow.core.tensor1d(sharesOf(weights))
  const optimizer = tensorflow.core.train.adam(options.learningRate ?? defaultLearningRate)
  try {
    model.compile({ optimizer, loss: (truth, made) => weightedError(tensorflow, truth, made, share) })
    const order = Uint32Array.from({ length: count }, (_, index) => index)
    const spoils = weights.map((weight) => weight > 0)
    const { files, best, history } = await runEpochs({ tensorflow, model, options, order, spoils, random, share })
    const { backend, version } = tensorflow
    return {
      ...files,
      history,
      widths: [width, ...hiddenUnits, width],
      activations: [...hiddenUnits, width].map((_, layer) => activationOf(layer)),
      making: [
        ['seed', String(seed)],
        ['epochs', `${history.length}, of which ${best} is kept`],
        ['rows a batch', String(options.batchSize)],
        ['noise', noiseWords(options.noise ?? defaultNoise)],
        ['backend', backend],
      ],
      versions: { '@tensorflow/tfjs': version },
      backend,
    }
  } finally {
    share.dispose()
    optimizer.dispose()
    model.dispose()
  }
}

/** A training under way. */
interface Fitting {
  readonly tensorflow: Tensorflow
  readonly model: Sequential
  readonly options: FitOptions
  readonly order: Uint32Array
  readonly spoils: readonly boolean[]
  readonly random: SeededRandom
  readonly share: Tensor
}

interface Fit {
  readonly files: LayersModelFiles
  /** The epoch that the files are of. */
  readonly best: number
  readonly history: readonly EpochLoss[]
}

async function runEpochs(fitting: Fitting): Promise<Fit> {
  const { model, options, order, random } = fitting
  const rest = spoiltHeldBack(fitting)
  const history: EpochLoss[] = []
  let kept: { files: LayersModelFiles; epoch: number; heldBack: number } | undefined
  for (let epoch = 1; epoch <= options.epochs; epoch++) {
    shuffle(order, random)
    const loss = await runEpoch(fitting)
    if (!Number.isFinite(loss))
      throw new OstiaryError('internal', `Cannot train the autoencoder: the loss is ${loss} in epoch ${epoch}`)
    const heldBack = rest === undefined ? undefined : await lossOf(fitting, rest)
    const told = { epoch, loss, ...(heldBack === undefined ? {} : { heldBack }) }
    history.push(told)
    await options.onEpoch?.(told)
    await nextTurn()
    if (kept === undefined || heldBack === undefined || heldBack < kept.heldBack)
      kept = { files: await filesOf(model), epoch, heldBack: heldBack ?? 0 }
    else if (epoch - kept.epoch >= patienceEpochs) break
  }
  return { files: kept!.files, best: kept!.epoch, history }
}

/** Rows as they are, and spoilt. */
interface SpoiltRows {
  readonly truth: Float32Array
  readonly spoilt: Float32Array
}

/** The rows held back, spoilt once for all epochs, so that these can be compared. */
function spoiltHeldBack({ options, spoils }: Fitting): SpoiltRows | undefined {
  const { heldBack: truth, width, seed, noise = defaultNoise } = options
  if (truth === undefined || truth.length === 0) return undefined
  const spoilt = new Float32Array(truth.length)
  const all = Uint32Array.from({ length: truth.length / width }, (_, index) => index)
  corruptRows(truth, all, spoils, noise, seededRandom(seed), spoilt)
  return { truth, spoilt }
}

async function lossOf({ tensorflow, model, options, share }: Fitting, { truth, spoilt }: SpoiltRows): Promise<number> {
  const { width } = options
  const { tidy, tensor2d, mean } = tensorflow.core
  let sum = 0
  for (let from = 0; from < truth.length; from += batchRowsMax * width) {
    const part = truth.subarray(from, from + batchRowsMax * width)
    const rows = part.length / width
    const loss = tidy(() => {
      const made = model.predictOnBatch(tensor2d(spoilt.subarray(from, from + part.length), [rows, width])) as Tensor
      return mean(weightedError(tensorflow, tensor2d(part, [rows, width]), made, share))
    })
    sum += (await loss.data())[0]! * rows
    loss.dispose()
  }
  return (sum * width) / truth.length
}

function noiseWords(noise: Noise): string {
  return noise.kind === 'swap'
    ? `${noise.share} of the weighted inputs exchanged for those of another row`
    : `normal, standard deviation ${noise.deviation}`
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
  checkNumbers(rows, width)
  const { heldBack = new Float32Array(0) } = options
  within('rows held back', heldBack.length / width, 0, trainingRowsMax)
  checkNumbers(heldBack, width)
  return count
}

function checkNumbers(rows: Float32Array, width: number): void {
  const at = rows.findIndex((value) => !Number.isFinite(value))
  if (at >= 0)
    throw new OstiaryError('input.unreadable', `Cannot train: row ${Math.floor(at / width)} holds ${rows[at]}`)
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

async function runEpoch({ tensorflow, model, options, order, spoils, random }: Fitting): Promise<number> {
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

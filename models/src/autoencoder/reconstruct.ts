import type { Activation, DenseLayer, LayersModel } from './layers-model.ts'

/** How far an input is from what the autoencoder makes of it. Valid until the next call. */
export interface ReconstructionError {
  /** Weighted mean of the squared differences. */
  readonly error: number
  /** What each input adds to `error`, in the order of the inputs; they sum to it. */
  readonly perInput: Float64Array
}

/** An autoencoder ready to run. Keeps buffers between calls, but no state: equal inputs give equal bits. */
export interface Reconstruction {
  readonly width: number
  /** The network's output; the same array at every call. */
  reconstruct(input: Float32Array | Float64Array): Float64Array
  /** The error; the same object at every call. */
  reconstructionError(input: Float32Array | Float64Array): ReconstructionError
}

/**
 * Prepares a network for one row at a time. Sums run in double precision, over inputs in rising order and then the
 * bias, so that the same bits come out on every runtime; only exp and tanh go beyond + − × ÷.
 *
 * @param weights how much the error of each input counts, ≥ 0 and not all zero
 * @throws TypeError if the network's output is not as wide as its input, or the weights do not fit
 */
export function createReconstruction(model: LayersModel, weights: readonly number[]): Reconstruction {
  const width = model.inputs
  if (model.outputs !== width)
    throw new TypeError(`Cannot reconstruct: the model has ${width} inputs and ${model.outputs} outputs`)
  const shares = sharesOf(weights, width)
  const input = new Float64Array(padded(width))
  const layers: Layer[] = []
  let before: Float64Array = input
  for (const dense of model.layers) {
    const layer = pack(dense, before)
    layers.push(layer)
    before = layer.output
  }
  const output = before.subarray(0, width)
  const reading = { error: 0, perInput: new Float64Array(width) }
  const run = (given: Float32Array | Float64Array): void => {
    if (given.length !== width)
      throw new RangeError(`Cannot reconstruct ${given.length} inputs with a model of ${width}`)
    for (let i = 0; i < width; i++) input[i] = given[i]!
    for (const layer of layers) apply(layer)
  }
  return {
    width,
    reconstruct(given) {
      run(given)
      return output
    },
    reconstructionError(given) {
      run(given)
      let sum = 0
      for (let i = 0; i < width; i++) {
        const difference = input[i]! - output[i]!
        const added = shares[i]! * (difference * difference)
        reading.perInput[i] = added
        sum += added
      }
      reading.error = sum
      return reading
    },
  }
}

function sharesOf(weights: readonly number[], width: number): Float64Array {
  let total = 0
  for (const weight of weights) total += weight >= 0 ? weight : Number.NaN
  if (weights.length !== width || !(total > 0 && total < Number.POSITIVE_INFINITY))
    throw new TypeError(
      `Cannot reconstruct: ${width} finite weights ≥ 0, not all zero, are expected; given ${JSON.stringify(weights)}`,
    )
  return Float64Array.from(weights, (weight) => weight / total)
}

/** Units computed at once. Their sums do not wait for one another, which makes a row about twice as fast. */
const lanes = 4

interface Layer {
  readonly inputs: number
  readonly activation: Activation
  /** By block of `lanes` units, then by input, then by lane; zeros fill the last block. */
  readonly kernel: Float64Array
  readonly bias: Float64Array
  readonly input: Float64Array
  readonly output: Float64Array
}

function padded(units: number): number {
  return Math.ceil(units / lanes) * lanes
}

function pack(dense: DenseLayer, input: Float64Array): Layer {
  const { inputs, units, activation } = dense
  const kernel = new Float64Array(padded(units) * inputs)
  for (let unit = 0; unit < units; unit++) {
    const lane = unit % lanes
    for (let i = 0; i < inputs; i++) kernel[(unit - lane) * inputs + i * lanes + lane] = dense.kernel[i * units + unit]!
  }
  const bias = new Float64Array(padded(units))
  bias.set(dense.bias)
  return { inputs, activation, kernel, bias, input, output: new Float64Array(padded(units)) }
}

function apply(layer: Layer): void {
  const { inputs, kernel, bias, input, output } = layer
  let at = 0
  for (let unit = 0; unit < output.length; unit += lanes) {
    let sum0 = 0
    let sum1 = 0
    let sum2 = 0
    let sum3 = 0
    for (let i = 0; i < inputs; i++) {
      const value = input[i]!
      sum0 += value * kernel[at]!
      sum1 += value * kernel[at + 1]!
      sum2 += value * kernel[at + 2]!
      sum3 += value * kernel[at + 3]!
      at += lanes
    }
    output[unit] = sum0 + bias[unit]!
    output[unit + 1] = sum1 + bias[unit + 1]!
    output[unit + 2] = sum2 + bias[unit + 2]!
    output[unit + 3] = sum3 + bias[unit + 3]!
  }
  activate(layer.activation, output)
}

function activate(activation: Activation, values: Float64Array): void {
  switch (activation) {
    case 'linear':
      return
    case 'relu':
      for (let i = 0; i < values.length; i++) if (!(values[i]! > 0)) values[i] = 0
      return
    case 'tanh':
      for (let i = 0; i < values.length; i++) values[i] = Math.tanh(values[i]!)
      return
    case 'sigmoid':
      for (let i = 0; i < values.length; i++) values[i] = 1 / (1 + Math.exp(-values[i]!))
  }
}

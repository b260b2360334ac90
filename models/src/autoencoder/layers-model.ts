/** Most layers and units read; a model that needs more is not an autoencoder of ours. */
export const layersMax = 16
export const unitsMax = 512
/** Largest weight read. Sixteen layers of such weights still square to a finite number, given inputs up to 1. */
export const weightMax = 1e6
/** Most weight specifications and manifest groups read. */
const weightSpecsMax = layersMax * 2
const nameCharactersMax = 128

export type Activation = 'linear' | 'relu' | 'sigmoid' | 'tanh'
const activations: ReadonlySet<string> = new Set<Activation>(['linear', 'relu', 'sigmoid', 'tanh'])

export interface DenseLayer {
  readonly name: string
  readonly inputs: number
  readonly units: number
  readonly activation: Activation
  /** Row by row: the weight from input i to unit j is at `i * units + j`. */
  readonly kernel: Float32Array
  readonly bias: Float32Array
}

/** A chain of dense layers, each as wide as the next one's inputs. */
export interface LayersModel {
  readonly inputs: number
  readonly outputs: number
  readonly layers: readonly DenseLayer[]
}

/**
 * Reads a TensorFlow.js layers model: the object of `model.json` and the bytes of its weight files, one after another
 * as the manifest lists them. Reads `Sequential` of `InputLayer` and `Dense` with float32 weights, as tfjs-layers and
 * the Keras 2 converter write it; weights go by name, `<layer>/kernel` and `<layer>/bias`.
 *
 * @throws TypeError naming what is not read: another class, setting or type, a size over a bound, a weight that is
 * missing, left over, over `weightMax` or not a number. Nothing is skipped in silence.
 */
export function readLayersModel(modelJson: unknown, weights: Uint8Array): LayersModel {
  const file = objectOf(modelJson, 'model.json')
  if (file['format'] !== undefined && file['format'] !== 'layers-model')
    refuse(`format is ${quote(file['format'])}, "layers-model" is expected`)
  const shapes = readTopology(file['modelTopology'])
  const tensors = readWeights(file['weightsManifest'], weights)
  const layers: DenseLayer[] = []
  for (const shape of shapes) {
    const { name, inputs, units, activation } = shape
    const kernel = take(tensors, `${name}/kernel`, [inputs, units])
    const bias = shape.useBias ? take(tensors, `${name}/bias`, [units]) : new Float32Array(units)
    layers.push({ name, inputs, units, activation, kernel, bias })
  }
  for (const name of tensors.keys()) refuse(`weight ${quote(name)} belongs to no layer`)
  return { inputs: layers[0]!.inputs, outputs: layers.at(-1)!.units, layers }
}

interface LayerShape {
  readonly name: string
  readonly inputs: number
  readonly units: number
  readonly activation: Activation
  readonly useBias: boolean
}

function readTopology(value: unknown): readonly LayerShape[] {
  const topology = objectOf(value, 'modelTopology')
  // The Keras converter puts the model one level deeper than tfjs does.
  const model = topology['model_config'] === undefined ? topology : objectOf(topology['model_config'], 'model_config')
  if (model['class_name'] !== 'Sequential') refuse(`model is of class ${quote(model['class_name'])}, not "Sequential"`)
  const config = objectOf(model['config'], 'config of the model')
  const listed = arrayOf(config['layers'], 'layers of the model', layersMax)
  const shapes: LayerShape[] = []
  const names = new Set<string>()
  let width = 0
  for (const [index, item] of listed.entries()) {
    const layer = objectOf(item, `layer ${index}`)
    const settings = objectOf(layer['config'], `config of layer ${index}`)
    const name = nameOf(settings['name'], `name of layer ${index}`)
    if (names.has(name)) refuse(`two layers are named ${quote(name)}`)
    names.add(name)
    width = inputsOf(settings, index, width)
    if (layer['class_name'] === 'InputLayer') {
      onlyKnown(settings, inputSettings, name)
      if (index > 0) refuse(`input layer ${quote(name)} is not the first layer`)
    } else if (layer['class_name'] === 'Dense') {
      const shape = readDense(settings, name, width)
      shapes.push(shape)
      width = shape.units
    } else refuse(`layer ${quote(name)} is of class ${quote(layer['class_name'])}, not "Dense" or "InputLayer"`)
  }
  if (shapes.length === 0) refuse('model has no dense layer')
  return shapes
}

/** Width of what a layer is given: the output of the layer before, which a stated input shape must confirm. */
function inputsOf(settings: Readonly<Record<string, unknown>>, index: number, before: number): number {
  const shape = settings['batch_input_shape']
  if (shape === undefined) {
    if (index === 0) refuse('first layer states no batch_input_shape')
    return before
  }
  if (!Array.isArray(shape) || shape.length !== 2 || shape[0] !== null)
    refuse(`layer ${index} has batch_input_shape ${quote(shape)}, [null, width] is expected`)
  const width = sizeOf((shape as unknown[])[1], `width of layer ${index}`)
  if (index > 0 && width !== before) refuse(`layer ${index} expects ${width} inputs and is given ${before}`)
  return width
}

const inputSettings: ReadonlySet<string> = new Set(['name', 'batch_input_shape', 'dtype', 'sparse', 'ragged'])
/** Settings that say what the layer computes are read; initialisers and the like matter to training only. */
const denseSettings: ReadonlySet<string> = new Set([
  'name',
  'trainable',
  'batch_input_shape',
  'dtype',
  'units',
  'activation',
  'use_bias',
  'kernel_initializer',
  'bias_initializer',
  'kernel_regularizer',
  'bias_regularizer',
  'activity_regularizer',
  'kernel_constraint',
  'bias_constraint',
])

function readDense(settings: Readonly<Record<string, unknown>>, name: string, inputs: number): LayerShape {
  onlyKnown(settings, denseSettings, name)
  const activation = settings['activation'] ?? 'linear'
  if (typeof activation !== 'string' || !activations.has(activation))
    refuse(
      `layer ${quote(name)} has activation ${quote(activation)}; one of ${[...activations].join(', ')} is expected`,
    )
  const useBias = settings['use_bias'] ?? true
  if (typeof useBias !== 'boolean') refuse(`layer ${quote(name)} has use_bias ${quote(useBias)}`)
  const units = sizeOf(settings['units'], `units of layer ${quote(name)}`)
  return { name, inputs, units, activation: activation as Activation, useBias: useBias as boolean }
}

function onlyKnown(settings: Readonly<Record<string, unknown>>, known: ReadonlySet<string>, name: string): void {
  for (const key of Object.keys(settings))
    if (!known.has(key)) refuse(`layer ${quote(name)} has the unknown setting ${quote(key)}`)
  const dtype = settings['dtype'] ?? 'float32'
  if (dtype !== 'float32') refuse(`layer ${quote(name)} has dtype ${quote(dtype)}, "float32" is expected`)
  for (const key of ['sparse', 'ragged'])
    if (settings[key] === true) refuse(`layer ${quote(name)} is ${key}, dense input is expected`)
}

interface Tensor {
  readonly shape: readonly number[]
  readonly values: Float32Array
}

function readWeights(manifest: unknown, bytes: Uint8Array): Map<string, Tensor> {
  const tensors = new Map<string, Tensor>()
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let at = 0
  for (const group of arrayOf(manifest, 'weightsManifest', weightSpecsMax)) {
    const specs = arrayOf(objectOf(group, 'group of weightsManifest')['weights'], 'weights of a group', weightSpecsMax)
    for (const item of specs) {
      const spec = objectOf(item, 'weight')
      const name = nameOf(spec['name'], 'name of a weight')
      if (tensors.has(name)) refuse(`weight ${quote(name)} is listed twice`)
      if (spec['dtype'] !== 'float32') refuse(`weight ${quote(name)} has dtype ${quote(spec['dtype'])}, not "float32"`)
      if (spec['quantization'] !== undefined) refuse(`weight ${quote(name)} is quantized`)
      const shape = arrayOf(spec['shape'], `shape of weight ${quote(name)}`, 2).map((size) =>
        sizeOf(size, `size of weight ${quote(name)}`),
      )
      const length = shape.reduce((product, size) => product * size, 1)
      if (at + length * 4 > bytes.length)
        refuse(`weight ${quote(name)} ends at byte ${at + length * 4} of ${bytes.length}`)
      tensors.set(name, { shape, values: floatsAt(view, at, length, name) })
      at += length * 4
    }
  }
  if (at !== bytes.length) refuse(`weights take ${at} bytes and ${bytes.length} are given`)
  return tensors
}

/** TensorFlow.js writes the byte order of the machine, which is little-endian wherever it runs. */
function floatsAt(view: DataView, at: number, length: number, name: string): Float32Array {
  const values = new Float32Array(length)
  for (let i = 0; i < length; i++) {
    const value = view.getFloat32(at + i * 4, true)
    if (!(Math.abs(value) <= weightMax)) refuse(`weight ${quote(name)} holds ${value} at ${i}`)
    values[i] = value
  }
  return values
}

function take(tensors: Map<string, Tensor>, name: string, shape: readonly number[]): Float32Array {
  const tensor = tensors.get(name)
  if (tensor === undefined) return refuse(`weight ${quote(name)} is missing`)
  if (tensor.shape.length !== shape.length || tensor.shape.some((size, index) => size !== shape[index]))
    refuse(`weight ${quote(name)} has shape ${quote(tensor.shape)}, ${quote(shape)} is expected`)
  tensors.delete(name)
  return tensor.values
}

function objectOf(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(`${what} is not an object`)
  return value as Readonly<Record<string, unknown>>
}

function arrayOf(value: unknown, what: string, lengthMax: number): readonly unknown[] {
  if (!Array.isArray(value)) return refuse(`${what} is not an array`)
  if (value.length > lengthMax) refuse(`${what}: ${value.length} are given, at most ${lengthMax} are read`)
  return value as readonly unknown[]
}

function sizeOf(value: unknown, what: string): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > unitsMax)
    refuse(`${what} is ${quote(value)}, a whole number from 1 to ${unitsMax} is expected`)
  return value as number
}

function nameOf(value: unknown, what: string): string {
  if (typeof value !== 'string' || value === '' || value.length > nameCharactersMax)
    refuse(`${what} is ${quote(value)}, text of 1 to ${nameCharactersMax} characters is expected`)
  return value as string
}

function quote(value: unknown): string {
  return (JSON.stringify(value) ?? String(value)).slice(0, nameCharactersMax)
}

function refuse(what: string): never {
  throw new TypeError(`Cannot read layers model: ${what}`)
}

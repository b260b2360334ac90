import { describe, expect, it } from 'vitest'
import { layersMax, readLayersModel, unitsMax } from './layers-model.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test bends parsed JSON into shapes that no type allows
type Json = any

/** What tfjs-layers 4.22.0 writes for 2 → 3 (relu) → 2 (linear), shortened by settings that may be absent. */
function sample(): Json {
  const dense = (name: string, units: number, activation: string, rest: object = {}) => ({
    class_name: 'Dense',
    config: { units, activation, use_bias: true, kernel_regularizer: null, name, trainable: true, ...rest },
  })
  return {
    format: 'layers-model',
    generatedBy: 'TensorFlow.js tfjs-layers v4.22.0',
    convertedBy: null,
    modelTopology: {
      class_name: 'Sequential',
      config: {
        name: 'autoencoder',
        layers: [
          dense('hidden', 3, 'relu', { batch_input_shape: [null, 2], dtype: 'float32' }),
          dense('output', 2, 'linear'),
        ],
      },
      keras_version: 'tfjs-layers 4.22.0',
      backend: 'tensor_flow.js',
    },
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: [
          { name: 'hidden/kernel', shape: [2, 3], dtype: 'float32' },
          { name: 'hidden/bias', shape: [3], dtype: 'float32' },
          { name: 'output/kernel', shape: [3, 2], dtype: 'float32' },
          { name: 'output/bias', shape: [2], dtype: 'float32' },
        ],
      },
    ],
  }
}

const values = Float32Array.from({ length: 17 }, (_, index) => index / 8)
const bytes = new Uint8Array(values.buffer)

describe('layers model', () => {
  it('reads layers in order and weights by name', () => {
    const model = readLayersModel(sample(), bytes)
    expect(model.inputs).toBe(2)
    expect(model.outputs).toBe(2)
    expect(model.layers.map(({ name, inputs, units, activation }) => [name, inputs, units, activation])).toEqual([
      ['hidden', 2, 3, 'relu'],
      ['output', 3, 2, 'linear'],
    ])
    expect([...model.layers[0]!.kernel]).toEqual([0, 0.125, 0.25, 0.375, 0.5, 0.625])
    expect([...model.layers[1]!.bias]).toEqual([1.875, 2])
  })

  it('reads bytes that start at an odd address', () => {
    const shifted = new Uint8Array(bytes.length + 1)
    shifted.set(bytes, 1)
    expect(readLayersModel(sample(), shifted.subarray(1))).toEqual(readLayersModel(sample(), bytes))
  })

  it('reads an input layer, a layer without bias, and the nesting of the Keras converter', () => {
    const json = sample()
    const { layers } = json.modelTopology.config
    delete layers[0].config.batch_input_shape
    layers.unshift({ class_name: 'InputLayer', config: { batch_input_shape: [null, 2], name: 'in', sparse: false } })
    layers[2].config.use_bias = false
    json.weightsManifest[0].weights.pop()
    json.modelTopology = { keras_version: '2.4.0', model_config: json.modelTopology }
    const model = readLayersModel(json, bytes.subarray(0, 15 * 4))
    expect(model.inputs).toBe(2)
    expect([...model.layers[1]!.bias]).toEqual([0, 0])
  })

  const bends: readonly [string, (json: Json) => void, string][] = [
    ['a graph model', (json) => (json.format = 'graph-model'), '"graph-model"'],
    ['no topology', (json) => delete json.modelTopology, 'modelTopology is not an object'],
    ['a functional model', (json) => (json.modelTopology.class_name = 'Model'), 'class "Model"'],
    ['another layer', (json) => (layer(json, 1).class_name = 'Dropout'), 'class "Dropout"'],
    ['no layers', (json) => (json.modelTopology.config.layers = []), 'no dense layer'],
    ['too many layers', (json) => manyLayers(json), `at most ${layersMax}`],
    ['another activation', (json) => (layer(json, 0).config.activation = 'elu'), 'activation "elu"'],
    ['an inherited word as activation', (json) => (layer(json, 0).config.activation = 'toString'), '"toString"'],
    ['an unknown setting', (json) => (layer(json, 0).config.lora_rank = 4), '"lora_rank"'],
    ['another type', (json) => (layer(json, 0).config.dtype = 'float16'), '"float16"'],
    ['too many units', (json) => (layer(json, 0).config.units = unitsMax + 1), `1 to ${unitsMax}`],
    ['half a unit', (json) => (layer(json, 0).config.units = 1.5), '1.5'],
    ['no input shape', (json) => delete layer(json, 0).config.batch_input_shape, 'no batch_input_shape'],
    ['a fixed batch', (json) => (layer(json, 0).config.batch_input_shape = [8, 2]), '[8,2]'],
    ['a shape that disagrees', (json) => (layer(json, 1).config.batch_input_shape = [null, 4]), 'expects 4 inputs'],
    ['a repeated name', (json) => (layer(json, 1).config.name = 'hidden'), 'two layers'],
    ['a missing weight', (json) => weight(json, 1, { name: 'other/bias' }), '"hidden/bias" is missing'],
    ['a weight listed twice', (json) => weight(json, 1, { name: 'hidden/kernel' }), 'listed twice'],
    ['quantized weights', (json) => weight(json, 0, { quantization: { dtype: 'uint8' } }), 'quantized'],
    ['integer weights', (json) => weight(json, 0, { dtype: 'int32' }), '"int32"'],
    ['a turned kernel', (json) => weight(json, 0, { shape: [3, 2] }), '[3,2]'],
    ['a bias without weights', (json) => (layer(json, 1).config.use_bias = false), 'belongs to no layer'],
  ]
  it.each(bends)('refuses %s', (_, bend, words) => {
    const json = sample()
    bend(json)
    expect(() => readLayersModel(json, bytes)).toThrow(TypeError)
    expect(() => readLayersModel(json, bytes)).toThrow(words)
  })

  it('refuses too few bytes, too many, and weights beyond all use', () => {
    const huge = Float32Array.from(values)
    huge[7] = 2e6
    expect(() => readLayersModel(sample(), bytes.subarray(0, 64))).toThrow('"output/bias" ends at byte 68 of 64')
    expect(() => readLayersModel(sample(), new Uint8Array(72))).toThrow('68 bytes and 72')
    expect(() => readLayersModel(sample(), new Uint8Array(huge.buffer))).toThrow('"hidden/bias" holds 2000000')
  })

  it.each([null, undefined, 3, 'model', [], {}])('refuses %j', (json) => {
    expect(() => readLayersModel(json, bytes)).toThrow(TypeError)
  })
})

function layer(json: Json, index: number): Json {
  return json.modelTopology.config.layers[index]
}

function weight(json: Json, index: number, change: object): void {
  Object.assign(json.weightsManifest[0].weights[index], change)
}

function manyLayers(json: Json): void {
  const { layers } = json.modelTopology.config
  while (layers.length <= layersMax) layers.push(layers[1])
}

import type { LayersModel } from '../src/autoencoder/layers-model.ts'
import type { LayersModelFiles } from './layers-model-handler.ts'

/** A chain of dense layers as the two files of a layers model, as TensorFlow.js would write them. */
export function layersModelFiles({ inputs, layers }: LayersModel): LayersModelFiles {
  const dense = layers.map(({ units, activation }, index) => ({
    class_name: 'Dense',
    config: {
      units,
      activation,
      use_bias: true,
      name: nameOf(index),
      trainable: true,
      ...(index === 0 ? { batch_input_shape: [null, inputs], dtype: 'float32' } : {}),
    },
  }))
  const weights = layers.flatMap(({ inputs: before, units }, index) => [
    { name: `${nameOf(index)}/kernel`, shape: [before, units], dtype: 'float32' as const },
    { name: `${nameOf(index)}/bias`, shape: [units], dtype: 'float32' as const },
  ])
  return {
    modelJson: {
      format: 'layers-model',
      generatedBy: 'Ostiary',
      convertedBy: null,
      modelTopology: {
        class_name: 'Sequential',
        config: { name: 'autoencoder', layers: dense },
        keras_version: 'tfjs-layers 4.22.0',
        backend: 'tensor_flow.js',
      },
      weightsManifest: [{ paths: ['weights.bin'], weights }],
    },
    weights: littleEndian(layers.flatMap(({ kernel, bias }) => [kernel, bias])),
  }
}

function nameOf(index: number): string {
  return `dense_${index + 1}`
}

function littleEndian(parts: readonly Float32Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + 4 * part.length, 0))
  const view = new DataView(bytes.buffer)
  let at = 0
  for (const part of parts)
    for (const value of part) {
      view.setFloat32(at, value, true)
      at += 4
    }
  return bytes
}

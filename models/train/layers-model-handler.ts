import type { io } from '@tensorflow/tfjs-core'

/** The two files of a layers model, as TensorFlow.js writes and reads them. */
export interface LayersModelFiles {
  /** The object of `model.json`. */
  readonly modelJson: io.ModelJSON
  /** The bytes of `weights.bin`. */
  readonly weights: Uint8Array
}

const weightsPath = 'weights.bin'

/** A handler for `model.save` that hands the model's files to `keep`: tfjs itself knows none for folders outside tfjs-node. */
export function savesLayersModel(keep: (files: LayersModelFiles) => void): io.IOHandler {
  return {
    save(artifacts) {
      const { modelTopology, weightSpecs = [], weightData, generatedBy = '', convertedBy = null } = artifacts
      if (modelTopology === undefined || modelTopology instanceof ArrayBuffer || weightData === undefined)
        throw new TypeError('Cannot save layers model: its topology or its weights are missing')
      const modelJson: io.ModelJSON = {
        format: 'layers-model',
        generatedBy,
        convertedBy,
        modelTopology,
        weightsManifest: [{ paths: [weightsPath], weights: weightSpecs }],
      }
      keep({ modelJson, weights: joined(weightData) })
      return Promise.resolve({ modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } })
    },
  }
}

/** A handler for `loadLayersModel` that reads the model from its files in memory. */
export function loadsLayersModel(files: LayersModelFiles): io.IOHandler {
  const { modelTopology, weightsManifest, format = 'layers-model' } = files.modelJson
  return {
    load: () =>
      Promise.resolve({
        format,
        modelTopology,
        weightSpecs: weightsManifest.flatMap((group) => group.weights),
        weightData: files.weights.slice().buffer as ArrayBuffer,
      }),
  }
}

function joined(data: ArrayBuffer | ArrayBuffer[]): Uint8Array {
  const parts = Array.isArray(data) ? data : [data]
  const bytes = new Uint8Array(parts.reduce((length, part) => length + part.byteLength, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(new Uint8Array(part), at)
    at += part.byteLength
  }
  return bytes
}

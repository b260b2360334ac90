import type * as Core from '@tensorflow/tfjs-core'
import type * as Layers from '@tensorflow/tfjs-layers'

/** TensorFlow.js, loaded and set to a backend. */
export interface Tensorflow {
  readonly core: typeof Core
  readonly layers: typeof Layers
  readonly backend: 'wasm' | 'cpu'
  readonly version: string
}

let loading: Promise<Tensorflow> | undefined

/**
 * Loads TensorFlow.js at the first call and not before, so that what only scores never pays for it. The WebAssembly
 * backend runs on one thread, and gives the same bytes for the same rows and seed; where it does not load, plain
 * JavaScript takes its place, about five times slower and with other last bits.
 */
export function loadTensorflow(): Promise<Tensorflow> {
  loading ??= load()
  return loading
}

async function load(): Promise<Tensorflow> {
  const core = await import('@tensorflow/tfjs-core')
  const layers = await import('@tensorflow/tfjs-layers')
  const backend = (await wasmLoads(core)) ? 'wasm' : 'cpu'
  if (backend === 'cpu') {
    await import('@tensorflow/tfjs-backend-cpu')
    await core.setBackend('cpu')
    await core.ready()
  }
  return { core, layers, backend, version: layers.version_layers }
}

async function wasmLoads(core: typeof Core): Promise<boolean> {
  try {
    await import('@tensorflow/tfjs-backend-wasm')
    return await core.setBackend('wasm')
  } catch {
    return false
  }
}

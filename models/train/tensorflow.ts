import { createRequire } from 'node:module'
import { join, resolve } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'
import type * as Core from '@tensorflow/tfjs-core'
import type * as Layers from '@tensorflow/tfjs-layers'

/** What TensorFlow.js can compute with. */
export const backends = ['tfjs-node', 'wasm', 'cpu'] as const
export type Backend = (typeof backends)[number]

/** TensorFlow.js, loaded and set to a backend. */
export interface Tensorflow {
  readonly core: typeof Core
  readonly layers: typeof Layers
  readonly backend: Backend
  readonly version: string
}

/** Which backends are tried, and where one of them lies. */
export interface BackendChoice {
  /** The first that loads is taken. */
  readonly order: readonly Backend[]
  /** Folder in whose `node_modules` tfjs-node is installed; `''` for wherever npm put it, if it did. */
  readonly tfjsNode: string
}

export const defaultBackendChoice: BackendChoice = { order: backends, tfjsNode: '' }

const loading = new Map<string, Promise<Tensorflow>>()

/**
 * Loads TensorFlow.js at the first call and not before, so that what only scores never pays for it. On each backend the
 * same rows and seed give the same bytes, on another one other last bits: tfjs-node is TensorFlow's own library, wasm
 * WebAssembly on one thread, cpu plain JavaScript and about five times slower.
 *
 * @throws OstiaryError `platform.missing` where none of them loads, or tfjs-node does not lie where the choice says
 */
export async function loadTensorflow({ order, tfjsNode }: BackendChoice = defaultBackendChoice): Promise<Tensorflow> {
  const reasons: string[] = []
  for (const backend of order) {
    const key = `${backend} ${tfjsNode}`
    const loaded = loading.get(key) ?? load[backend](tfjsNode)
    loading.set(key, loaded)
    try {
      return await chosen(await loaded)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message.split('\n')[0]! : String(cause)
      reasons.push(`${backend}: ${why}`)
      // Whoever says where it lies wants it, and not another in its place.
      if (backend === 'tfjs-node' && tfjsNode !== '') break
    }
  }
  throw new OstiaryError(
    'platform.missing',
    `Cannot train on ${order.join(', ')}: ${reasons.join('; ')}. Choose another with --backends, or install ` +
      'tfjs-node with models/tfjs-node/install.sh DIR and give --tfjs-node DIR',
  )
}

const load: Readonly<Record<Backend, (tfjsNode: string) => Promise<Tensorflow>>> = {
  'tfjs-node': loadNode,
  wasm: async () => {
    await import('@tensorflow/tfjs-backend-wasm')
    return loadOwn('wasm')
  },
  cpu: async () => {
    await import('@tensorflow/tfjs-backend-cpu')
    return loadOwn('cpu')
  },
}

async function loadOwn(backend: Backend): Promise<Tensorflow> {
  const core = await import('@tensorflow/tfjs-core')
  const layers = await import('@tensorflow/tfjs-layers')
  return { core, layers, backend, version: layers.version_layers }
}

/** Sets the backend at every call: one that was loaded before may have been exchanged for another since. */
async function chosen(tensorflow: Tensorflow): Promise<Tensorflow> {
  const { core, backend } = tensorflow
  // tfjs-node has a name of its own for itself.
  const name = backend === 'tfjs-node' ? 'tensorflow' : backend
  if (!(await core.setBackend(name))) throw new Error(`TensorFlow.js does not take ${backend} as its backend`)
  await core.ready()
  return tensorflow
}

/**
 * tfjs-node brings core and layers of its own, which know nothing of ours: they are taken from beside it, and ours stay
 * unused.
 */
async function loadNode(folder: string): Promise<Tensorflow> {
  // TensorFlow's library tells on standard error which processor it likes; only what goes wrong is wanted there.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2'
  const from = createRequire(folder === '' ? import.meta.url : join(resolve(folder), 'package.json'))
  const path = from.resolve('@tensorflow/tfjs-node')
  from(path)
  const beside = createRequire(createRequire(path).resolve('@tensorflow/tfjs'))
  const core = beside('@tensorflow/tfjs-core') as typeof Core
  const layers = beside('@tensorflow/tfjs-layers') as typeof Layers
  return { core, layers, backend: 'tfjs-node', version: layers.version_layers }
}

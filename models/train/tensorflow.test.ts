import { createRequire } from 'node:module'
import { expect, it } from 'vitest'

function loaded(): readonly string[] {
  const { cache } = createRequire(import.meta.url)
  return Object.keys(cache).filter((path) => path.includes('/@tensorflow/'))
}

it('is loaded by the first training, not by an import: a scan never pays for it', async () => {
  const { fitAutoencoder } = await import('./index.ts')
  expect(loaded()).toEqual([])
  await fitAutoencoder({ rows: new Float32Array(40), width: 4, seed: 1, epochs: 1, batchSize: 8 })
  expect(loaded().length).toBeGreaterThan(0)
})

it('runs on the WebAssembly backend here, and is loaded once', async () => {
  const { loadTensorflow } = await import('./tensorflow.ts')
  const [first, second] = await Promise.all([loadTensorflow(), loadTensorflow()])
  expect(first).toBe(second)
  expect(first.backend).toBe('wasm')
})

it('a backend that is not there is passed over, unless it is the only one, or was said to lie somewhere', async () => {
  const { loadTensorflow } = await import('./tensorflow.ts')
  expect((await loadTensorflow({ order: ['tfjs-node', 'cpu'], tfjsNode: '' })).backend).toBe('cpu')
  const { core } = await loadTensorflow({ order: ['wasm'], tfjsNode: '' })
  expect(core.getBackend()).toBe('wasm')
  for (const choice of [
    { order: ['tfjs-node'], tfjsNode: '' },
    { order: ['tfjs-node', 'cpu'], tfjsNode: 'no/such/folder' },
  ] as const)
    await expect(loadTensorflow(choice)).rejects.toMatchObject({
      code: 'platform.missing',
      message: expect.stringContaining('models/tfjs-node/install.sh'),
    })
})

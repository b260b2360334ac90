import { describe, expect, it } from 'vitest'
import { readLayersModel } from '../src/autoencoder/layers-model.ts'
import { createReconstruction } from '../src/autoencoder/reconstruct.ts'
import { type FitOptions, type FittedAutoencoder, fitAutoencoder } from './fit-autoencoder.ts'
import { loadsLayersModel } from './layers-model-handler.ts'
import { trainingRowsMax } from './row-reservoir.ts'
import { seededRandom } from './seeded-random.ts'
import { loadTensorflow } from './tensorflow.ts'

const width = 12

/** Rows with two hidden causes: the first half of a row follows one, the second half the other. */
function rowsOf(count: number, seed: number): Float32Array {
  const random = seededRandom(seed)
  const rows = new Float32Array(count * width)
  for (let k = 0; k < count; k++) {
    const causes = [random.uniform(), random.uniform()]
    for (let i = 0; i < width; i++)
      rows[k * width + i] = causes[i < width / 2 ? 0 : 1]! * (0.4 + 0.1 * (i % 6)) + 0.02 * random.uniform()
  }
  return rows
}

const options: FitOptions = { rows: rowsOf(3000, 5), width, seed: 9, epochs: 12, batchSize: 64 }
const fitted = fitAutoencoder(options)

function readerOf(files: FittedAutoencoder): ReturnType<typeof createReconstruction> {
  return createReconstruction(readLayersModel(files.modelJson, files.weights), Array<number>(width).fill(1))
}

describe('fitting an autoencoder', () => {
  it('gives the same bytes for the same rows and seed, others for another seed', async () => {
    const first = await fitted
    const again = await fitAutoencoder(options)
    expect(Buffer.from(again.weights).toString('hex')).toBe(Buffer.from(first.weights).toString('hex'))
    expect(JSON.stringify(again.modelJson)).toBe(JSON.stringify(first.modelJson))
    expect(again.history).toEqual(first.history)
    const other = await fitAutoencoder({ ...options, seed: 10, epochs: 1 })
    const same = await fitAutoencoder({ ...options, epochs: 1 })
    expect(Buffer.from(other.weights).equals(Buffer.from(same.weights))).toBe(false)
  })

  it('learns: the loss falls, and a row against the rule errs more than rows by it', async () => {
    const { history } = await fitted
    expect(history.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1))
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss / 3)
    const reconstruction = readerOf(await fitted)
    const fresh = rowsOf(200, 77)
    const errors: number[] = []
    for (let k = 0; k < 200; k++)
      errors.push(reconstruction.reconstructionError(fresh.subarray(k * width, (k + 1) * width)).error)
    errors.sort((a, b) => a - b)
    const strange = Float32Array.from({ length: width }, (_, i) => (i % 2 === 0 ? 0.9 : 0))
    expect(reconstruction.reconstructionError(strange).error).toBeGreaterThan(3 * errors[197]!)
  })

  it('writes what stock tfjs loads, and reads the same numbers from it as tfjs', async () => {
    const files = await fitted
    const { core, layers } = await loadTensorflow()
    const stored = { modelJson: JSON.parse(JSON.stringify(files.modelJson)), weights: files.weights }
    const model = await layers.loadLayersModel(loadsLayersModel(stored))
    const rows = rowsOf(50, 123)
    const x = core.tensor2d(rows, [50, width])
    const predicted = model.predictOnBatch(x) as ReturnType<typeof core.tensor2d>
    const expected = await predicted.data()
    const reconstruction = readerOf(files)
    let worst = 0
    for (let k = 0; k < 50; k++) {
      const made = reconstruction.reconstruct(rows.subarray(k * width, (k + 1) * width))
      for (let i = 0; i < width; i++) worst = Math.max(worst, Math.abs(made[i]! - expected[k * width + i]!))
    }
    expect(worst).toBeLessThan(1e-6)
    core.dispose([x, predicted])
    model.dispose()
  })

  it('leaves no tensor behind', async () => {
    await fitted
    const { core } = await loadTensorflow()
    const before = core.memory().numTensors
    await fitAutoencoder({ ...options, epochs: 2 })
    expect(core.memory().numTensors).toBe(before)
  })

  it('leaves out of the error what has no weight, and takes other noise', async () => {
    const inputWeights = Array.from({ length: width }, (_, i) => (i < 6 ? 1 : 0))
    const noise = { kind: 'gaussian', deviation: 0.05 } as const
    const { history } = await fitAutoencoder({ ...options, inputWeights, noise, epochs: 6 })
    expect(history.at(-1)!.loss).toBeLessThan(history[0]!.loss / 2)
  })

  it('awaits onEpoch, and can be stopped by it', async () => {
    const epochs: number[] = []
    const onEpoch = async ({ epoch }: { epoch: number }): Promise<void> => {
      await Promise.resolve()
      epochs.push(epoch)
      if (epoch === 2) throw new Error('enough')
    }
    await expect(fitAutoencoder({ ...options, onEpoch })).rejects.toThrow('enough')
    expect(epochs).toEqual([1, 2])
  })

  it('keeps the epoch that does best on rows held back, and ends when more stop helping', async () => {
    // Rows by another rule: learning the rule of those trained on helps with them at first only.
    const heldBack = rowsOf(300, 6).map((value) => 1 - value)
    const { history, making, weights } = await fitAutoencoder({ ...options, heldBack, epochs: 60 })
    const losses = history.map((row) => row.heldBack!)
    const best = losses.indexOf(Math.min(...losses)) + 1
    expect(history.length).toBe(best + 3)
    expect(history.length).toBeLessThan(60)
    expect(making).toContainEqual(['epochs', `${best + 3}, of which ${best} is kept`])
    const stopped = await fitAutoencoder({ ...options, heldBack, epochs: best })
    expect(Buffer.from(stopped.weights).equals(Buffer.from(weights))).toBe(true)
  })

  const refused: readonly [string, Partial<FitOptions>, string][] = [
    ['no rows', { rows: new Float32Array(0) }, 'no rows'],
    ['a part of a row', { rows: new Float32Array(width + 1) }, 'rows 1.08'],
    ['too many rows', { rows: new Float32Array((trainingRowsMax + 1) * width) }, `${trainingRowsMax}`],
    ['what is no number', { rows: new Float32Array(2 * width).fill(Number.NaN, width) }, 'row 1 holds NaN'],
    ['a part of a row held back', { heldBack: new Float32Array(1) }, 'rows held back 0.08'],
    ['no epoch', { epochs: 0 }, 'epochs 0'],
    ['half a row in a batch', { batchSize: 1.5 }, 'batchSize 1.5'],
    ['a negative seed', { seed: -1 }, 'seed -1'],
    ['no step', { learningRate: 0 }, 'learning rate 0'],
    ['too few weights', { inputWeights: [1] }, '1 weights'],
    ['weights that count nothing', { inputWeights: Array<number>(width).fill(0) }, 'not all zero'],
  ]
  it.each(refused)('refuses %s', async (_, change, words) => {
    await expect(fitAutoencoder({ ...options, ...change })).rejects.toThrow(words)
  })
})

import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { autoencoderInputWeights, autoencoderInputWidth, createReconstruction, readLayersModel } from '@ostiary/models'
import { loadsLayersModel, loadTensorflow, seededRandom } from '@ostiary/models/train'
import { beforeAll, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, root } from './command.ts'
import { writeOrganisation } from './organisation.ts'

const kit = join(root, 'models', 'tfjs-node')
/** A download of 232 MB and a compilation, once: the folder is kept for the next run. */
const installMs = 600_000
const folder = commandFolder()
let installed: string

beforeAll(async () => {
  const hash = createHash('sha256')
  for (const name of ['install.sh', 'package-lock.json', 'tensorflow.txt']) hash.update(readFileSync(join(kit, name)))
  const cache = join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'ostiary')
  installed = join(cache, `tfjs-node-${hash.digest('hex').slice(0, 16)}`)
  // What is missing is told by the script, and this test fails with it.
  await promisify(execFile)(join(kit, 'install.sh'), [installed], { timeout: installMs })
  await writeOrganisation(folder)
}, installMs)

async function train(out: string, ...flags: readonly string[]): Promise<Json> {
  const ran = await folder.run(['train', '--from', 'org.ndjson', '--out', out, '--epochs', '3', ...flags])
  expectCode(ran, 0)
  expect(ran.stderr).toBe('')
  return jsonLines(ran.stdout)[0]!
}

test(
  'training on tfjs-node says so, learns, and gives the same bytes again',
  async () => {
    const first = await train('node', '--tfjs-node', installed)
    expect(first['backend']).toBe('tfjs-node')
    const card = folder.text('node/MODEL_CARD.md')
    expect(card).toContain('| backend | tfjs-node |')
    const losses = [...card.matchAll(/^\| \d+ \| (0\.\d+) \| 0\.\d+ \|$/gm)].map(([, loss]) => Number(loss))
    expect(losses.length).toBe(3)
    expect(losses[2]).toBeLessThan(losses[0]!)
    const second = await train('again', '--tfjs-node', installed, '--backends', 'tfjs-node')
    expect(second['model']).toBe(first['model'])
  },
  installMs,
)

test('what it trained is scored by ours as by TensorFlow itself', async () => {
  const { core, layers, backend } = await loadTensorflow({ order: ['tfjs-node'], tfjsNode: installed })
  expect(backend).toBe('tfjs-node')
  const files = {
    modelJson: JSON.parse(folder.text('node/model.json')),
    weights: new Uint8Array(readFileSync(folder.at('node/weights.bin'))),
  }
  const ours = createReconstruction(readLayersModel(files.modelJson, files.weights), autoencoderInputWeights)
  const model = await layers.loadLayersModel(loadsLayersModel(files))
  const random = seededRandom(4)
  const rows = Float32Array.from({ length: 200 * autoencoderInputWidth }, () => random.uniform())
  const predicted = model.predictOnBatch(core.tensor2d(rows, [200, autoencoderInputWidth])) as ReturnType<
    typeof core.tensor2d
  >
  const expected = await predicted.data()
  let worst = 0
  for (let row = 0; row < 200; row++) {
    const from = row * autoencoderInputWidth
    const made = ours.reconstruct(rows.subarray(from, from + autoencoderInputWidth))
    made.forEach((value, index) => {
      worst = Math.max(worst, Math.abs(value - expected[from + index]!))
    })
  }
  expect(worst).toBeLessThan(1e-6)
})

test(
  'the order decides, and a folder without it is refused with what to do',
  async () => {
    expect((await train('wasm', '--tfjs-node', installed, '--backends', 'wasm,tfjs-node'))['backend']).toBe('wasm')
    const ran = await folder.run(['train', '--from', 'org.ndjson', '--out', 'no', '--tfjs-node', folder.at('data')])
    expectCode(ran, 2)
    expect(ran.stderr).toContain('(platform.missing)')
    expect(ran.stderr).toContain('models/tfjs-node/install.sh')
  },
  installMs,
)

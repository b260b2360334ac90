import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { autoencoderInputIds, autoencoderInputWeights, createReconstruction, readLayersModel } from '@ostiary/models'
import { columnOf } from '@ostiary/runtime'
import { parquetReadObjects } from 'hyparquet'
import { beforeAll, expect, test } from 'vitest'
import { pythonWith } from '../python-environment.ts'
import { commandFolder, expectCode, type Json, jsonLines, root } from './command.ts'

const python = join(root, 'models', 'python')
/** Installing scikit-learn and pyarrow takes most of it, once. */
const setUpMs = 400_000
const folder = commandFolder()
let told: Json

beforeAll(async () => {
  const simulated = ['simulate', '--identities', '30', '--days', '7', '--out', 'org.ndjson', '--labels', 'labels.csv']
  expectCode(await folder.run(simulated), 0)
  const features = [
    'features',
    '--from',
    'org.ndjson',
    '--out',
    'org.parquet',
    '--labels',
    'labels.csv',
    '--model',
    'none',
  ]
  expectCode(await folder.run(features), 0)
  const program = await pythonWith(join(python, 'requirements.txt'))
  const args = [join(python, 'train-autoencoder.py'), folder.at('org.parquet'), folder.at('network')]
  const { stdout } = await promisify(execFile)(program, args)
  told = JSON.parse(stdout) as Json
}, setUpMs)

test('pyarrow reads the features, and scikit-learn learns from them: better than chance on labels it never saw', () => {
  expect(told['rows']).toBeGreaterThan(1000)
  expect(told['heldBack']).toBeGreaterThan(10)
  const share = (told['labelled'] as number) / ((told['rows'] as number) + (told['heldBack'] as number))
  expect(told['averagePrecision']).toBeGreaterThan(5 * share)
})

test('our arithmetic gives the errors that scikit-learn computes', async () => {
  const bytes = readFileSync(folder.at('org.parquet'))
  const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
  const rows = (await parquetReadObjects({ file })) as Json[]
  const network = readLayersModel(
    JSON.parse(folder.text('network/model.json')),
    readFileSync(folder.at('network/weights.bin')),
  )
  const reconstruction = createReconstruction(network, autoencoderInputWeights)
  const known = rows.filter((row) => (row['input_context_gate'] as number) >= 0.5)
  const errors = known.map((row) => {
    const inputs = Float32Array.from(autoencoderInputIds, (id) => row[columnOf('input', id)] as number)
    return reconstruction.reconstructionError(inputs).error
  })
  const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length
  expect(Math.abs(mean - (told['error'] as number))).toBeLessThan(1e-6)
})

test('the network is brought in, calibrated, and promoted by the gates of any model', async () => {
  const imported = await folder.run(['models', 'import', 'network', '--from', 'org.ndjson', '--out', 'model'])
  expectCode(imported, 0)
  const [{ model }] = jsonLines(imported.stdout) as [Json]
  const card = folder.text('model/MODEL_CARD.md')
  expect(card).toMatch(/\| made by \| scikit-learn [\d.]+, MLPRegressor \|/)
  expect(card).toContain('| 36 → 16 → 6 → 16 → 36 |'.replaceAll('36', String(autoencoderInputIds.length)))
  const gates = ['--against', 'org.ndjson', '--labels', 'labels.csv', '--alerts-within', '99', '--recall-less', '1']
  const why = ['--reason', 'from Python', '--registry', 'registry']
  const strict = await folder.run(['models', 'promote', 'model', ...gates, '--calibration-within', '0', ...why])
  expectCode(strict, 1)
  expect(strict.stderr).toContain('not promoted: calibration: off by ')
  const promoted = await folder.run(['models', 'promote', 'model', ...gates, '--calibration-within', '60', ...why])
  expectCode(promoted, 0)
  expect(jsonLines(promoted.stdout)[0]).toMatchObject({ action: 'promote', model, forced: false })
  const scanned = await folder.run(['scan', 'org.ndjson', '--registry', 'registry', '--summary', 'summary.json'])
  expectCode(scanned, 0)
  expect(JSON.parse(folder.text('summary.json'))).toMatchObject({ model })
})

test('the same network and events give the same model, byte for byte', async () => {
  const again = await folder.run(['models', 'import', 'network/model.json', '--from', 'org.ndjson', '--out', 'again'])
  expectCode(again, 0)
  expect(folder.text('again/manifest.json')).toBe(folder.text('model/manifest.json'))
})

test('where the path is no layers model, that is said before anything is read', async () => {
  const ran = await folder.run(['models', 'import', 'labels.csv', '--from', 'org.ndjson', '--out', 'no'])
  expectCode(ran, 2)
  expect(ran.stderr).toContain('(model.invalid)')
  expect(ran.stderr).toContain('it is not JSON')
})

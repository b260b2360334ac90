import { existsSync, readFileSync, statSync } from 'node:fs'
import { autoencoderInputIds, inputNatsMax, signals } from '@ostiary/models'
import { columnOf, featureColumns, featuresKey } from '@ostiary/runtime'
import { parquetMetadata, parquetReadObjects } from 'hyparquet'
import { beforeAll, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, setUpMs } from './command.ts'
import { type CloudTrailJson, clearNames, recordsOf } from './organisation.ts'

const folder = commandFolder()
let records: CloudTrailJson[]
let rows: Json[]

async function features(out: string, ...more: readonly string[]): Promise<Json> {
  const ran = await folder.run(['features', '--from', 'org.ndjson', '--out', out, ...more])
  expectCode(ran, 0)
  expect(ran.stderr).toBe('')
  return jsonLines(ran.stdout)[0]!
}

function bytesOf(name: string): ArrayBuffer {
  const bytes = readFileSync(folder.at(name))
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer
}

async function rowsOf(name: string): Promise<Json[]> {
  return (await parquetReadObjects({ file: bytesOf(name) })) as Json[]
}

beforeAll(async () => {
  const simulated = ['simulate', '--identities', '30', '--days', '7', '--out', 'org.ndjson', '--labels', 'labels.csv']
  expectCode(await folder.run(simulated), 0)
  records = recordsOf(folder, 'org.ndjson')
  const told = await features('org.parquet', '--labels', 'labels.csv')
  rows = await rowsOf('org.parquet')
  expect(told).toMatchObject({ records: records.length, events: rows.length })
}, setUpMs)

test('a row is there for every event, with the columns of the page, each once', () => {
  expect(rows.length).toBe(new Set(records.map(({ eventID }) => eventID)).size)
  expect(new Set(rows.map((row) => row['event_uid']))).toEqual(new Set(records.map(({ eventID }) => eventID)))
  expect(Object.keys(rows[0]!)).toEqual(featureColumns.map(({ name }) => name))
  expect(new Set(featureColumns.map(({ name }) => name)).size).toBe(featureColumns.length)
  expect(statSync(folder.at('org.parquet')).mode & 0o777).toBe(0o600)
})

test('scores and signals are those of a scan', async () => {
  expectCode(await folder.run(['scan', 'org.ndjson', '--scores', 'scores.ndjson']), 0)
  const scores = new Map(jsonLines(folder.text('scores.ndjson')).map((line) => [line['event_id'], line]))
  for (const row of rows) {
    const line = scores.get(row['event_uid'])!
    expect([row['score_bits'], row['surprise_bits'], row['impact_bits'], row['identity_uid']]).toEqual([
      line['score'],
      line['surprise'],
      line['impact'],
      line['identity'],
    ])
    const bits = line['signals'] as Record<string, number>
    for (const { id } of signals)
      expect((row[columnOf('nats', id)] as number) * Math.LOG2E, id).toBeCloseTo(bits[id] ?? 0, 2)
  }
})

test('inputs are the signals, squashed, and their context', () => {
  for (const row of rows) {
    for (const { id } of signals) {
      const nats = Math.min(row[columnOf('nats', id)] as number, inputNatsMax)
      expect(row[columnOf('input', id)], id).toBe(Math.fround(Math.log1p(nats) / Math.log1p(inputNatsMax)))
    }
    const type = columnOf('input', `identity_type.${row['identity_type']}`)
    expect(row[type]).toBe(1)
  }
  const known = rows.filter((row) => (row['input_context_gate'] as number) >= 0.5)
  expect(known.length).toBeGreaterThan(1000)
})

test('labels stand beside the events they name, and nowhere else', () => {
  const labels = new Map(
    folder
      .lines('labels.csv')
      .slice(1)
      .map((line) => line.split(','))
      .map(([event, attack]) => [event, attack]),
  )
  expect(labels.size).toBeGreaterThan(10)
  for (const row of rows) expect(row['label'] ?? undefined).toBe(labels.get(row['event_uid'] as string))
})

test('the file says which columns are inputs, in order, and what scored', async () => {
  const { key_value_metadata: pairs } = parquetMetadata(bytesOf('org.parquet'))
  const told = JSON.parse(pairs!.find(({ key }) => key === featuresKey)!.value!) as Json
  const inputs = told['inputs'] as { id: string; column: string }[]
  expect(inputs.map(({ id }) => id)).toEqual(autoencoderInputIds)
  for (const { column } of inputs) expect(rows[0]).toHaveProperty(column)
  const { model } = await features('again.parquet', '--labels', 'labels.csv')
  expect(told).toMatchObject({ version: 1, model })
  expect(Buffer.from(bytesOf('again.parquet')).equals(Buffer.from(bytesOf('org.parquet')))).toBe(true)
})

test('without a model the census is empty at first, so that more is new', async () => {
  const { model } = await features('none.parquet', '--model', 'none', '--until', '2026-01-06')
  expect(model).toBe('none')
  const untrained = await rowsOf('none.parquet')
  const sum = (some: readonly Json[]): number =>
    some.reduce((total, row) => total + (row['nats_new_value_action'] as number), 0)
  expect(sum(untrained)).not.toBe(sum(rows.slice(0, untrained.length)))
})

test('nobody can be read out of it', () => {
  const bytes = Buffer.from(bytesOf('org.parquet'))
  expect([...clearNames(records)].filter((name) => bytes.includes(name))).toEqual([])
})

test('where there is nothing to tell, no file is written, and that is said', async () => {
  const ran = await folder.run(['features', '--from', 'org.ndjson', '--out', 'no.parquet', '--since', '2030-01-01'])
  expectCode(ran, 3)
  expect(ran.stderr).toContain('(input.empty)')
  expect(existsSync(folder.at('no.parquet'))).toBe(false)
})

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CensusTable } from '@ostiary/models'
import type { Exhibit } from '@ostiary/schemas'
import { afterAll, expect, test } from 'vitest'
import { censusFolderOf, keptCensus } from './census-folder.ts'
import { exhibitOfLine } from './exhibit-line.ts'
import { ExhibitsWriter } from './exhibits-writer.ts'

const folder = mkdtempSync(join(tmpdir(), 'ostiary-exhibits-'))
afterAll(() => rmSync(folder, { recursive: true }))

const exhibit = {
  finding_uid: 'a'.repeat(32),
  revision: 1,
  activity: 'create',
  time: 1,
  identity_uid: 'id-1',
  model: 'm',
  tables: 't',
  feedback: '',
  census: 'c',
  code: '0',
  event: { event_uid: 'e\u2028' },
  state: Buffer.from([0, 255, 7]),
  case_before: Buffer.from('{"score":0.1}'),
  event_sha256: '',
  state_sha256: '',
  case_sha256: '',
  finding_sha256: '',
} as unknown as Exhibit

function table(identities: number): CensusTable {
  return new CensusTable({ ...CensusTable.empty.body, identities })
}

test('an exhibit comes back from its line as it was', () => {
  const file = join(folder, 'one')
  writeFileSync(file, 'was open to others', { mode: 0o644 })
  const writer = new ExhibitsWriter(file, { modelCensus: '' })
  writer.write(exhibit, undefined)
  writer.write({ ...exhibit, case_before: Buffer.alloc(0) }, undefined)
  writer.close()
  expect(statSync(file).mode & 0o777).toBe(0o600)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  expect(lines.map(exhibitOfLine)).toEqual([exhibit, { ...exhibit, case_before: Buffer.alloc(0) }])
})

test('a table is kept once, and the model’s own not at all', () => {
  const file = join(folder, 'tables')
  const own = table(1)
  const writer = new ExhibitsWriter(file, { modelCensus: own.id })
  for (const one of [own, table(2), table(2), table(3)]) writer.write(exhibit, one)
  writer.close()
  const kept = readdirSync(censusFolderOf(file))
  expect(kept.sort()).toEqual([2, 3].map((n) => `${table(n).id}.json.gz`).sort())
  expect(keptCensus([censusFolderOf(file)], table(2).id)?.body.identities).toBe(2)
  expect(keptCensus([censusFolderOf(file)], own.id)).toBeUndefined()
  expect(keptCensus([censusFolderOf(file)], '../tables')).toBeUndefined()
})

test('what finds no room is left out and counted', () => {
  const bytes = new ExhibitsWriter(join(folder, 'bytes'), { modelCensus: '', bytesMax: 1000 })
  for (let i = 0; i < 5; i++) bytes.write(exhibit, undefined)
  bytes.close()
  expect(bytes.counts.written).toBeGreaterThan(0)
  expect(bytes.counts.written + bytes.counts.leftOut).toBe(5)
  expect(statSync(join(folder, 'bytes')).size).toBeLessThanOrEqual(1000)
  const tables = new ExhibitsWriter(join(folder, 'many'), { modelCensus: '', tablesMax: 2 })
  for (const n of [1, 2, 3, 2]) tables.write(exhibit, table(n))
  tables.close()
  expect(tables.counts).toEqual({ written: 3, leftOut: 1 })
})

test('a line that is no exhibit is none', () => {
  for (const line of ['', '7', 'null', '[]', '{}', '{"finding_uid":"a"}', '{"finding_uid":']) {
    expect(exhibitOfLine(line)).toBeUndefined()
  }
})

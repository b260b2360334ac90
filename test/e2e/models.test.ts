import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { canonicalJson } from '@ostiary/schemas'
import { beforeAll, expect, test } from 'vitest'
import { writeSampleModel } from '../sample-model.ts'
import { commandFolder, expectCode, type Json, jsonLines, setUpMs, summaryOf } from './command.ts'
import { ndjson, recordsOf, writeOrganisation } from './organisation.ts'

const folder = commandFolder()
let other: string

function sample(name: string, seed: number): void {
  writeSampleModel(folder.at(name), { seed })
}

beforeAll(async () => {
  writeFileSync(folder.at('few.ndjson'), ndjson((await writeOrganisation(folder)).slice(0, 400)))
  sample('a', 7)
  sample('b', 8)
}, setUpMs)

async function models(...args: readonly string[]): Promise<Json[]> {
  const ran = await folder.run(['models', ...args])
  expectCode(ran, 0)
  return jsonLines(ran.stdout)
}

async function refused(code: string, ...args: readonly string[]): Promise<void> {
  const ran = await folder.run(['models', ...args])
  expectCode(ran, 2)
  expect(ran.stderr).toContain(`(${code})`)
}

async function scannedWith(): Promise<unknown> {
  const ran = await folder.run(['scan', 'few.ndjson', '--registry', 'registry', '--alerts', 'alerts.ndjson'])
  expectCode(ran, 0)
  return summaryOf(ran)['model']
}

const here = ['--registry', 'registry']
const why = [...here, '--reason', 'a test', '--by', 'ada']

test(
  'a model is published, promoted and rolled back, and scans follow',
  async () => {
    const [starter] = await models('list', ...here)
    expect(starter).toMatchObject({ in_force: 'champion', signature: 'ships with the program', usable: true })
    const [promoted] = await models('promote', 'a', ...why, '--force')
    const a = promoted!['model'] as string
    expect(promoted).toMatchObject({ action: 'promote', by: 'ada', reason: 'a test', epoch: 1 })
    expect(await scannedWith()).toBe(a)
    const [published] = await models('publish', 'b', ...here)
    other = published!['published'] as string
    expect(await scannedWith()).toBe(a)
    await models('promote', other.slice(0, 8), ...why, '--force')
    expect(await scannedWith()).toBe(other)
    await models('rollback', ...why)
    expect(await scannedWith()).toBe(a)
    const roles = Object.fromEntries((await models('list', ...here)).map((row) => [row['model'], row['in_force']]))
    expect(roles).toEqual({ [starter!['model'] as string]: '', [a]: 'champion', [other]: '' })
    expect((await models('list', '--journal', ...here)).map(({ action }) => action)).toEqual([
      'promote',
      'promote',
      'rollback',
    ])
  },
  setUpMs,
)

test(
  'one is shown with its card, and two are compared',
  async () => {
    const [shown] = await models('show', other.slice(0, 8), ...here)
    expect(shown).toMatchObject({ model: other, signature: 'none', usable: true })
    expect(shown!['card']).toContain('#')
    const rows = await models('diff', 'starter', other.slice(0, 8), ...here)
    expect(rows.map(({ what }) => what)).toEqual(['model', 'signature', 'seed'])
    await refused('model.invalid', 'show', 'ffffffff', ...here)
  },
  setUpMs,
)

test(
  'once a key is trusted, what is not signed with it is refused, and the old one goes on',
  async () => {
    const before = await scannedWith()
    await models('keygen', '--out', 'key')
    expect(statSync(folder.at('key')).mode & 0o777).toBe(0o600)
    sample('c', 9)
    const [signed] = await models('sign', 'c', '--key', 'key')
    await models('trust', 'key.pub', '--name', 'data science')
    await refused('model.untrusted', 'promote', 'b', ...why, '--force')
    await refused('model.untrusted', 'promote', other.slice(0, 8), ...why, '--force')
    // What is in force already was never signed: a scan passes it over, and says so.
    const ran = await folder.run(['scan', 'few.ndjson', '--registry', 'registry', '--alerts', 'alerts.ndjson'])
    expectCode(ran, 0)
    expect(ran.stderr).toContain(`model ${before} is passed over`)
    await models('promote', 'c', ...why, '--force')
    expect(await scannedWith()).toBe(signed!['model'])
    const [shown] = await models('show', (signed!['model'] as string).slice(0, 8), ...here)
    expect(shown!['signature']).toBe(`key ${signed!['key']} data science`)
  },
  setUpMs,
)

test(
  'a model changed after it was signed is refused',
  async () => {
    sample('d', 10)
    await models('sign', 'd', '--key', 'key')
    const path = folder.at('d', 'manifest.json')
    const manifest = JSON.parse(readFileSync(path, 'utf8')) as Json
    writeFileSync(path, `${canonicalJson({ ...manifest, seed: 11 })}\n`)
    await refused('model.untrusted', 'promote', 'd', ...why, '--force')
    writeFileSync(folder.at('d', 'weights.bin'), 'x')
    await refused('model.invalid', 'promote', 'd', ...why, '--force')
  },
  setUpMs,
)

test(
  'a promotion has to pass its gates, and says what each found; what was not judged needs --force',
  async () => {
    await models('sign', 'b', '--key', 'key')
    await refused('usage.invalid', 'promote', 'b', ...why)
    const [first] = recordsOf(folder, 'org.ndjson').slice(-1)
    writeFileSync(folder.at('labels.csv'), `eventID,attack_id\n${first!.eventID},a-1\n`)
    const against = [
      'promote',
      'b',
      ...why,
      '--against',
      'org.ndjson',
      '--labels',
      'labels.csv',
      '--alerts-within',
      '99',
    ]
    const failed = await folder.run(['models', ...against, '--calibration-within', '0'])
    expectCode(failed, 1)
    expect(failed.stderr).toContain('not promoted: calibration: off by ')
    const [told] = jsonLines(failed.stdout)
    expect(told!['gates']).toEqual([
      { gate: 'alerts_per_day', passed: true, detail: expect.stringContaining('a day over') },
      { gate: 'labelled_recall', passed: true, detail: expect.stringContaining('of 1 labelled attacks found') },
      { gate: 'calibration', passed: false, detail: expect.stringContaining('0 allowed') },
    ])
    expect((await models('list', '--journal', ...here)).at(-1)!['model']).not.toBe(told!['refused'])
    const [forced] = await models(...against, '--calibration-within', '0', '--force')
    expect(forced).toMatchObject({ model: told!['refused'], forced: true, gates: told!['gates'] })
    await models('rollback', ...why)
    const [passed] = await models(...against, '--calibration-within', '60')
    expect(passed).toMatchObject({ model: told!['refused'], forced: false })
  },
  setUpMs,
)

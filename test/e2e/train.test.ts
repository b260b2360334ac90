import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, setUpMs, summaryOf } from './command.ts'
import { type CloudTrailJson, clearNames, ndjson, recordsOf, writeOrganisation } from './organisation.ts'

const folder = commandFolder()
let trained: Json
const files = [
  'MODEL_CARD.md',
  'MODEL_CARD.svg',
  'calibration.json',
  'census.json',
  'manifest.json',
  'model.json',
  'weights.bin',
]

/** Few epochs: how well it learns is measured elsewhere. */
async function train(out: string, ...more: readonly string[]): Promise<Json> {
  const ran = await folder.run(['train', '--from', 'org.ndjson', '--out', out, '--epochs', '2', ...more])
  expectCode(ran, 0)
  expect(ran.stderr).toBe('')
  return jsonLines(ran.stdout)[0]!
}

beforeAll(async () => {
  const records = await writeOrganisation(folder)
  writeFileSync(folder.at('few.ndjson'), ndjson(records.slice(0, 400)))
  trained = await train('model')
}, setUpMs)

test('training writes a model and tells what from', () => {
  expect(readdirSync(folder.at('model')).sort()).toEqual(files)
  expect(Object.keys(trained)).toEqual(['model', 'folder', 'events', 'identities', 'from', 'until', 'backend'])
  expect(trained['events']).toBe(folder.lines('org.ndjson').length)
  expect(trained['from']).toMatch(/^2026-01-05T/)
})

test('a scan with it says so in its summary and its alerts', async () => {
  const ran = await folder.run(['scan', 'org.ndjson', '--model', 'model'])
  expectCode(ran, 0)
  expect(summaryOf(ran)['model']).toBe(trained['model'])
  const models = jsonLines(ran.stdout).map((line) => (line['unmapped'] as { ostiary: Json }).ostiary['model'])
  expect(models.length).toBeGreaterThan(0)
  expect(new Set(models)).toEqual(new Set([trained['model']]))
})

test('the same seed gives the same model, byte for byte; another seed another', async () => {
  const again = await train('again')
  expect(again['model']).toBe(trained['model'])
  for (const file of files)
    expect(readFileSync(folder.at('again', file)).equals(readFileSync(folder.at('model', file))), file).toBe(true)
  expect((await train('other', '--seed', '2'))['model']).not.toBe(trained['model'])
})

test('the order of a file and repeats in it do not matter', async () => {
  const records = recordsOf(folder, 'org.ndjson')
  const blocks = Array.from({ length: Math.ceil(records.length / 4) }, (_, i) => records.slice(4 * i, 4 * i + 4))
  const within = blocks.filter((block) => isWithin(block, 10 * 60_000)).length
  expect(within).toBeGreaterThan(blocks.length / 2)
  const mixed = blocks.flatMap((block) => {
    const strictly = new Set(block.map((record) => record.eventTime)).size === block.length
    return strictly && isWithin(block, 10 * 60_000) ? [...block].reverse() : block
  })
  writeFileSync(folder.at('org.ndjson.mixed'), ndjson([...mixed, ...records.slice(-300)]))
  const ran = await folder.run(['train', '--from', 'org.ndjson.mixed', '--out', 'mixed', '--epochs', '2'])
  expectCode(ran, 0)
  expect(jsonLines(ran.stdout)[0]).toMatchObject({ model: trained['model'], events: records.length })
})

function isWithin(block: readonly CloudTrailJson[], spanMs: number): boolean {
  return Date.parse(block.at(-1)!.eventTime) - Date.parse(block[0]!.eventTime) < spanMs
}

test('nobody can be read out of a model', () => {
  const names = clearNames(recordsOf(folder, 'org.ndjson'))
  for (const file of files) {
    const text = readFileSync(folder.at('model', file)).toString('latin1')
    expect(
      [...names].filter((name) => text.includes(name)),
      file,
    ).toEqual([])
  }
})

describe('a damaged model is refused', () => {
  async function refused(name: string): Promise<void> {
    const ran = await folder.run(['scan', 'few.ndjson', '--model', 'damaged'])
    expectCode(ran, 2)
    expect(ran.stderr, name).toContain('(model.invalid)')
    expect(ran.stdout).toBe('')
  }

  test.each(files.filter((file) => file !== 'manifest.json'))('one bit changed in %s', async (file) => {
    cpSync(folder.at('model'), folder.at('damaged'), { recursive: true })
    const bytes = readFileSync(folder.at('damaged', file))
    bytes[bytes.length >> 1]! ^= 1
    writeFileSync(folder.at('damaged', file), bytes)
    await refused(file)
  })

  test('a manifest that is cut, of another version, or without a member', async () => {
    const whole = folder.text('model/manifest.json')
    const { trainedFrom: _, ...less } = JSON.parse(whole) as Json
    for (const text of [whole.slice(0, -20), whole.replace('"version":1', '"version":2'), JSON.stringify(less), '']) {
      cpSync(folder.at('model'), folder.at('damaged'), { recursive: true })
      writeFileSync(folder.at('damaged', 'manifest.json'), text)
      await refused(text.slice(-40))
    }
  })

  test('a file missing', async () => {
    cpSync(folder.at('model'), folder.at('damaged'), { recursive: true })
    rmSync(folder.at('damaged', 'weights.bin'))
    await refused('weights.bin')
  })
})

test('too little to learn from is told as such', async () => {
  const ran = await folder.run(['train', '--from', 'few.ndjson', '--out', 'none'])
  expectCode(ran, 3)
  expect(ran.stderr).toContain('(input.empty)')
  expect(ran.stderr).toContain('400')
})

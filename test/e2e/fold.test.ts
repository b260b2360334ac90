import { writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, type Ran, setUpMs, summaryOf } from './command.ts'
import { type CloudTrailJson, ndjson, writeOrganisation } from './organisation.ts'

const folder = commandFolder()
let records: CloudTrailJson[]
let whole: Ran
let wholeScores: string

beforeAll(async () => {
  records = await writeOrganisation(folder)
  whole = await folder.run(['scan', 'org.ndjson', '--scores', 'whole'])
  expectCode(whole, 0)
  wholeScores = folder.text('whole')
}, setUpMs)

test('the same input gives the same bytes', async () => {
  const again = await folder.run(['scan', 'org.ndjson', '--scores', 'again'])
  expect(again.stdout === whole.stdout).toBe(true)
  expect(folder.text('again') === wholeScores).toBe(true)
})

function findingsOf(...texts: readonly string[]): Map<string, Json> {
  const last = new Map<string, Json>()
  const revision = (line: Json): number => (line['metadata'] as { sequence: number }).sequence
  for (const line of texts.flatMap(jsonLines)) {
    const { uid } = line['finding_info'] as { uid: string }
    const held = last.get(uid)
    if (held === undefined || revision(line) > revision(held)) last.set(uid, line)
  }
  return last
}

/** Scans parts one after the other, going on from the state of the one before. */
async function inParts(name: string, parts: readonly (readonly CloudTrailJson[])[]): Promise<readonly Ran[]> {
  const runs: Ran[] = []
  for (const [i, part] of parts.entries()) {
    writeFileSync(folder.at(`${name}-${i}.ndjson`), ndjson(part))
    const files = [`${name}-${i}.ndjson`, '--state', name, '--scores', `${name}-${i}.scores`]
    runs.push(await folder.run(['scan', ...files]))
    expectCode(runs[i]!, 0)
  }
  return runs
}

test('cut in parts at days, with the state between, all is as in one piece', async () => {
  const cuts = ['2026-01-07', '2026-01-08', '2026-01-10']
  const partOf = (record: CloudTrailJson): number => cuts.filter((cut) => record.eventTime >= cut).length
  const parts = [0, 1, 2, 3].map((part) => records.filter((record) => partOf(record) === part))
  expect(parts.every((part) => part.length > 100)).toBe(true)
  const runs = await inParts('days', parts)
  const scores = parts.map((_, i) => folder.text(`days-${i}.scores`)).join('')
  expect(scores === wholeScores, 'the same scores').toBe(true)
  const expected = findingsOf(whole.stdout)
  expect(expected.size).toBeGreaterThan(5)
  expect(findingsOf(...runs.map((run) => run.stdout))).toEqual(expected)
})

test('cut in the middle of a case, the case goes on', async () => {
  // Between the first and the last event of the case with the most events.
  const cases = jsonLines(whole.stdout).map((line) => (line['unmapped'] as { ostiary: Json }).ostiary)
  const longest = cases.reduce((a, b) => ((a['event_count'] as number) >= (b['event_count'] as number) ? a : b))
  expect(longest['event_count']).toBeGreaterThan(2)
  const from = String(longest['first_event_time']).slice(0, 19)
  const cut = records.findIndex((record) => record.eventTime.slice(0, 19) > from)
  const runs = await inParts('case', [records.slice(0, cut), records.slice(cut)])
  expect(folder.text('case-0.scores') + folder.text('case-1.scores') === wholeScores).toBe(true)
  expect(findingsOf(...runs.map((run) => run.stdout))).toEqual(findingsOf(whole.stdout))
})

test('what comes again after the cut is dropped', async () => {
  const cut = records.length >> 1
  const runs = await inParts('twice', [records.slice(0, cut), records.slice(cut - 500)])
  expect(summaryOf(runs[1]!)).toMatchObject({ duplicates: 500, scored: records.length - cut })
  expect(folder.text('twice-0.scores') + folder.text('twice-1.scores') === wholeScores).toBe(true)
})

test('without the state, the second part is scored otherwise', async () => {
  const cut = records.length >> 1
  writeFileSync(folder.at('second.ndjson'), ndjson(records.slice(cut)))
  expectCode(await folder.run(['scan', 'second.ndjson', '--scores', 'second']), 0)
  expect(wholeScores.endsWith(folder.text('second'))).toBe(false)
})

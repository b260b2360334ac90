import { mkdirSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { accounted, commandFolder, expectCode, jsonLines, type Ran, setUpMs, summaryOf } from './command.ts'
import { type CloudTrailJson, ndjson, writeOrganisation } from './organisation.ts'

const folder = commandFolder()
let records: CloudTrailJson[]
/** Alerts and scores of the records in one plain file, which every other way to give them must equal. */
let expected: { readonly ran: Ran; readonly scores: string }

async function scanned(
  args: readonly string[],
  input: string | Buffer = '',
): Promise<{ readonly ran: Ran; readonly scores: string }> {
  const ran = await folder.run(['scan', ...args, '--scores', 'scores'], { input })
  expectCode(ran, 0)
  expect(accounted(summaryOf(ran))).toBe(summaryOf(ran)['records'])
  return { ran, scores: folder.text('scores') }
}

beforeAll(async () => {
  const all = await writeOrganisation(folder)
  records = all.slice(0, 2500)
  writeFileSync(folder.at('plain.ndjson'), ndjson(records))
  expected = await scanned(['plain.ndjson'])
  expect(expected.ran.stdout).not.toBe('')
}, setUpMs)

function expectSame(given: Awaited<ReturnType<typeof scanned>>): void {
  expect(summaryOf(given.ran)['scored']).toBe(records.length)
  expect(given.scores === expected.scores, 'the same scores').toBe(true)
  expect(given.ran.stdout === expected.ran.stdout, 'the same alerts').toBe(true)
}

describe('the same records give the same', () => {
  test('from standard input', async () => {
    expectSame(await scanned(['-'], ndjson(records)))
  })

  test('from gzip, known by its bytes whatever the name, also on standard input and of several members', async () => {
    const half = records.length / 2
    const members = [records.slice(0, half), records.slice(half)].map((part) => gzipSync(ndjson(part)))
    writeFileSync(folder.at('packed'), Buffer.concat(members))
    expectSame(await scanned(['packed']))
    expectSame(await scanned(['-'], gzipSync(ndjson(records))))
  })

  test('from CloudTrail files: gzip of {"Records": […]}', async () => {
    writeFileSync(folder.at('wrapped.json.gz'), gzipSync(JSON.stringify({ Records: records })))
    expectSame(await scanned(['wrapped.json.gz']))
  })

  test('from a folder of files of an hour each, whatever they are called', async () => {
    mkdirSync(folder.at('hours'))
    const hours = groupedBy(hourOf)
    for (const [hour, part] of hours)
      writeFileSync(folder.at('hours', `${hour.slice(-2)}-${hour}.json`), JSON.stringify({ Records: part }))
    expect(hours.size).toBeGreaterThan(10)
    expectSame(await scanned(['hours']))
  })

  test('from files that overlap in time', async () => {
    mkdirSync(folder.at('overlapping', 'deep', 'er'), { recursive: true })
    // All of one second in one file: between files, ties go by path.
    const parts = groupedBy((record) => String(Number(record.eventTime.slice(17, 19)) % 7))
    for (const [part, some] of parts)
      writeFileSync(folder.at('overlapping', 'deep', 'er', `${part}.ndjson`), ndjson(some))
    expect(parts.size).toBe(7)
    expectSame(await scanned(['overlapping']))
  })

  test('from a file and standard input together', async () => {
    const parts = groupedBy((record) => String(Number(record.eventTime.slice(17, 19)) % 2))
    writeFileSync(folder.at('one.ndjson'), ndjson(parts.get('1')!))
    expectSame(await scanned(['one.ndjson', '-'], ndjson(parts.get('0')!)))
  })

  test('out of order, as long as nothing is later than --reorder', async () => {
    const blocks: CloudTrailJson[] = []
    for (let i = 0; i < records.length; i += 10) blocks.push(...reversedSeconds(records.slice(i, i + 10)))
    expect(blocks.map((one) => one.eventID)).not.toEqual(records.map((one) => one.eventID))
    writeFileSync(folder.at('shuffled.ndjson'), ndjson(blocks))
    expectSame(await scanned(['shuffled.ndjson', '--reorder', '6h']))
  })
})

function hourOf(record: CloudTrailJson): string {
  return record.eventTime.slice(0, 13).replace(/\D/g, '')
}

function groupedBy(key: (record: CloudTrailJson) => string): Map<string, CloudTrailJson[]> {
  const groups = new Map<string, CloudTrailJson[]>()
  for (const record of records) groups.set(key(record), [...(groups.get(key(record)) ?? []), record])
  return groups
}

/** The other way round, but with what shares a second in its order: nothing could tell that order again. */
function reversedSeconds(some: readonly CloudTrailJson[]): CloudTrailJson[] {
  return some
    .map((record, i) => ({ record, i }))
    .sort((a, b) =>
      a.record.eventTime < b.record.eventTime ? 1 : a.record.eventTime > b.record.eventTime ? -1 : a.i - b.i,
    )
    .map(({ record }) => record)
}

describe('what is asked for', () => {
  test('--since and --until take events of that time; others are filtered', async () => {
    const [since, until] = ['2026-01-05T12:00:00Z', '2026-01-06T03:00:00Z']
    const { ran, scores } = await scanned(['plain.ndjson', '--since', since, '--until', until])
    const wanted = records.filter(({ eventTime }) => eventTime >= since && eventTime < until)
    expect(wanted.length).toBeGreaterThan(100)
    expect(jsonLines(scores).map((line) => line['event_id'])).toEqual(wanted.map((record) => record.eventID))
    expect(summaryOf(ran)).toMatchObject({ scored: wanted.length, filtered: records.length - wanted.length })
  })

  test('--since takes a day', async () => {
    const { ran } = await scanned(['plain.ndjson', '--since', '2026-01-06'])
    const wanted = records.filter(({ eventTime }) => eventTime >= '2026-01-06')
    expect(summaryOf(ran)['scored']).toBe(wanted.length)
  })

  test('--source takes records of that format only', async () => {
    expectSame(await scanned(['plain.ndjson', '--source', 'aws.cloudtrail']))
    const other = await folder.run(['scan', 'plain.ndjson', '--source', 'gcp.audit'])
    expectCode(other, 3)
    expect(other.stdout).toBe('')
  })

  test('--tenant is in every alert, and gives other pseudonyms', async () => {
    const { ran } = await scanned(['plain.ndjson', '--tenant', 'acme'])
    const mine = jsonLines(ran.stdout)
    expect(mine.map((line) => (line['metadata'] as { tenant_uid: string }).tenant_uid)).toEqual(mine.map(() => 'acme'))
    const identities = (text: string): Set<string> => new Set(text.match(/id-[0-9a-f]{20}/g))
    const others = identities(expected.ran.stdout)
    expect([...identities(ran.stdout)].filter((id) => others.has(id))).toEqual([])
  })
})

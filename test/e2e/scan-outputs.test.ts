import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { signals } from '@ostiary/models'
import { Ajv } from 'ajv'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  accounted,
  commandFolder,
  expectCode,
  type Json,
  jsonLines,
  linesOf,
  type Ran,
  root,
  setUpMs,
  summaryOf,
} from './command.ts'
import { type CloudTrailJson, ndjson, writeOrganisation } from './organisation.ts'

const folder = commandFolder()
const sevenKeys = ['identity', 'first_event_time', 'last_event_time', 'event_ids', 'score', 'disposition', 'revision']

let records: CloudTrailJson[]
let ran: Ran
/** Lines that give no event, appended to the organisation's. */
const bad = ['{"not":"known"}', '[1,2]', 'text', '{"eventVersion":"1.11",']

beforeAll(async () => {
  records = await writeOrganisation(folder)
  const twice = records.slice(-5)
  writeFileSync(folder.at('in.ndjson'), `${ndjson([...records, ...twice])}${bad.map((line) => `${line}\n`).join('')}`)
  const outputs = ['--alerts', 'alerts', '--scores', 'scores', '--rejects', 'rejects']
  ran = await folder.run(['scan', 'in.ndjson', ...outputs])
  expectCode(ran, 0)
  writeFileSync(folder.at('some.ndjson'), `${ndjson(records.slice(0, 3))}${bad[0]}\n`)
}, setUpMs)

function ostiaryOf(line: Json): Json {
  return (line['unmapped'] as { readonly ostiary: Json }).ostiary
}

function uidOf(line: Json): string {
  return (line['finding_info'] as { readonly uid: string }).uid
}

function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

describe('alerts', () => {
  test('standard output in a pipe is the file of --alerts, byte for byte', () => {
    expect(ran.stdout).not.toBe('')
    expect(ran.stdout).toBe(folder.text('alerts'))
  })

  test('every line is a Detection Finding and holds the seven keys', () => {
    const path = join(root, 'docs', 'spec', 'ocsf-detection-finding.schema.json')
    const validate = new Ajv({ allErrors: true, strict: false }).compile(
      JSON.parse(readFileSync(path, 'utf8')) as object,
    )
    for (const line of jsonLines(ran.stdout)) {
      expect(validate(line) ? [] : validate.errors).toEqual([])
      const own = ostiaryOf(line)
      expect(Object.keys(own)).toEqual(expect.arrayContaining(sevenKeys))
      expect((own['event_ids'] as string[]).length).toBeGreaterThan(0)
    }
  })

  test('are one a finding, by score falling, then by id', () => {
    const lines = jsonLines(ran.stdout)
    const uids = lines.map(uidOf)
    expect(new Set(uids).size).toBe(uids.length)
    const order = lines.map((line) => [ostiaryOf(line)['score'] as number, uidOf(line)] as const)
    expect(order).toEqual([...order].sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? -1 : 1)))
    // Some case grew, or the last revision would be the only one anyway.
    expect(lines.some((line) => (ostiaryOf(line)['revision'] as number) > 1)).toBe(true)
  })

  test('are as many as the summary says, and their events were in the input', () => {
    const summary = summaryOf(ran)
    const lines = jsonLines(ran.stdout).map(ostiaryOf)
    expect(lines.length).toBe((summary['alerts'] as number) + (summary['digest'] as number))
    expect(lines.filter((line) => line['disposition'] === 'page').length).toBe(summary['alerts'])
    const known = new Set(records.map((record) => record.eventID))
    for (const line of lines) for (const id of line['event_ids'] as string[]) expect(known).toContain(id)
  })

  test('in the flat form have the same content at the top level', async () => {
    const flat = await folder.run(['scan', 'in.ndjson', '--format', 'flat'])
    expectCode(flat, 0)
    const lines = jsonLines(flat.stdout)
    expect(lines.map((line) => line['finding_uid'])).toEqual(jsonLines(ran.stdout).map(uidOf))
    for (const [i, line] of jsonLines(ran.stdout).entries()) expect(lines[i]).toMatchObject(ostiaryOf(line))
  })
})

describe('scores', () => {
  test('are one line an event in order of time, with these keys', () => {
    const lines = jsonLines(folder.text('scores'))
    // The simulator writes in order of time, so the order of processing is that of the file.
    expect(lines.map((line) => line['event_id'])).toEqual(records.map((record) => record.eventID))
    const keys = ['event_id', 'time', 'identity', 'issuer', 'score', 'surprise', 'impact', 'signals']
    const known: readonly string[] = signals.map((signal) => signal.id)
    const isRight = (line: Json, record: CloudTrailJson): boolean =>
      Object.keys(line).join() === keys.join() &&
      Date.parse(line['time'] as string) === Date.parse(record.eventTime) &&
      ['score', 'surprise', 'impact'].every((key) => (line[key] as number) >= 0) &&
      Object.entries(line['signals'] as Json).every(([id, bits]) => known.includes(id) && Number.isFinite(bits))
    expect(lines.filter((line, i) => !isRight(line, records[i]!))).toEqual([])
    expect(lines.some((line) => Object.keys(line['signals'] as Json).length > 3)).toBe(true)
  })
})

describe('rejects', () => {
  test('hold what gave no event, as it was, for the owner only', () => {
    const lines = jsonLines(folder.text('rejects'))
    const keys = ['file', 'index', 'byte_offset', 'bytes', 'sha256', 'reason', 'bytes_base64', 'truncated']
    expect(lines.map((line) => line['reason'])).toEqual([
      'source.unsupported',
      'json.not_object',
      'json.invalid',
      'bytes.truncated',
    ])
    const input = readFileSync(folder.at('in.ndjson'))
    for (const [i, line] of lines.entries()) {
      expect(Object.keys(line)).toEqual(keys)
      expect(line['file']).toBe('in.ndjson')
      const bytes = Buffer.from(line['bytes_base64'] as string, 'base64')
      expect(bytes.toString('utf8').trim()).toBe(bad[i])
      expect(line['bytes']).toBe(bytes.length)
      expect(line['sha256']).toBe(sha256(bytes))
      expect(line['truncated']).toBe(false)
      const at = line['byte_offset'] as number
      expect(input.subarray(at, at + bytes.length)).toEqual(bytes)
    }
    expect(statSync(folder.at('rejects')).mode & 0o777).toBe(0o600)
  })

  test('are appended, and a file that others could read is closed to them', async () => {
    writeFileSync(folder.at('old'), 'before\n', { mode: 0o644 })
    expectCode(await folder.run(['scan', 'some.ndjson', '--rejects', 'old']), 0)
    expect(folder.lines('old')[0]).toBe('before')
    expect(folder.lines('old').length).toBe(2)
    expect(statSync(folder.at('old')).mode & 0o777).toBe(0o600)
  })
})

describe('summary', () => {
  const counted = ['records', 'scored', 'duplicates', 'late', 'identities', 'alerts', 'digest', 'omitted']
  const keys = [...counted, 'rejected', 'filtered']

  test('accounts for every record', () => {
    const summary = summaryOf(ran)
    expect(Object.keys(summary)).toEqual([...keys, 'seconds', 'model', 'tables', 'feedback', 'config'])
    expect(summary['records']).toBe(records.length + 5 + bad.length)
    expect(accounted(summary)).toBe(summary['records'])
    expect(summary['duplicates']).toBe(5)
    expect(summary['scored']).toBe(records.length)
    for (const key of ['model', 'tables', 'config']) expect(summary[key]).toMatch(/^[0-9a-f]{64}$/)
  })

  test('goes to the file of --summary, and then not to standard error', async () => {
    const quiet = await folder.run(['scan', 'some.ndjson', '--summary', 'summary'])
    expectCode(quiet, 0)
    expect(quiet.stderr).toBe('')
    const summary = JSON.parse(linesOf(folder.text('summary'))[0]!) as Json
    expect(summary).toMatchObject({ records: 4, scored: 3 })
  })
})

test('a device named for an output is written to and stays a device', async () => {
  const outputs = ['--alerts', '/dev/null', '--summary', '/dev/null', '--scores', '/dev/null', '--rejects', '/dev/null']
  expectCode(await folder.run(['scan', 'some.ndjson', ...outputs]), 0)
  expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
})

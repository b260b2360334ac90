import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { accounted, commandFolder, expectCode, type Json, jsonLines, type Ran, setUpMs, summaryOf } from './command.ts'
import { type CloudTrailJson, ndjson, writeOrganisation } from './organisation.ts'

const folder = commandFolder()
let all: CloudTrailJson[]
let good: CloudTrailJson[]

beforeAll(async () => {
  all = await writeOrganisation(folder)
  good = all.slice(0, 200)
}, setUpMs)

const id = '6f7bd25f-4ee5-4a0e-a33b-7a77de7e8d5'

/** A good record with members changed; `undefined` removes one. */
function changed(members: Json, n = 0, of: Json = good[100]!): Json {
  return { ...of, eventID: `${id}${n}`, ...members }
}

/** Scans lines between good ones. Every good one must be scored, every record accounted for, and nothing crash. */
async function between(lines: readonly string[], args: readonly string[] = []): Promise<{ ran: Ran; summary: Json }> {
  const half = good.length / 2
  const text = `${ndjson(good.slice(0, half))}${lines.map((line) => `${line}\n`).join('')}${ndjson(good.slice(half))}`
  const ran = await folder.run(['scan', '-', '--scores', 'scores', ...args], { input: text })
  expectCode(ran, 0)
  const summary = summaryOf(ran)
  expect(accounted(summary)).toBe(summary['records'])
  const scored = new Set(jsonLines(folder.text('scores')).map((line) => line['event_id']))
  expect(good.filter((record) => !scored.has(record.eventID))).toEqual([])
  return { ran, summary }
}

describe('between good records', () => {
  test.each([
    ['half a line', () => JSON.stringify(changed({})).slice(0, 300), { 'json.invalid': 1 }],
    ['an empty line and blanks', () => '\n  \t', {}],
    ['a record of 3 MB', () => JSON.stringify(changed({ pad: 'x'.repeat(3_000_000) })), { 'bytes.oversized': 1 }],
    ['20,000 objects deep', () => `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`, { 'json.too_deep': 1 }],
    ['20,000 arrays deep', () => `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`, { 'json.too_deep': 1 }],
    ['20,000 deep and never closed', () => `${'{"a":'.repeat(20_000)}1`, { 'json.too_deep': 1 }],
    ['no JSON', () => 'NaN', { 'json.invalid': 1 }],
    ['a JSON text', () => '"text"', { 'json.not_object': 1 }],
    ['bytes that are no UTF-8', () => '\u0000\ufffd{', undefined],
    ['an empty object', () => '{}', { 'source.unsupported': 1 }],
    ['a list of records, of which one is bad', () => JSON.stringify({ Records: [changed({}), 5] }), undefined],
  ])('%s', async (_name, line, rejected) => {
    const { summary } = await between([line()], ['--rejects', 'rejects'])
    if (rejected !== undefined) expect(summary['rejected']).toEqual(rejected)
  })

  test('an event time that is none is rejected', async () => {
    const none = ['NaN', 'Infinity', '', 'now', '2026-13-45T99:99:99Z', '+275760-09-13T00:00:00.001Z']
    const times = [...none, '0000-00-00T00:00:00Z', '2026-01-07T00:00:00+99:99', Number.MAX_VALUE, -1, null, {}, []]
    const lines = times.map((eventTime, n) => JSON.stringify(changed({ eventTime }, n)))
    const { summary } = await between([...lines, JSON.stringify(changed({ eventTime: undefined }, 99))])
    expect(summary['scored']).toBe(good.length)
    const reasons = Object.keys(summary['rejected'] as Json)
    expect(reasons.filter((reason) => !reason.startsWith('record.'))).toEqual([])
  })

  test('wrong types in every member: rejected or scored, never a crash', async () => {
    const wrong = [null, true, 7, -1.5e308, 'text', [], {}, [[{}]], { a: { b: [null] } }]
    const members = Object.keys(good[100]!).filter((key) => key !== 'eventID')
    const lines = members.flatMap((key, i) =>
      wrong.map((value, j) => JSON.stringify(changed({ [key]: value }, i * wrong.length + j))),
    )
    const { summary } = await between(lines)
    expect(summary['records']).toBe(good.length + lines.length)
  })

  test('duplicate ids: the first counts', async () => {
    const line = JSON.stringify(changed({}))
    const { summary } = await between([line, line, JSON.stringify(changed({ eventName: 'DeleteTrail' }))])
    expect(summary).toMatchObject({ duplicates: 2, scored: good.length + 1, rejected: {} })
  })

  test('an event from the far future or past does not stop the rest', async () => {
    const lines = ['2090-01-01T00:00:00Z', '1999-01-01T00:00:00Z'].map((eventTime, n) =>
      JSON.stringify(changed({ eventTime }, n)),
    )
    const { summary } = await between(lines)
    expect(summary).toMatchObject({ scored: good.length, late: 0, rejected: { 'record.invalid_time': 2 } })
  })

  test('an archive dated ahead is let in where that is asked for', async () => {
    writeFileSync(folder.at('ahead.yaml'), 'futureMs: 36500d\n')
    const { summary } = await between(
      [JSON.stringify(changed({ eventTime: '2090-01-01T00:00:00Z' }))],
      ['--config', 'ahead.yaml'],
    )
    expect(summary['rejected']).toEqual({})
  })
})

/** What ends a line for some readers, or makes a terminal act. */
function isControl(letter: string): boolean {
  const code = letter.charCodeAt(0)
  return code < 0x20 || (code >= 0x7f && code <= 0x9f) || code === 0x2028 || code === 0x2029 || code === 0x202e
}

describe('hostile text', () => {
  const texts = [
    '\u001b[2J\u001b]0;owned\u0007\u0000\r\n\t\u0085',
    '\u2028\u2029\u202e\u200f\ufeff',
    '__proto__',
    'constructor',
    '../../../../etc/passwd',
    '<script>alert(1)</script>',
    '=cmd|"/C calc"!A0',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what attackers send
    '${jndi:ldap://x}',
    '\ud800',
    'ä'.repeat(50_000),
  ]

  test('in any field: no line of an output breaks, no control character comes out', async () => {
    const fields = ['eventName', 'eventSource', 'awsRegion', 'userAgent', 'sourceIPAddress', 'errorCode', 'eventID']
    const lines = texts.flatMap((text, i) =>
      fields.map((field, j) =>
        JSON.stringify(changed({ [field]: field === 'eventID' ? `${text}${i}` : text }, i * 10 + j, all.at(-1)!)),
      ),
    )
    const people = texts.map((text, i) =>
      JSON.stringify(
        changed(
          { userIdentity: { type: 'IAMUser', userName: text, principalId: text, arn: `arn:aws:iam::1:user/${text}` } },
          1000 + i,
          all.at(-1)!,
        ),
      ),
    )
    // At the end of all days, so that so much that is new alerts.
    const text = `${ndjson(all)}${[...lines, ...people].map((line) => `${line}\n`).join('')}`
    const outputs = ['--names', '--alerts', 'alerts', '--scores', 'scores', '--state', 'state']
    const ran = await folder.run(['scan', '-', ...outputs], { input: text })
    expectCode(ran, 0)
    const summary = summaryOf(ran)
    expect(accounted(summary)).toBe(all.length + lines.length + people.length)
    expect(ran.stdout).toContain('owned')
    const explained = await folder.run(['explain', '../../../../etc/passwd4', '--alerts', 'alerts', '--state', 'state'])
    expectCode(explained, 0)
    for (const written of [ran.stdout, ran.stderr, folder.text('scores'), explained.stdout]) {
      jsonLines(written)
      expect([...new Set(written)].filter(isControl)).toEqual(['\n'])
    }
  })

  test('keys named like what objects inherit stay plain keys', async () => {
    const line = JSON.stringify(changed({})).replace(
      /^\{/,
      '{"__proto__":{"eventName":"owned","polluted":1},"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1,"toString":null,',
    )
    const inside = JSON.stringify(changed({}, 1)).replace(
      '"userIdentity":{',
      '"userIdentity":{"__proto__":{"type":"Root"},"toString":1,',
    )
    const { summary } = await between([line, inside])
    expect(summary).toMatchObject({ scored: good.length + 2, rejected: {} })
  })
})

describe('damaged files', () => {
  test('a truncated gzip gives what was in it', async () => {
    const packed = gzipSync(ndjson(good))
    writeFileSync(folder.at('cut.gz'), packed.subarray(0, packed.length - 200))
    const ran = await folder.run(['scan', 'cut.gz', '--rejects', 'cut-rejects'])
    expectCode(ran, 0)
    const summary = summaryOf(ran)
    expect(summary['rejected']).toEqual({ 'bytes.truncated': 1 })
    expect(summary['scored']).toBeGreaterThan(good.length / 2)
    expect(accounted(summary)).toBe(summary['records'])
    expect(folder.lines('cut-rejects').length).toBe(1)
  })

  test('a gzip with a changed byte gives what was before it', async () => {
    const packed = gzipSync(ndjson(good))
    packed[packed.length - 6]! ^= 0xff
    writeFileSync(folder.at('changed.gz'), packed)
    const ran = await folder.run(['scan', 'changed.gz'])
    expectCode(ran, 0)
    expect(summaryOf(ran)).toMatchObject({ scored: good.length, rejected: { 'bytes.corrupt': 1 } })
  })

  test('bad files in a folder do not hide the good ones', async () => {
    mkdirSync(folder.at('mixed', 'none'), { recursive: true })
    writeFileSync(folder.at('mixed', 'a.json'), '')
    writeFileSync(folder.at('mixed', 'b.json.gz'), Buffer.from([0x1f, 0x8b]))
    writeFileSync(folder.at('mixed', 'c.log'), 'Jan  5 00:00:01 host sshd[1]: Accepted\n')
    writeFileSync(folder.at('mixed', 'd.ndjson'), ndjson(good))
    writeFileSync(folder.at('mixed', 'e.json'), '{"Records":[]}')
    writeFileSync(folder.at('mixed', 'f.json'), Buffer.alloc(4096))
    const ran = await folder.run(['scan', 'mixed'])
    expectCode(ran, 0)
    const summary = summaryOf(ran)
    expect(summary['scored']).toBe(good.length)
    expect(accounted(summary)).toBe(summary['records'])
    expect(summary['rejected']).toMatchObject({ 'bytes.truncated': 1 })
  })

  test.skipIf(process.getuid?.() === 0)('a file that may not be read is an error that names it', async () => {
    mkdirSync(folder.at('locked'))
    writeFileSync(folder.at('locked', 'secret.json'), ndjson(good))
    chmodSync(folder.at('locked', 'secret.json'), 0)
    const ran = await folder.run(['scan', 'locked'])
    expectCode(ran, 3)
    expect(ran.stderr).toContain('secret.json')
    expect(ran.stderr).toContain('(input.unreadable)')
  })
})

import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { beforeAll, describe, expect, test } from 'vitest'
import { accounted, commandFolder, expectCode, type Json, type Ran, setUpMs, summaryOf } from './command.ts'
import { type CloudTrailJson, ndjson, writeOrganisation } from './organisation.ts'

const folder = commandFolder()
/** One thread, and more than one; more than there are processors here too. */
const numbers = [1, 2, 3] as const
const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)

/** Days of records in files that overlap in time, with much that can be wrong with records. */
function writeTroubled(name: string, records: readonly CloudTrailJson[]): void {
  mkdirSync(folder.at(name))
  const parts: string[][] = Array.from({ length: 7 }, () => [])
  for (const [index, record] of records.entries()) {
    const part = parts[Number(record.eventTime.slice(17, 19)) % parts.length]!
    part.push(JSON.stringify(record))
    if (index % 97 === 0) part.push('no record', '{"eventVersion": "1.1', '[1, 2]', JSON.stringify({ deep: index }))
    // Repeats, at once and in another file.
    if (index % 41 === 0) part.push(JSON.stringify(record))
    if (index % 43 === 0) parts[index % parts.length]!.push(JSON.stringify(record))
    if (index % 211 === 0)
      part.push(JSON.stringify({ ...record, eventTime: '2999-01-01T00:00:00Z', eventID: `${index}` }))
    if (index % 307 === 0)
      part.push(JSON.stringify({ ...record, eventTime: 'noon' }), `{"long":"${'x'.repeat(70_000)}"}`)
  }
  for (const [index, part] of parts.entries()) {
    // Out of order within minutes; and the first of the day at the very end, too late to teach.
    for (let at = 3; at < part.length; at += 5) [part[at - 3], part[at]] = [part[at]!, part[at - 3]!]
    part.push(...part.splice(0, 9))
    const text = Buffer.from(`${part.join('\n')}\n`)
    if (index % 3 === 0) writeFileSync(folder.at(name, `${index}.ndjson`), text)
    else if (index % 3 === 1) writeFileSync(folder.at(name, `${index}.gz`), gzipSync(text))
    // Cut off in the middle of a member.
    else writeFileSync(folder.at(name, `${index}.gz`), gzipSync(text).subarray(0, -2000))
  }
  writeFileSync(folder.at(name, 'empty'), '')
  writeFileSync(folder.at(name, 'text'), 'nothing\nof\nuse\n')
}

let records: CloudTrailJson[]

beforeAll(async () => {
  records = await writeOrganisation(folder)
  const half = records.findIndex(({ eventTime }) => eventTime > records[records.length >> 1]!.eventTime.slice(0, 10))
  writeTroubled('early', records.slice(0, half))
  writeTroubled('late', records.slice(half))
}, setUpMs)

const outputs = ['alerts', 'scores', 'exhibits', 'rejects', 'state'] as const

/** Everything a scan tells: exit code, what it printed, its files, its numbers without the time it took. */
async function scanned(workers: number, args: readonly string[], input = ''): Promise<Json> {
  const flags = outputs.flatMap((output) => [`--${output}`, output])
  for (const output of outputs) if (output !== 'state') rmSync(folder.at(output), { force: true })
  const ran = await folder.run(['scan', ...args, ...flags, '--summary', 'summary', '--workers', `${workers}`], {
    input,
  })
  const { seconds: _, ...summary } = JSON.parse(folder.text('summary')) as Json
  expect(accounted(summary)).toBe(summary['records'])
  const files = outputs.map((output) => [output, readFileSync(folder.at(output)).toString('latin1')])
  return { code: ran.code, stdout: ran.stdout, stderr: ran.stderr, summary, ...Object.fromEntries(files) }
}

/** Told by name, since what differs may be megabytes. */
function expectSame(found: Json, expected: Json): void {
  for (const [name, value] of Object.entries(expected))
    expect(JSON.stringify(found[name]) === JSON.stringify(value), `the same ${name}`).toBe(true)
}

describe('any number of threads gives the same bytes', () => {
  test('of broken, repeated, late and unordered records, and of a state that goes on', async () => {
    const runs: { readonly first: Json; readonly second: Json }[] = []
    for (const workers of numbers) {
      rmSync(folder.at('state'), { force: true })
      const first = await scanned(workers, ['early', '--names'])
      runs.push({ first, second: await scanned(workers, ['late', '--fail-on', 'Low']) })
    }
    const { first, second } = runs[0]!
    expect(first['code']).toBe(0)
    expect(second['code']).toBe(1)
    const { rejected, duplicates, late } = first['summary'] as Json
    expect(Object.keys(rejected as Json)).toEqual(
      expect.arrayContaining(['bytes.truncated', 'json.invalid', 'record.invalid_time', 'source.unsupported']),
    )
    expect(duplicates).toBeGreaterThan(50)
    expect(late).toBeGreaterThan(10)
    expect(first['alerts']).not.toBe('')
    for (const run of runs) {
      expectSame(run.first, first)
      expectSame(run.second, second)
    }
  })

  test('under labels and suppressions, of some times only, with a pipe among the files', async () => {
    const alert = JSON.parse(
      (await folder.run(['scan', 'org.ndjson', '--format', 'flat'])).stdout.split('\n')[0]!,
    ) as Json
    const scope = ['--identity', alert['identity'] as string, '--until', until]
    const why = ['--reason', 'a test', '--owner', 'ada', '--by', 'ada', '--feedback', 'feedback']
    expectCode(await folder.run(['suppress', 'add', ...scope, ...why]), 0)
    const range = ['--since', records[500]!.eventTime, '--until', records.at(-500)!.eventTime]
    const runs: Json[] = []
    for (const workers of numbers) {
      rmSync(folder.at('state'), { force: true })
      const piped = ndjson(records.slice(0, 3000))
      runs.push(await scanned(workers, ['early', 'late', '-', '--feedback', 'feedback', ...range], piped))
    }
    expect(runs[0]!['alerts']).toContain('suppressed by ada')
    expect(runs[0]!['stderr']).toBe('')
    for (const run of runs) expectSame(run, runs[0]!)
  })

  test('of features', async () => {
    const made: Buffer[] = []
    for (const workers of numbers) {
      const flags = ['--from', 'early', '--out', 'features.parquet', '--workers', `${workers}`]
      expectCode(await folder.run(['features', ...flags]), 0)
      made.push(readFileSync(folder.at('features.parquet')))
    }
    for (const bytes of made) expect(bytes.equals(made[0]!)).toBe(true)
  })

  test('of nothing that can be scored', async () => {
    const runs: Ran[] = []
    for (const workers of numbers)
      runs.push(await folder.run(['scan', 'early/text', 'early/empty', '--workers', `${workers}`]))
    for (const { code, stdout, stderr } of runs) {
      expect({ code, stdout }).toEqual({ code: 3, stdout: '' })
      expect(stderr.split('\n')[0]).toBe(runs[0]!.stderr.split('\n')[0])
    }
  })
})

test('an interrupt ends threads too, while a pipe is silent; outputs are whole, the state is not saved', async () => {
  const args = ['scan', 'early', '-', '--workers', '3', '--scores', 'cut-scores', '--state', 'cut-state']
  const running = folder.start(args)
  running.child.stdin!.write(ndjson(records.slice(0, 2000)))
  while (!existsSync(folder.at('cut-scores')) || readFileSync(folder.at('cut-scores')).length === 0)
    await new Promise((resolve) => setTimeout(resolve, 20))
  running.child.kill('SIGINT')
  const ran = await running.done
  expectCode(ran, 130)
  const summary = summaryOf(ran)
  expect(folder.lines('cut-scores').length).toBe((summary['scored'] as number) + (summary['late'] as number))
  expect(accounted(summary)).toBe(summary['records'])
  expect(existsSync(folder.at('cut-state'))).toBe(false)
})

test('a number of threads that makes no sense is refused', async () => {
  const ran = await folder.run(['scan', 'org.ndjson', '--workers', '65'])
  expectCode(ran, 2)
  expect(ran.stderr).toContain('--workers')
})

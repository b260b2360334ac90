import { cpSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, root, setUpMs } from './command.ts'
import { writeOrganisation } from './organisation.ts'

const folder = commandFolder()
const starter = `${root}models/artefacts/starter`
const from = '2026-01-08'

beforeAll(async () => {
  await writeOrganisation(folder)
  const simulated = ['simulate', '--identities', '30', '--days', '7', '--out', 'same.ndjson', '--labels', 'labels.csv']
  expectCode(await folder.run(simulated), 0)
  expect(readFileSync(folder.at('same.ndjson')).equals(readFileSync(folder.at('org.ndjson')))).toBe(true)
  const training = ['train', '--from', 'org.ndjson', '--until', '2026-01-10', '--out', 'other']
  expectCode(await folder.run(training), 0)
}, setUpMs)

interface Lines {
  readonly cases: Json[]
  readonly attacks: Json[]
  readonly days: Json[]
  readonly shifts: Json[]
  readonly summary: Json & { readonly runs: readonly Json[]; readonly comparison?: Record<string, number> }
}

async function replayed(...args: readonly string[]): Promise<Lines> {
  const ran = await folder.run(['replay', 'org.ndjson', ...args])
  expectCode(ran, 0)
  expect(ran.stderr).toBe('')
  const lines = jsonLines(ran.stdout)
  const of = (kind: string): Json[] => lines.filter((line) => line['kind'] === kind)
  return {
    cases: of('case'),
    attacks: of('attack'),
    days: of('day'),
    shifts: of('shift'),
    summary: lines.at(-1) as Lines['summary'],
  }
}

function sum(values: readonly unknown[]): number {
  return values.reduce<number>((total, value) => total + (value as number), 0)
}

test(
  'a model against itself differs in nothing',
  async () => {
    const { cases, shifts, summary } = await replayed('--model', starter, '--model', starter, '--from', from)
    const [a, b] = summary.runs
    expect(cases).toEqual([])
    expect(summary.comparison).toEqual({ same: a!['cases'], new: 0, gone: 0, changed: 0 })
    expect(a!['cases']).toBeGreaterThan(0)
    for (const shift of shifts) expect([shift['min'], shift['max']]).toEqual([0, 0])
    for (const key of ['pages', 'digest', 'suppressed', 'tail', 'learnt']) expect(b![key]).toEqual(a![key])
  },
  setUpMs,
)

test(
  'two models differ, learn the same, and every sum adds up',
  async () => {
    const args = ['--from', from, '--labels', 'labels.csv', '--report', 'report.html']
    const { cases, attacks, days, shifts, summary } = await replayed('--model', starter, '--model', 'other', ...args)
    const [a, b] = summary.runs as [Json, Json]
    expect(cases.length).toBeGreaterThan(0)
    const { same, new: more, gone, changed } = summary.comparison as Record<'same' | 'new' | 'gone' | 'changed', number>
    expect(cases.length).toBe(more + gone + changed)
    expect(a['cases']).toBe(same + changed + gone)
    expect(b['cases']).toBe(same + changed + more)
    for (const [run, name] of [
      [a, 'A'],
      [b, 'B'],
    ] as const) {
      const own = days.filter((day) => day['run'] === name)
      expect(own.map(({ day }) => day)).toEqual(['2026-01-08', '2026-01-09', '2026-01-10', '2026-01-11'])
      for (const key of ['pages', 'digest', 'suppressed']) expect(sum(own.map((day) => day[key]))).toBe(run[key])
      expect(sum([run['pages'], run['digest'], run['suppressed']])).toBe(run['cases'])
    }
    // What decides is in the state, and no model changes it.
    expect(b['learnt']).toBe(a['learnt'])
    expect(b['model']).not.toBe(a['model'])
    const records = readFileSync(folder.at('org.ndjson'), 'utf8').split('\n').length - 1
    expect(summary['records']).toBe(records)
    expect(sum([summary['warmUp'], summary['events']])).toBe(records)
    expect(shifts[0]).toMatchObject({ of: 'score', events: summary['events'] })
    const labelled = readFileSync(folder.at('labels.csv'), 'utf8').trimEnd().split('\n').slice(1)
    const known = new Set(labelled.map((line) => line.split(',')[1]))
    for (const { label } of attacks) expect(known).toContain(label)
    expect(attacks.length).toBeGreaterThan(0)
    for (const attack of attacks) expect(attack['found']).toHaveLength(2)
    const html = folder.text('report.html')
    expect(html.match(/<svg /g)).toHaveLength(2)
    expect(html).not.toMatch(/<script|src=|href=/)
    expect(statSync(folder.at('report.html')).mode & 0o777).toBe(0o600)
  },
  setUpMs,
)

test(
  'what is reported is what a scan says, warm from the same events or from the state',
  async () => {
    const alerts = ['--alerts', 'alerts', '--format', 'flat']
    expectCode(await folder.run(['scan', 'org.ndjson', '--until', from, '--state', 'state']), 0)
    const before = readFileSync(folder.at('state'))
    cpSync(folder.at('state'), folder.at('going'))
    expectCode(await folder.run(['scan', 'org.ndjson', '--since', from, '--state', 'going', ...alerts]), 0)
    const scanned = jsonLines(folder.text('alerts')).filter((alert) => (alert['first_event_time'] as string) >= from)
    const cold = await replayed('--from', from, '--report', 'report.md')
    const warm = await replayed('--since', from, '--state', 'state')
    const dispositions = (of: string): number => scanned.filter((alert) => alert['disposition'] === of).length
    for (const { summary } of [cold, warm])
      expect(summary.runs[0]).toMatchObject({ pages: dispositions('page'), digest: dispositions('digest') })
    expect(warm.summary.runs[0]!['learnt']).toBe(cold.summary.runs[0]!['learnt'])
    expect(readFileSync(folder.at('state')).equals(before)).toBe(true)
    expect(folder.text('report.md')).toContain('## Days')
  },
  setUpMs,
)

test(
  'labels may be lines of JSON; what makes no sense is refused',
  async () => {
    const [, first] = readFileSync(folder.at('labels.csv'), 'utf8').split('\n')
    writeFileSync(folder.at('labels'), `${JSON.stringify({ event_id: first!.split(',')[0], label: 'one' })}\n`)
    const { attacks } = await replayed('--labels', 'labels')
    expect(attacks).toMatchObject([{ label: 'one', of: '', events: 1 }])
    writeFileSync(folder.at('no-labels'), 'a,b\n1,2\n')
    for (const args of [
      ['--labels', 'no-labels'],
      ['--report', 'report.pdf'],
      ['--model', starter, '--model', starter, '--model', starter],
      ['--from', '2026-01-09', '--until', '2026-01-08'],
    ])
      expectCode(await folder.run(['replay', 'org.ndjson', ...args]), 2)
    expectCode(await folder.run(['replay', 'org.ndjson', '--from', '2030-01-01']), 3)
    expectCode(await folder.run(['replay', 'org.ndjson', '--state', 'missing']), 3)
  },
  setUpMs,
)

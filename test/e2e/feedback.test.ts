import { writeFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, type Ran, setUpMs, summaryOf } from './command.ts'
import { writeOrganisation } from './organisation.ts'

const folder = commandFolder()
const journal = ['--feedback', 'feedback.ndjson']
const why = ['--reason', 'a test of ours', '--by', 'ada', ...journal]
/** An end that lies before no event, and within what is allowed from now. */
const until = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
let paged: Json
let quiet: Json

interface Scanned {
  readonly alerts: Json[]
  readonly summary: Json
}

async function scanned(...args: readonly string[]): Promise<Scanned> {
  const ran = await folder.run(['scan', 'org.ndjson', '--alerts', 'alerts', '--format', 'flat', ...args])
  expectCode(ran, 0)
  return { alerts: jsonLines(folder.text('alerts')), summary: summaryOf(ran) }
}

async function said(...args: readonly string[]): Promise<Json[]> {
  const ran = await folder.run(args)
  expectCode(ran, 0)
  return jsonLines(ran.stdout)
}

function dispositions(alerts: readonly Json[], of: Json): unknown[] {
  return alerts.filter((alert) => alert['identity'] === of['identity']).map((alert) => alert['disposition'])
}

beforeAll(async () => {
  await writeOrganisation(folder)
  const { alerts, summary } = await scanned()
  expect(summary['feedback']).toBe('')
  const pages = alerts.filter(({ disposition }) => disposition === 'page')
  paged = pages[0]!
  quiet = pages.find(({ identity }) => identity !== paged['identity'])!
}, setUpMs)

test(
  'a suppression keeps an identity quiet and says who and why; removed, all is as it was',
  async () => {
    const before = folder.text('alerts')
    const scope = ['--identity', quiet['identity'] as string]
    const [entry] = await said('suppress', 'add', ...scope, '--until', until, '--owner', 'the red team', ...why)
    expect(entry).toMatchObject({ epoch: 1, action: 'suppress', owner: 'the red team', by: 'ada' })
    const { alerts, summary } = await scanned(...journal)
    expect(new Set(dispositions(alerts, quiet))).toEqual(new Set(['suppressed']))
    expect(dispositions(alerts, paged)).toContain('page')
    const silent = alerts.find((alert) => alert['finding_uid'] === quiet['finding_uid'])!
    const words = `suppressed by the red team until ${until}T00:00Z (#1): a test of ours`
    expect(silent).toMatchObject({ disposition_reason: words, feedback: summary['feedback'] })
    expect(summary['feedback']).toMatch(/^[0-9a-f]{64}$/)
    // What is suppressed is scored and learnt as ever.
    expect(silent['score']).toBe(quiet['score'])
    const list = await said('suppress', 'list', ...journal)
    expect(list).toMatchObject([{ number: 1, identity_uid: quiet['identity'], ended: false }])
    await said('suppress', 'remove', '#1', ...why)
    expect(await said('suppress', 'list', ...journal)).toEqual([])
    await scanned(...journal)
    expect(folder.text('alerts')).toBe(before)
    expect((await said('label', 'list', '--journal', ...journal)).map(({ action }) => action)).toEqual([
      'suppress',
      'revoke',
    ])
  },
  setUpMs,
)

async function refusedBy(words: RegExp, ...args: readonly string[]): Promise<Ran> {
  const ran = await folder.run(args)
  expectCode(ran, 2)
  expect(ran.stderr).toMatch(words)
  return ran
}

test(
  'a true positive is to be found: a suppression that hides it is refused, told by check, and refused by a replay',
  async () => {
    const uid = paged['finding_uid'] as string
    await scanned()
    const add = ['label', 'add', uid.slice(0, 12), '--alerts', 'alerts', ...why]
    const [label] = await said(...add, '--as', 'true_positive')
    expect(label).toMatchObject({ finding_uid: uid, identity_uid: paged['identity'], event_ids: paged['event_ids'] })
    await refusedBy(/labelled true_positive already/, ...add, '--as', 'true_positive')
    expect(await said('label', 'list', ...journal)).toMatchObject([{ number: 3, hidden_by: [] }])
    const { attacks } = await replayed(0)
    expect(attacks).toMatchObject([{ label: uid, found: [{ disposition: 'page' }] }])
    const scope = ['suppress', 'add', '--identity', paged['identity'] as string, '--until', until, ...why]
    await refusedBy(new RegExp(`would have hidden case ${uid}, which #3 calls a true positive`), ...scope)
    expectCode(await folder.run(['suppress', 'check', ...journal]), 0)
    const forced = await folder.run([...scope, '--force'])
    expectCode(forced, 0)
    expect(forced.stderr).toContain(`#4 would have hidden case ${uid}`)
    expectCode(await folder.run(['suppress', 'check', ...journal]), 1)
    expect(await said('label', 'list', ...journal)).toMatchObject([{ number: 3, hidden_by: [4] }])
    const refused = await replayed(1)
    expect(refused.stderr).toContain(`case ${uid} of A has a labelled event, and was hidden: suppressed by ada`)
    expect(refused.stderr).toContain('(#4)')
    await said('suppress', 'remove', '4', ...why)
    expect((await replayed(0)).stderr).toBe('')
  },
  setUpMs,
)

async function replayed(code: number): Promise<{ readonly attacks: Json[]; readonly stderr: string }> {
  const ran = await folder.run(['replay', 'org.ndjson', ...journal])
  expectCode(ran, code)
  return { attacks: jsonLines(ran.stdout).filter(({ kind }) => kind === 'attack'), stderr: ran.stderr }
}

test(
  'the gates of a promotion look for what was confirmed',
  async () => {
    expectCode(await folder.run(['train', '--from', 'org.ndjson', '--until', '2026-01-10', '--out', 'other']), 0)
    const args = [
      'models',
      'promote',
      'other',
      '--registry',
      'registry',
      '--reason',
      'a test',
      '--against',
      'org.ndjson',
    ]
    const ran = await folder.run([...args, ...journal, '--calibration-within', '0'])
    expectCode(ran, 1)
    const [told] = jsonLines(ran.stdout)
    const gates = told!['gates'] as Json[]
    expect(gates.map(({ gate }) => gate)).toContain('labelled_recall')
    expect(gates.find(({ gate }) => gate === 'labelled_recall')!['detail']).toContain('of 1 labelled attacks found')
  },
  setUpMs,
)

test(
  'what is expected is quiet until its end, as long as it is no graver',
  async () => {
    await scanned()
    const uid = quiet['finding_uid'] as string
    const add = ['label', 'add', uid, '--as', 'expected', '--alerts', 'alerts', ...why]
    await refusedBy(/no end/, ...add)
    const [entry] = await said(...add, '--until', until)
    const { alerts } = await scanned(...journal)
    const silent = alerts.find((alert) => alert['finding_uid'] === uid)!
    expect(silent).toMatchObject({ disposition: 'suppressed' })
    expect(silent['disposition_reason']).toBe(
      `expected until ${until}T00:00Z, says ada (#${entry!['epoch']}): a test of ours`,
    )
    await said('label', 'revoke', String(entry!['epoch']), ...why)
    const { alerts: again } = await scanned(...journal)
    expect(again.find((alert) => alert['finding_uid'] === uid)).toMatchObject({ disposition: 'page' })
  },
  setUpMs,
)

test(
  'what makes no sense is refused with what to do',
  async () => {
    const suppress = ['suppress', 'add', '--until', until, ...why]
    await refusedBy(/keep everything quiet/, ...suppress)
    await refusedBy(/Did you mean "audit_disabled"/, ...suppress, '--detection', 'audit_disable')
    await refusedBy(/give its pseudonym/, ...suppress, '--identity', 'ada@example.com')
    await refusedBy(/#99 back: no suppression/, 'suppress', 'remove', '99', ...why)
    await refusedBy(/no alert in "alerts"/, 'label', 'add', 'ffffffff', '--as', 'benign', '--alerts', 'alerts', ...why)
    await refusedBy(/nothing is there/, 'scan', 'org.ndjson', '--feedback', 'typo.ndjson')
    writeFileSync(folder.at('damaged'), 'x\n')
    await refusedBy(/is no entry/, 'scan', 'org.ndjson', '--feedback', 'damaged')
  },
  setUpMs,
)

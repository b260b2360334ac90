import { createDesk, Feedback, type ScoringModel } from '@ostiary/models'
import { loadArtefact, simulate, starterArtefactFolder } from '@ostiary/runtime'
import type { Alert, ArtefactPiece, Finding, Marker } from '@ostiary/schemas'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, type Running } from '../e2e/command.ts'
import { byIdentity, foldFindings } from './fold-findings.ts'
import { Stack } from './stack.ts'

const folder = commandFolder()
const startMs = Date.parse('2026-01-05T00:00:00Z')
const dayMs = 86_400_000
const patience = { timeout: 120_000 }
const why = ['--reason', 'a test', '--by', 'ada']
const until = new Date(Date.now() + 30 * dayMs).toISOString().slice(0, 10)

const stacks: Stack[] = []
let starter: ScoringModel
let records: string[]
beforeAll(async () => {
  starter = await loadArtefact(starterArtefactFolder())
  records = []
  for (const { record, timeMs } of simulate({ seed: 5, identities: 130, days: 12, startMs, attacks: true }))
    if (timeMs >= startMs + 9 * dayMs && timeMs < startMs + 10 * dayMs) records.push(JSON.stringify(record))
  // A day without its midnights: what a census says takes effect where its marker lies.
  records = records.slice(0, 4000)
})
afterAll(async () => {
  for (const stack of stacks) await stack.close()
})

function envOf({ config }: Stack): Record<string, string> {
  return {
    OSTIARY_BROKERS: config.brokers,
    OSTIARY_REGISTRY_URL: config.registryUrl,
    OSTIARY_TOPIC_PREFIX: config.topicPrefix,
    OSTIARY_DIGEST_BITS: '5',
    OSTIARY_SESSION_MS: '6s',
  }
}

async function said(stack: Stack, ...args: string[]): Promise<Json[]> {
  const done = await folder.run(args, { env: envOf(stack) })
  expectCode(done, 0)
  return jsonLines(done.stdout)
}

/** Sends a part of the day, and waits until all of it has been disposed of. */
async function send(stack: Stack, from: number, to: number): Promise<void> {
  await stack.send(records.slice(from, to), () => 'one')
  const events = async (): Promise<number> =>
    (await stack.readDecoded('access.events')).filter(({ name }) => name === 'AccessEvent').length
  await expect.poll(events, patience).toBe(to)
  await stack.drained('detector', 'desk')
}

async function alertsOf(stack: Stack): Promise<Alert[]> {
  return (await stack.readDecoded('access.alerts')).map(({ value }) => value as Alert)
}

/** Labels and suppressions that were in force at some time, by hash. */
async function bodiesOf(stack: Stack): Promise<Map<string, Feedback>> {
  const bodies = new Map([['', Feedback.none]])
  const decoder = stack.schemas.decoder('access.artefacts')
  for (const { value } of await stack.read('access.artefacts')) {
    // What fences other writers has no value.
    if (value === null) continue
    await decoder.prepare(value)
    const { kind, hash, body } = decoder.decode(value).value as ArtefactPiece
    if (kind === 'feedback') bodies.set(hash, Feedback.parse(body.toString()))
  }
  return bodies
}

test('labels and suppressions take effect by marker, through kill -9, as the local operators have it; removed, cases page again', async () => {
  const stack = await Stack.make(2, { digestBits: 5, alertsPerDay: 1000 })
  stacks.push(stack)
  stack.start('enricher')
  stack.start('desk')
  const detector = (): Running => folder.start(['run', 'detector'], { env: envOf(stack) })
  let running = detector()
  await send(stack, 0, 1500)
  const first = await alertsOf(stack)
  const has = (alert: Alert, detection: string): boolean => alert.reasons.some((one) => one.detection === detection)
  const detections = [...new Set(first.flatMap(({ reasons }) => reasons.map(({ detection }) => detection)))]
  const commonest = detections
    .map((detection) => ({ detection, count: first.filter((alert) => has(alert, detection)).length }))
    // One that some alert is without, to be labelled: what would hide it is refused.
    .filter(({ count }) => count < first.length)
    .sort((one, other) => other.count - one.count)[0]!.detection
  const labelled = first.find((alert) => !has(alert, commonest))!
  const label = await said(stack, 'label', 'add', labelled.finding_uid, '--as', 'true_positive', ...why)
  expect(label).toMatchObject([{ epoch: 1, identity_uid: labelled.identity_uid, verdict: 'true_positive' }])
  const scope = ['--detection', commonest, '--until', until]
  expect(await said(stack, 'suppress', 'add', ...scope, ...why)).toMatchObject([{ epoch: 2 }])
  await send(stack, 1500, 2500)
  running.child.kill('SIGKILL')
  await running.done
  running = detector()
  await send(stack, 2500, 3200)
  await said(stack, 'suppress', 'remove', '2', ...why)
  await send(stack, 3200, 4000)
  running.child.kill('SIGKILL')
  await running.done

  const bodies = await bodiesOf(stack)
  // One with the label, one with the suppression too; then the first again, under the same hash.
  expect(bodies.size).toBe(3)
  const findings = (await stack.readDecoded('access.findings')).map(({ value }) => value as Finding)
  expect(new Set(findings.map(({ feedback }) => feedback))).toEqual(new Set(bodies.keys()))
  const folded = await foldFindings(stack, starter, new Map(), bodies)
  expect(Object.fromEntries(byIdentity(findings))).toEqual(Object.fromEntries(folded))

  const alerts = await alertsOf(stack)
  const { alertsPerDay, detector: options } = stack.config
  const pageBits = starter.pageBits(alertsPerDay)
  const desk = createDesk({ alertsPerDay, pageBits, casesMax: options.openCasesMax })
  const state = desk.init()
  const again = findings.flatMap((finding) =>
    desk.step(state, { finding, suppressions: bodies.get(finding.feedback)!.suppressions }),
  )
  expect(JSON.stringify(alerts)).toBe(JSON.stringify(again))
  const quiet = alerts.filter(({ disposition }) => disposition === 'suppressed')
  expect(quiet.length).toBeGreaterThan(0)
  for (const alert of quiet) {
    expect(has(alert, commonest)).toBe(true)
    expect(alert.disposition_reason).toBe(`suppressed by ada until ${until}T00:00Z (#2): a test`)
  }
  // Before and after, what matches is paged or digested as ever.
  const free = alerts.filter(({ feedback }) => bodies.get(feedback)!.suppressions.length === 0)
  expect(free.some((alert) => has(alert, commonest))).toBe(true)
  expect(free.filter(({ disposition }) => disposition === 'suppressed')).toEqual([])

  const markers = (await stack.readDecoded('access.events'))
    .filter(({ name }) => name === 'Marker')
    .map(({ value }) => value as Marker)
    .filter(({ kind }) => kind === 'feedback')
  expect(markers.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 1, 2, 3])
  expect(markers[2]!.hash).toBe(markers[0]!.hash)
  const journal = await said(stack, 'label', 'list', '--journal')
  expect(journal.map(({ epoch, action }) => `${epoch} ${action}`)).toEqual(['1 label', '2 suppress', '3 revoke'])
})

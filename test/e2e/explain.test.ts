import { existsSync, writeFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, setUpMs } from './command.ts'
import { writeOrganisation } from './organisation.ts'
import { runOnTerminal, terminalPossible, terminalText } from './terminal.ts'

const folder = commandFolder()
let alerts: Json[]
let scores: Json[]

beforeAll(async () => {
  await writeOrganisation(folder)
  const outputs = ['--alerts', 'alerts', '--scores', 'scores', '--state', 'state', '--format', 'flat']
  const ran = await folder.run(['scan', 'org.ndjson', ...outputs])
  expectCode(ran, 0)
  alerts = jsonLines(ran.stdout)
  scores = jsonLines(folder.text('scores'))
  expectCode(await folder.run(['scan', 'org.ndjson', '--alerts', 'ocsf-alerts', '--names']), 0)
}, setUpMs)

async function explained(id: string, ...more: readonly string[]): Promise<Json> {
  const ran = await folder.run(['explain', id, '--alerts', 'alerts', ...more])
  expectCode(ran, 0)
  expect(ran.stderr).toBe('')
  return jsonLines(ran.stdout)[0]!
}

function uidOf(alert: Json): string {
  return alert['finding_uid'] as string
}

describe('an alert', () => {
  test('by its id or the beginning of it', async () => {
    for (const alert of [alerts[0]!, alerts.at(-1)!])
      for (const id of [uidOf(alert), uidOf(alert).slice(0, 10)])
        expect(await explained(id)).toMatchObject({ finding_uid: uidOf(alert), score: alert['score'] })
  })

  test('by the id of an event that is its evidence', async () => {
    const last = (alerts[0]!['event_ids'] as string[]).at(-1)!
    const found = await explained(last)
    expect((found['evidence'] as Json[]).map((event) => event['event_uid'])).toContain(last)
  })

  test('from either format of alerts', async () => {
    const ran = await folder.run(['explain', uidOf(alerts[0]!), '--alerts', 'ocsf-alerts'])
    expectCode(ran, 0)
    const { identity_uid: named, ...rest } = jsonLines(ran.stdout)[0]!
    const { identity_uid: pseudonym, ...same } = await explained(uidOf(alerts[0]!))
    for (const key of ['reasons', 'evidence', 'score', 'first_event_time']) expect(rest[key]).toEqual(same[key])
    expect(pseudonym).toMatch(/^id-/)
    expect(named).not.toBe(pseudonym)
  })
})

describe('an event without an alert', () => {
  function quiet(): Json {
    const evidence = new Set(alerts.flatMap((alert) => alert['event_ids'] as string[]))
    return scores
      .slice(-2000)
      .find((score) => !evidence.has(score['event_id'] as string) && (score['score'] as number) < 1)!
  }

  test('is explained from the state: how far it was from alerting', async () => {
    const score = quiet()
    const told = await explained(score['event_id'] as string, '--state', 'state')
    expect(told).toMatchObject({
      verdict: 'did not alert',
      event_id: score['event_id'],
      score: score['score'],
      identity: score['identity'],
      digestBits: 8,
    })
    expect(Array.isArray(told['signals'])).toBe(true)
  })

  test('needs the state, of the same key', async () => {
    const id = quiet()['event_id'] as string
    const without = await folder.run(['explain', id, '--alerts', 'alerts'])
    expectCode(without, 2)
    expect(without.stderr).toContain('--state')
    const other = await folder.run(['explain', id, '--alerts', 'alerts', '--state', 'state', '--key', 'other'])
    expectCode(other, 2)
    expect(other.stderr).toContain('(state.invalid)')
  })
})

test('an id that nobody knows is an error', async () => {
  for (const more of [[], ['--state', 'state']]) {
    const ran = await folder.run(['explain', 'ffffffff-0000', '--alerts', 'alerts', ...more])
    expectCode(ran, 2)
    expect(ran.stderr).toContain('(alert.unknown)')
    expect(ran.stdout).toBe('')
  }
})

test('files that cannot be read are errors', async () => {
  const missing = await folder.run(['explain', 'ffffffff', '--alerts', 'missing'])
  expectCode(missing, 3)
  expect(missing.stderr).toContain('(input.unreadable)')
  const state = await folder.run(['explain', 'ffffffff', '--alerts', 'alerts', '--state', 'missing'])
  expectCode(state, 3)
  expect(existsSync(folder.at('missing'))).toBe(false)
})

test('lines that are no alerts are passed over', async () => {
  const uid = uidOf(alerts[0]!)
  const strange = ['', 'null', '7', '[]', uid, `{"finding_uid":"${uid}"}`, `{"finding_info":{"uid":"${uid}"}}`]
  const noEvidence = JSON.stringify({ finding_uid: uid, identity: 'id-1', reasons: [] })
  writeFileSync(folder.at('strange'), `${[...strange, noEvidence].join('\n')}\n${folder.text('alerts')}`)
  const ran = await folder.run(['explain', uid, '--alerts', 'strange'])
  expectCode(ran, 0)
  expect(jsonLines(ran.stdout)[0]).toMatchObject({ finding_uid: uid, severity: alerts[0]!['severity'] })
})

test.skipIf(!terminalPossible)('on a terminal, a card for people', async () => {
  const ran = await runOnTerminal(folder, ['explain', uidOf(alerts[0]!), '--alerts', 'alerts'])
  expectCode(ran, 0)
  const text = terminalText(ran.stdout)
  for (const part of ['Why', 'Evidence', 'bits', uidOf(alerts[0]!)]) expect(text).toContain(part)
})

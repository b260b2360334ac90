import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { gunzipSync, gzipSync } from 'node:zlib'
import { alertLineOf, findExhibits, keptCensus, loadArtefact, reproduce, starterArtefactFolder } from '@ostiary/runtime'
import type { Disposition } from '@ostiary/schemas'
import { beforeAll, describe, expect, test } from 'vitest'
import { commandFolder, expectCode, type Json, jsonLines, type Ran, root, setUpMs, summaryOf } from './command.ts'
import { writeOrganisation } from './organisation.ts'

const folder = commandFolder()
let alerts: Json[]
let exhibits: Json[]

beforeAll(async () => {
  await writeOrganisation(folder)
  const outputs = ['--alerts', 'alerts', '--exhibits', 'exhibits', '--format', 'flat']
  const ran = await folder.run(['scan', 'org.ndjson', ...outputs])
  expectCode(ran, 0)
  alerts = jsonLines(ran.stdout)
  exhibits = jsonLines(folder.text('exhibits'))
  expect(summaryOf(ran)['exhibits']).toEqual({ written: exhibits.length, leftOut: 0 })
}, setUpMs)

const uidOf = (alert: Json): string => alert['finding_uid'] as string

async function reproduced(uid: string, ...more: readonly string[]): Promise<Ran & { readonly told: Json }> {
  const ran = await folder.run(['reproduce', uid, '--exhibits', 'exhibits', '--alerts', 'alerts', ...more])
  return { ...ran, told: ran.stdout === '' ? {} : jsonLines(ran.stdout)[0]! }
}

/** What differs, of the inputs or of the outputs. */
function names(told: Json, of: 'inputs' | 'outputs'): unknown[] {
  return (told[of] as Json[]).map(({ what }) => what)
}

/** An alert whose last exhibit with an event was scored against a table that lies beside the exhibits. */
function laterAlert(): { readonly uid: string; readonly exhibit: Json } {
  const kept = readdirSync(folder.at('exhibits.census'))
  const exhibit = exhibits.findLast((one) => kept.includes(`${one['census']}.json.gz`))!
  return { uid: uidOf(exhibit), exhibit }
}

test('every alert comes out to the same bits, from its exhibits and the model', async () => {
  expect(alerts.length).toBeGreaterThan(10)
  expect(new Set(alerts.map((alert) => alert['activity']))).toContain('close')
  const activities = new Set(exhibits.map((exhibit) => exhibit['activity']))
  expect([...activities].sort()).toEqual(['close', 'create', 'grow', 'update'])
  const model = await loadArtefact(starterArtefactFolder())
  const lineOf = alertLineOf({ format: 'flat', productVersion: '0.1.0' })
  for (const line of folder.lines('alerts')) {
    const alert = JSON.parse(line) as Json & Disposition & { readonly revision: number }
    const { finding, ...done } = await reproduce({
      exhibits: await findExhibits([folder.at('exhibits')], uidOf(alert)),
      models: new Map([[model.id, model]]),
      censusOf: async (hash) => keptCensus([folder.at('exhibits.census')], hash)!,
      revision: alert.revision,
      codeVersion: '0.1.0',
    })
    expect(done).toMatchObject({ same: true, inputs: [], outputs: [], notes: [] })
    const { disposition, disposition_reason } = alert
    expect(lineOf({ ...finding!, disposition, disposition_reason }) === line).toBe(true)
  }
})

test('the command says so, of any of them', async () => {
  for (const alert of [alerts[0]!, alerts.at(-1)!]) {
    const { told, code } = await reproduced(uidOf(alert))
    expect({ ...told, code }).toMatchObject({ same: true, code: 0, revision: alert['revision'] })
  }
})

test(
  'also from OCSF lines, by name, and without the alert',
  async () => {
    const args = ['--alerts', 'ocsf', '--exhibits', 'again', '--names']
    expectCode(await folder.run(['scan', 'org.ndjson', ...args]), 0)
    expect(folder.text('again') === folder.text('exhibits')).toBe(true)
    const uid = uidOf(alerts[0]!)
    const byName = await folder.run(['reproduce', uid.slice(0, 8), '--exhibits', 'again', '--alerts', 'ocsf'])
    expectCode(byName, 0)
    expect(jsonLines(byName.stdout)[0]!['notes']).toHaveLength(1)
    const first = await folder.run(['reproduce', uid, '--exhibits', 'again', '--revision', '1'])
    expectCode(first, 0)
    expect(jsonLines(first.stdout)[0]).toMatchObject({ revision: 1, exhibits: 1, same: true })
  },
  setUpMs,
)

test('exhibits are for their owner only, and hold no names', () => {
  expect(statSync(folder.at('exhibits')).mode & 0o777).toBe(0o600)
  expect(statSync(folder.at('exhibits.census')).mode & 0o777).toBe(0o700)
  for (const name of readdirSync(folder.at('exhibits.census')))
    expect(statSync(folder.at('exhibits.census', name)).mode & 0o777).toBe(0o600)
})

describe('what was changed is named', () => {
  /** Changes the exhibits of one finding. */
  function change(uid: string, how: (exhibit: Json) => Json): void {
    const lines = exhibits.map((one) => JSON.stringify(uidOf(one) === uid ? how(one) : one))
    writeFileSync(folder.at('changed'), `${lines.join('\n')}\n`)
    cpSync(folder.at('exhibits.census'), folder.at('changed.census'), { recursive: true })
  }

  async function changed(uid: string): Promise<Json> {
    const ran = await folder.run(['reproduce', uid, '--exhibits', 'changed', '--alerts', 'alerts'])
    expectCode(ran, 1)
    return jsonLines(ran.stdout)[0]!
  }

  test('the event of an exhibit', async () => {
    const { uid } = laterAlert()
    change(uid, (one) => ({
      ...one,
      event: { ...(one['event'] as Json), time: ((one['event'] as Json)['time'] as number) + 1 },
    }))
    expect(names(await changed(uid), 'inputs')).toContain('event')
  })

  test('the state, and what comes out with it', async () => {
    const { uid } = laterAlert()
    change(uid, (one) => {
      const state = Buffer.from(one['state'] as string, 'base64')
      if (state.length > 0) state[40] = state[40]! ^ 0x10
      return { ...one, state: state.toString('base64') }
    })
    expect(names(await changed(uid), 'inputs')).toEqual(['state'])
  })

  test('the case', async () => {
    const uid = uidOf(exhibits.find((one) => one['case_before'] !== null)!)
    change(uid, (one) =>
      one['case_before'] === null ? one : { ...one, case_before: { ...(one['case_before'] as Json), count: 77 } },
    )
    const told = await changed(uid)
    expect(names(told, 'inputs')).toEqual(['case'])
    expect(names(told, 'outputs')).toContain('event_count')
  })

  test('ids of the model, the tables and the program', async () => {
    const { uid } = laterAlert()
    for (const id of ['model', 'tables', 'code']) {
      change(uid, (one) => ({ ...one, [id]: 'f'.repeat(64) }))
      expect(names(await changed(uid), 'inputs')).toContain(id)
    }
  })

  test('the census', async () => {
    const { uid, exhibit } = laterAlert()
    change(uid, (one) => one)
    const file = folder.at('changed.census', `${exhibit['census']}.json.gz`)
    const text = gunzipSync(readFileSync(file)).toString('utf8')
    writeFileSync(file, gzipSync(text.replace('"identities":', '"identities":1')))
    const told = await changed(uid)
    expect(names(told, 'inputs')).toEqual(['census'])
    writeFileSync(file, 'no gzip')
    expect(names(await changed(uid), 'inputs')).toEqual(['census'])
  })

  test(
    'another model, with what it would have said; a damaged one',
    async () => {
      const training = ['train', '--from', 'org.ndjson', '--until', '2026-01-10', '--out', 'other']
      expectCode(await folder.run(training), 0)
      const { uid } = laterAlert()
      const other = await reproduced(uid, '--model', 'other')
      expect(other.code).toBe(1)
      expect(names(other.told, 'inputs')).toEqual(['model'])
      expect(names(other.told, 'outputs')).toContain('model')
      const starter = `${root}models/artefacts/starter`
      const both = await reproduced(uid, '--model', 'other', starter)
      expect(both.code).toBe(0)
      cpSync(starter, folder.at('damaged'), { recursive: true })
      writeFileSync(folder.at('damaged', 'calibration.json'), '{}')
      const damaged = await reproduced(uid, '--model', 'damaged')
      expect(damaged.code).toBe(1)
      expect(names(damaged.told, 'inputs')).toEqual(['model'])
      expect(damaged.stderr).toContain('calibration.json')
    },
    setUpMs,
  )

  test('the alert itself', async () => {
    const uid = uidOf(alerts[0]!)
    const line = folder.lines('alerts').find((one) => one.includes(uid))!
    const lower = { ...(JSON.parse(line) as Json), score: 1, severity: 'Low', extra: 1 }
    writeFileSync(folder.at('forged'), `${JSON.stringify(lower)}\n`)
    const ran = await folder.run(['reproduce', uid, '--exhibits', 'exhibits', '--alerts', 'forged'])
    expectCode(ran, 1)
    expect(names(jsonLines(ran.stdout)[0]!, 'outputs')).toEqual(expect.arrayContaining(['score']))
    writeFileSync(folder.at('forged'), `${line.replace(/}$/, ',"extra":1}')}\n`)
    const bytes = await folder.run(['reproduce', uid, '--exhibits', 'exhibits', '--alerts', 'forged'])
    expectCode(bytes, 1)
    expect(names(jsonLines(bytes.stdout)[0]!, 'outputs')).toEqual(['bytes'])
  })
})

test('what is not there is said with another code', async () => {
  const uid = uidOf(alerts[0]!)
  for (const args of [
    ['ffffffffffff', '--exhibits', 'exhibits'],
    ['ffffffffffff', '--exhibits', 'exhibits', '--alerts', 'alerts'],
    [uid, '--exhibits', 'missing'],
    [uid, '--exhibits', 'exhibits', '--alerts', 'missing'],
    [uid, '--exhibits', 'exhibits', '--revision', '900'],
  ])
    expectCode(await folder.run(['reproduce', ...args]), 3)
  for (const args of [
    ['not an id', '--exhibits', 'exhibits'],
    [uid, '--exhibits', 'exhibits', '--model', 'missing'],
    [uid, '--exhibits', 'exhibits', '--revision', '0'],
    [uid],
  ])
    expectCode(await folder.run(['reproduce', ...args]), 2)
})

test(
  'a case that goes on in the next scan is reproduced from the files of both',
  async () => {
    const state = ['--state', 'state', '--format', 'flat']
    const day = '2026-01-09T12:00:00Z'
    const scan = async (name: string, ...range: readonly string[]): Promise<void> => {
      const outputs = ['--alerts', `alerts-${name}`, '--exhibits', `exhibits-${name}`]
      expectCode(await folder.run(['scan', 'org.ndjson', ...state, ...range, ...outputs]), 0)
    }
    await scan('one', '--until', day)
    await scan('two', '--since', day)
    const last = jsonLines(folder.text('alerts-two'))
    const goesOn = last.find((alert) => (alert['first_event_time'] as string) < day) ?? last[0]!
    const args = ['--exhibits', 'exhibits-one', 'exhibits-two', '--alerts', 'alerts-two']
    const ran = await folder.run(['reproduce', uidOf(goesOn), ...args])
    expectCode(ran, 0)
    expect(jsonLines(ran.stdout)[0]!['notes']).toEqual([])
  },
  setUpMs,
)

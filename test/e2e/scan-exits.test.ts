import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { accounted, commandFolder, expectCode, type Json, jsonLines, root, setUpMs, summaryOf } from './command.ts'
import { type CloudTrailJson, ndjson, writeOrganisation } from './organisation.ts'

const folder = commandFolder()
let records: CloudTrailJson[]

beforeAll(async () => {
  records = await writeOrganisation(folder)
  writeFileSync(folder.at('small.ndjson'), ndjson(records.slice(0, 300)))
}, setUpMs)

describe('2: wrong usage', () => {
  test.each([
    ['no command', []],
    ['an unknown command', ['scna', 'small.ndjson']],
    ['an unknown flag', ['scan', 'small.ndjson', '--alert', 'x']],
    ['no path', ['scan']],
    ['a format that is none', ['scan', 'small.ndjson', '--format', 'csv']],
    ['a severity that is none', ['scan', 'small.ndjson', '--fail-on', 'bad']],
    ['a source that is none', ['scan', 'small.ndjson', '--source', 'aws.cloudtrial']],
    ['a tenant that is none', ['scan', 'small.ndjson', '--tenant', 'A B']],
    ['a time that is none', ['scan', 'small.ndjson', '--since', 'yesterday']],
    ['a range that holds nothing', ['scan', 'small.ndjson', '--since', '2026-01-06', '--until', '2026-01-06']],
    ['a budget that is none', ['scan', 'small.ndjson', '--alerts-per-day', '-1']],
    ['standard input twice', ['scan', '-', '-']],
    ['a model folder without a model', ['scan', 'small.ndjson', '--model', '.']],
    ['too few identities to simulate', ['simulate', '--identities', '3']],
    ['training from a pipe', ['train', '--from', '-', '--out', 'model']],
    ['training without an output', ['train', '--from', 'small.ndjson']],
  ] as const)('%s', async (_name, args) => {
    const ran = await folder.run(args)
    expectCode(ran, 2)
    expect(ran.stdout).toBe('')
    expect(ran.stderr).not.toContain('Defect')
    expect(ran.stderr).not.toMatch(/^\s+at /m)
  })

  test('an unknown key of the configuration, with what was probably meant', async () => {
    writeFileSync(folder.at('config.yaml'), 'alertPerDay: 5\n')
    for (const command of [['scan', 'small.ndjson'], ['validate']]) {
      const ran = await folder.run([...command, '--config', 'config.yaml'])
      expectCode(ran, 2)
      expect(ran.stderr).toContain('alertPerDay')
      expect(ran.stderr).toContain('alertsPerDay')
      expect(ran.stderr).toContain('(config.invalid)')
    }
  })

  test('an unknown variable of the environment', async () => {
    const ran = await folder.run(['validate'], { env: { OSTIARY_ALERT_PER_DAY: '5' } })
    expectCode(ran, 2)
    expect(ran.stderr).toContain('OSTIARY_ALERTS_PER_DAY')
  })

  test('the state of another key, of another tenant, or damaged; it is left as it was', async () => {
    expectCode(await folder.run(['scan', 'small.ndjson', '--state', 'state']), 0)
    const before = readFileSync(folder.at('state'))
    const damaged = Buffer.from(before)
    damaged[damaged.length >> 1]! ^= 1
    writeFileSync(folder.at('damaged'), damaged)
    for (const args of [
      ['--state', 'state', '--key', 'other-key'],
      ['--state', 'state', '--tenant', 'acme'],
      ['--state', 'damaged'],
    ]) {
      const ran = await folder.run(['scan', 'small.ndjson', ...args])
      expectCode(ran, 2)
      expect(ran.stderr).toContain('(state.invalid)')
      expect(ran.stdout).toBe('')
    }
    expect(readFileSync(folder.at('state')).equals(before)).toBe(true)
    expect(readFileSync(folder.at('damaged')).equals(damaged)).toBe(true)
  })

  test('a key that others may read', async () => {
    copyFileSync(folder.at('data', 'ostiary', 'key'), folder.at('open-key'))
    chmodSync(folder.at('open-key'), 0o644)
    const ran = await folder.run(['scan', 'small.ndjson', '--key', 'open-key'])
    expectCode(ran, 2)
    expect(ran.stderr).toContain('(key.invalid)')
  })
})

describe('3: nothing to read, nothing scored, nowhere to write', () => {
  test.each([
    ['a missing file', ['no-such-file'], 'input.unreadable'],
    ['a missing file beside one that is there', ['small.ndjson', 'no-such-file'], 'input.unreadable'],
    ['an alert file in a missing folder', ['small.ndjson', '--alerts', 'no/alerts'], 'output.unwritable'],
    ['a score file in a missing folder', ['small.ndjson', '--scores', 'no/scores'], 'output.unwritable'],
    ['a reject file in a missing folder', ['small.ndjson', '--rejects', 'no/rejects'], 'output.unwritable'],
    ['a state in a missing folder', ['small.ndjson', '--state', 'no/state'], 'output.unwritable'],
    ['a state under a file', ['small.ndjson', '--state', 'small.ndjson/state'], 'output.unwritable'],
    ['a summary in a missing folder', ['small.ndjson', '--summary', 'no/summary'], 'output.unwritable'],
    ['an alert file that is a folder', ['small.ndjson', '--alerts', '.'], 'output.unwritable'],
  ])('%s', async (_name, args, code) => {
    const ran = await folder.run(['scan', ...args])
    expectCode(ran, 3)
    expect(ran.stderr).toContain(`(${code})`)
    expect(ran.stdout).toBe('')
  })

  test('an empty folder, an empty input, and records of which none is an event', async () => {
    mkdirSync(folder.at('empty'))
    writeFileSync(folder.at('other.ndjson'), '{"a":1}\n{"b":2}\n')
    for (const [path, records] of [
      ['empty', 0],
      ['-', 0],
      ['other.ndjson', 2],
    ] as const) {
      const ran = await folder.run(['scan', path, '--state', 'no-state'])
      expectCode(ran, 3)
      expect(ran.stderr).toContain('Nothing was scored')
      expect(summaryOf(ran)).toMatchObject({ records, scored: 0 })
      expect(existsSync(folder.at('no-state')), 'nothing learnt, nothing saved').toBe(false)
    }
  })

  test('training into a folder that cannot be made', async () => {
    const ran = await folder.run(['train', '--from', 'org.ndjson', '--out', 'org.ndjson/model'])
    expectCode(ran, 3)
    expect(ran.stderr).toContain('(output.unwritable)')
  })

  test('simulating into a missing folder', async () => {
    const ran = await folder.run(['simulate', '--identities', '12', '--days', '1', '--out', 'no/records'])
    expectCode(ran, 3)
    expect(ran.stderr).toContain('(output.unwritable)')
  })
})

test('1: --fail-on, for alerts as severe or severer', async () => {
  const severities = ['Informational', 'Low', 'Medium', 'High', 'Critical']
  const plain = await folder.run(['scan', 'org.ndjson'])
  expectCode(plain, 0)
  const worst = Math.max(...jsonLines(plain.stdout).map((line) => severities.indexOf(line['severity'] as string)))
  expect(worst).toBeGreaterThanOrEqual(0)
  const failing = await folder.run(['scan', 'org.ndjson', '--fail-on', severities[worst]!])
  expectCode(failing, 1)
  expect(failing.stdout).toBe(plain.stdout)
  const severer = severities[worst + 1]
  if (severer !== undefined) expectCode(await folder.run(['scan', 'org.ndjson', '--fail-on', severer]), 0)
})

test('0: help and version', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'services', 'cli', 'package.json'), 'utf8')) as Json
  const asked = await folder.run(['--version'])
  expectCode(asked, 0)
  expect(asked.stdout).toBe(`${version}\n`)
  for (const command of ['scan', 'train', 'explain', 'simulate', 'validate', 'live']) {
    const help = await folder.run([command, '--help'])
    expectCode(help, 0)
    expect(help.stdout).toContain(`ostiary ${command}`)
  }
})

/** Waits until something holds, without a limit of its own: the test's holds. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 20))
}

test('130: an interrupt ends the wait for more input; outputs are whole, the state is not saved', async () => {
  const outputs = ['--alerts', 'cut-alerts', '--scores', 'cut-scores', '--state', 'cut-state']
  const running = folder.start(['scan', '-', ...outputs])
  const { stdin } = running.child
  // The reader of standard input is at work once it has taken more than a pipe holds.
  const text = ndjson(records.slice(0, 2000))
  await new Promise((resolve) => stdin!.write(text, resolve))
  await until(() => existsSync(folder.at('cut-scores')) && readFileSync(folder.at('cut-scores')).length > 0)
  running.child.kill('SIGINT')
  const ran = await running.done
  expectCode(ran, 130)
  expect(ran.stdout).toBe(folder.text('cut-alerts'))
  jsonLines(ran.stdout)
  const summary = summaryOf(ran)
  expect(jsonLines(folder.text('cut-scores')).length).toBe(summary['scored'])
  expect(accounted(summary)).toBe(summary['records'])
  expect(existsSync(folder.at('cut-state'))).toBe(false)
  expect(readdirSync(folder.path).filter((name) => name.includes('.part'))).toEqual([])
})

test('a reader of standard output that has seen enough is no error, and the state is saved', async () => {
  const running = folder.start(['scan', 'org.ndjson', '--state', 'head-state'], { input: '' })
  running.child.stdout!.destroy()
  expectCode(await running.done, 0)
  expect(existsSync(folder.at('head-state'))).toBe(true)
})

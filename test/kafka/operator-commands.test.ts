import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { simulate } from '@ostiary/runtime'
import type { Alert, Exhibit } from '@ostiary/schemas'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Stack } from './stack.ts'

const program = fileURLToPath(new URL('../../services/cli/bin/ostiary.js', import.meta.url))
const run = promisify(execFile)

let stack: Stack

beforeAll(async () => {
  stack = await Stack.make(2)
})
afterAll(() => stack.close())

/** Runs the command against the test's topics. Returns the lines it printed. */
async function ostiary(...args: string[]): Promise<string[]> {
  const { brokers, registryUrl, topicPrefix } = stack.config
  const { stdout } = await run(process.execPath, [program, ...args], {
    env: {
      ...process.env,
      OSTIARY_BROKERS: brokers,
      OSTIARY_REGISTRY_URL: registryUrl,
      OSTIARY_TOPIC_PREFIX: topicPrefix,
    },
    maxBuffer: 256 * 1024 * 1024,
  })
  return stdout.split('\n').filter((line) => line !== '')
}

test('dead letters are listed, and sent again; a repeat of what is there is dropped', async () => {
  const services = [stack.start('enricher'), stack.start('detector'), stack.start('desk')]
  const records = [...simulate({ seed: 5, identities: 40, days: 4, startMs: Date.parse('2026-01-05'), attacks: true })]
  const values = records.slice(0, 3000).map(({ record }) => JSON.stringify(record))
  await stack.send([...values, '{"half":', '{"unknown":1}'], (value) => String(value).slice(0, 40))
  await stack.drained('enricher', 'detector', 'desk')
  for (const service of services) await service.stop()
  const listed = (await ostiary('dlq', 'list')).map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(listed.map(({ reason }) => reason).sort()).toEqual(['json.invalid', 'source.unsupported'])
  expect(listed.every((letter) => !('bytes_base64' in letter))).toBe(true)
  const [withBytes] = await ostiary('dlq', 'list', '--reason', 'json.invalid', '--bytes')
  expect(Buffer.from(JSON.parse(withBytes!).bytes_base64, 'base64').toString()).toBe('{"half":')

  const before = (await stack.read('access.raw')).length
  expect(JSON.parse((await ostiary('dlq', 'replay', '--dry-run'))[0]!)).toMatchObject({ sent: 2, dry_run: true })
  expect((await stack.read('access.raw')).length).toBe(before)
  expect(JSON.parse((await ostiary('dlq', 'replay', '--reason', 'json.invalid'))[0]!)).toMatchObject({ sent: 1 })
  const raw = await stack.read('access.raw')
  expect(raw.length).toBe(before + 1)
  expect(raw.filter(({ value }) => String(value) === '{"half":').length).toBe(2)

  const alerts = await stack.readDecoded('access.alerts')
  const lines = (await ostiary('alerts')).map((line) => JSON.parse(line) as { class_uid: number })
  expect(lines.length).toBe(alerts.length)
  expect(lines.length).toBeGreaterThan(0)
  expect(new Set(lines.map(({ class_uid: uid }) => uid))).toEqual(new Set([2004]))
})

test('an alert of the topic is reproduced from the exhibits and tables of theirs', async () => {
  const alerts = (await stack.readDecoded('access.alerts')).map(({ value }) => value as Alert)
  const exhibits = (await stack.readDecoded('access.exhibits')).map(({ value }) => value as Exhibit)
  // Several revisions, so that a case stands behind the last.
  const alert = alerts.findLast(({ revision }) => revision > 1)!
  const [told] = await ostiary('reproduce', alert.finding_uid)
  const chain = exhibits.filter(({ finding_uid }) => finding_uid === alert.finding_uid)
  expect(JSON.parse(told!)).toEqual({
    finding_uid: alert.finding_uid,
    revision: alert.revision,
    same: true,
    exhibits: chain.length,
    inputs: [],
    outputs: [],
    notes: [],
  })
  await expect(ostiary('reproduce', 'f'.repeat(32))).rejects.toMatchObject({ code: 3 })
})

test('the access rules of each principal are its own', async () => {
  const rules = (await ostiary('acls', 'list', '--format', 'ndjson')).map(
    (line) => JSON.parse(line) as { principal: string; resource: string; name: string; operation: string },
  )
  const { topicPrefix } = stack.config
  const of = (principal: string, operation: string): string[] =>
    rules
      .filter((rule) => rule.principal === `ostiary-${principal}` && rule.operation === operation)
      .filter(({ resource }) => resource === 'topic')
      .map(({ name }) => name.slice(topicPrefix.length))
      .sort()
  expect(of('collector', 'Read')).toEqual([])
  expect(of('collector', 'Write')).toEqual(['access.raw'])
  expect(of('forwarder', 'Write')).toEqual([])
  expect(of('analyst', 'Read')).toEqual(['access.alerts', 'access.artefacts', 'access.exhibits'])
  expect(of('subscriber', 'Read')).toEqual(['access.alerts', 'access.alerts.ocsf'])
  expect(of('modeller', 'Read')).toEqual(['access.artefacts'])
  expect(of('modeller', 'Write')).toEqual(['access.artefacts', 'access.events'])
  expect(of('reviewer', 'Read')).toEqual(['access.alerts', 'access.artefacts'])
  expect(of('reviewer', 'Write')).toEqual(['access.artefacts', 'access.events'])
  expect([of('trainer', 'Read'), of('trainer', 'Write')]).toEqual([['access.events'], []])
  expect(of('desk', 'Read')).toEqual(['access.artefacts', 'access.desk.changelog', 'access.findings'])
})

import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { alertLineOf, simulate } from '@ostiary/runtime'
import { aclEntries, aclRules, type RecordSchema } from '@ostiary/runtime/kafka'
import { type Alert, alertSchema } from '@ostiary/schemas'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commandFolder, type Json, jsonLines, type Running, root } from '../e2e/command.ts'
import { startOnTerminal, terminalPossible, terminalText } from '../e2e/terminal.ts'
import { pythonWith } from '../python-environment.ts'
import { type SecuredTestKafka, securedKafkaForTests } from './harness.ts'
import { RegistryDoor } from './registry-door.ts'
import { Stack, testVersion } from './stack.ts'

const dayMs = 86_400_000
const startMs = Date.parse('2026-01-05T00:00:00Z')
/** How long a reader may take to read what is there; Python's is installed before. */
const readMsMax = 120_000
const setUpMsMax = 600_000
const registryUser = 'soc'
/** As a version to come may have it. */
const laterSchema: RecordSchema = {
  ...alertSchema,
  fields: [...alertSchema.fields, { name: 'news', type: 'string', default: '' }],
}

const folder = commandFolder()
let kafka: SecuredTestKafka
let door: RegistryDoor
let stack: Stack
let python = ''
/** What lies in the topic, in its order. */
let alerts: Alert[] = []

function example(name: string): string {
  return fileURLToPath(new URL(`subscribers/${name}`, import.meta.url))
}

/** `finding_uid` and `revision` of alerts, in their order. */
function keysOf(of: readonly { readonly finding_uid: unknown; readonly revision: unknown }[]): string[] {
  return of.map(({ finding_uid, revision }) => `${finding_uid}.${revision}`)
}

/** Writes an alert like the first as the desk does, in a transaction that is committed or given up. */
async function transact(
  own: Partial<Alert>,
  end: 'commit' | 'abort' = 'commit',
  schema: RecordSchema = alertSchema,
): Promise<void> {
  const alert = { ...alerts[0]!, revision: 1, ...own }
  const producer = stack.kafka.producer({
    transactionalId: `${stack.config.topicPrefix}test`,
    idempotent: true,
    maxInFlightRequests: 1,
  })
  await producer.connect()
  const transaction = await producer.transaction()
  const encode = await stack.schemas.encoder<Alert>(`${stack.config.topicPrefix}access.alerts`, schema)
  const line = alertLineOf({ format: 'ocsf', productVersion: testVersion })
  for (const [name, value] of [
    ['access.alerts', encode(alert)],
    ['access.alerts.ocsf', line(alert)],
  ] as const)
    await transaction.send({
      topic: stack.config.topicPrefix + name,
      messages: [{ key: alert.finding_uid, value }],
    })
  await transaction[end]()
  await producer.disconnect()
  // The broker says it is committed before everybody can read it.
  while (end === 'commit' && !keysOf(await written()).includes(keysOf([alert])[0]!)) await sleep(50)
}

/** What can be read in the topic, in its order. */
async function written(): Promise<Alert[]> {
  return (await stack.readDecoded('access.alerts')).map(({ value }) => value as Alert)
}

async function giveRights(): Promise<void> {
  const rules = aclRules(stack.config.topicPrefix).filter(
    ({ principal }) => principal === 'subscriber' || principal === 'analyst',
  )
  await stack.admin.createAcls({ acl: aclEntries(rules, 'ostiary-') })
}

/** A run from raw records to alerts, then a transaction that was given up, and alerts behind it, the last in a later schema. */
async function fill(): Promise<void> {
  const services = [stack.start('enricher'), stack.start('detector'), stack.start('desk')]
  const records: string[] = []
  for (const { record, timeMs } of simulate({ seed: 5, identities: 60, days: 12, startMs, attacks: true }))
    if (timeMs >= startMs + 9 * dayMs && timeMs < startMs + 10 * dayMs) records.push(JSON.stringify(record))
  await stack.send(records)
  await stack.drained('enricher', 'detector', 'desk')
  for (const service of services) await service.stop()
  alerts = await written()
  await transact({ finding_uid: 'given-up' }, 'abort')
  await transact({ finding_uid: 'paged', disposition: 'page' })
  await transact({ finding_uid: 'suppressed', disposition: 'suppressed' })
  await transact({ finding_uid: 'of-a-later-version' }, 'commit', laterSchema)
  alerts = await written()
}

beforeAll(async () => {
  python = await pythonWith(example('requirements.txt'))
  kafka = await securedKafkaForTests(['ostiary-subscriber', 'ostiary-analyst'])
  stack = await Stack.make(1, { brokers: kafka.adminBrokers })
  const registryPassword = 'a password of the registry'
  door = await RegistryDoor.open(stack.config.registryUrl, registryUser, registryPassword)
  for (const [name, password] of Object.entries(kafka.users)) writeFileSync(folder.at(name), password, { mode: 0o600 })
  writeFileSync(folder.at('registry-password'), registryPassword, { mode: 0o600 })
  writeFileSync(folder.at('kcat.conf'), kcatConfig(), { mode: 0o600 })
  await giveRights()
  await fill()
  execFileSync(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '-b', 'test'], { cwd: root })
}, setUpMsMax)
afterAll(async () => {
  await stack?.close()
  await door?.close()
  await kafka?.stop()
})

/** Clients before librdkafka 2.6.1 cannot log in to Kafka 4 by SCRAM: they send their nonce twice. */
function kcatKnowsScram(): boolean {
  try {
    const version = /librdkafka (\d+)\.(\d+)\.(\d+)/.exec(execFileSync('kcat', ['-V'], { encoding: 'utf8' }))!
    const [major, minor, patch] = version.slice(1).map(Number) as [number, number, number]
    return major * 10_000 + minor * 100 + patch >= 20_601
  } catch (cause) {
    throw new Error('This test needs kcat (Debian: apt-get install kcat)', { cause })
  }
}

/** The example's file, with the broker, authority and password of this test in it. */
function kcatConfig(): string {
  const own: Readonly<Record<string, string>> = {
    'bootstrap.servers': kafka.tlsBrokers,
    'ssl.ca.location': kafka.caFile,
    'sasl.password': kafka.users['ostiary-subscriber']!,
    ...(kcatKnowsScram() ? {} : { 'sasl.mechanism': 'PLAIN' }),
  }
  return readFileSync(example('kcat.conf'), 'utf8').replace(/^([a-z.]+)=.*$/gm, (line, name: string) =>
    own[name] === undefined ? line : `${name}=${own[name]}`,
  )
}

function surroundings(): Record<string, string> {
  return {
    BROKERS: kafka.tlsBrokers,
    CA_FILE: kafka.caFile,
    PASSWORD_FILE: folder.at('ostiary-subscriber'),
    REGISTRY_URL: door.url,
    REGISTRY_USER: registryUser,
    REGISTRY_PASSWORD_FILE: folder.at('registry-password'),
    TOPIC_PREFIX: stack.config.topicPrefix,
    KCAT_CONFIG: folder.at('kcat.conf'),
  }
}

function ostiarysSurroundings(): Record<string, string> {
  return {
    OSTIARY_BROKERS: kafka.tlsBrokers,
    OSTIARY_TLS: 'yes',
    OSTIARY_TLS_CA_FILE: kafka.caFile,
    OSTIARY_SASL_MECHANISM: 'scram-sha-512',
    OSTIARY_SASL_USERNAME: 'ostiary-analyst',
    OSTIARY_SASL_PASSWORD_FILE: folder.at('ostiary-analyst'),
    OSTIARY_REGISTRY_URL: door.url,
    OSTIARY_REGISTRY_USERNAME: registryUser,
    OSTIARY_REGISTRY_PASSWORD_FILE: folder.at('registry-password'),
    OSTIARY_TOPIC_PREFIX: stack.config.topicPrefix,
  }
}

/** Waits until a reader that goes on has printed so many lines. */
async function printed(running: Running, lines: number): Promise<void> {
  const untilMs = Date.now() + readMsMax
  while (running.seen().stdout.split('\n').length <= lines) {
    const { stdout, stderr, code } = running.seen()
    if (code !== null || Date.now() > untilMs)
      throw new Error(`${stdout.split('\n').length - 1} of ${lines} lines; exit code ${code}; ${stderr.slice(-2000)}`)
    await sleep(100)
  }
}

/** Starts a reader, waits for what is there, ends it in order. */
async function readBy(program: string, args: readonly string[], lines: number): Promise<Json[]> {
  const running = folder.startProgram(program, args, surroundings())
  await printed(running, lines)
  // What should not come has its chance to.
  await sleep(1000)
  running.child.kill('SIGTERM')
  const { code, stdout, stderr } = await running.done
  expect(code, stderr).toBe(0)
  return jsonLines(stdout)
}

test('there is something to read, and what was given up is in the log', async () => {
  expect(alerts.length).toBeGreaterThan(10)
  expect(new Set(alerts.map(({ disposition }) => disposition)).size).toBe(3)
  const topic = `${stack.config.topicPrefix}access.alerts.ocsf`
  const uncommitted = folder.startProgram(
    'sh',
    ['-c', 'kcat -C -q -e -o beginning -X isolation.level=read_uncommitted -t "$1"', 'sh', topic],
    surroundings(),
  )
  const { stdout, stderr } = await uncommitted.done
  expect(stdout, stderr).toContain('"given-up"')
})

describe.each([
  ['TypeScript', () => [process.execPath, `${root}test/dist/kafka/subscribers/subscriber.js`]],
  ['Python', () => [python, example('subscriber.py')]],
])('the subscriber in %s', (_, command) => {
  test('reads every revision once, in order, and none that was given up; and goes on where it was', async () => {
    const [program, ...args] = command() as [string, ...string[]]
    const read = await readBy(program, args, alerts.length)
    expect(keysOf(read as never)).toEqual(keysOf(alerts))
    expect(read.map(({ disposition, score }) => [disposition, score])).toEqual(
      alerts.map(({ disposition, score }) => [disposition, score]),
    )
    expect(read.every(({ why }) => typeof why === 'string')).toBe(true)
    const finding = `later-${program.length}`
    for (const revision of [1, 1, 2]) await transact({ finding_uid: finding, revision })
    alerts = await written()
    expect(keysOf((await readBy(program, args, 2)) as never)).toEqual([`${finding}.1`, `${finding}.2`])
    alerts = alerts.filter((alert, at) => keysOf(alerts).indexOf(keysOf([alert])[0]!) === at)
  })
})

test('kcat reads the same as OCSF', async () => {
  const { code, stdout, stderr } = await folder.startProgram('sh', [example('subscriber.sh')], surroundings()).done
  expect(code, stderr).toBe(0)
  const read = jsonLines(stdout) as unknown as {
    class_uid: number
    finding_info: { uid: string }
    unmapped: { ostiary: { revision: number; disposition: string } }
  }[]
  const keys = read.map(({ finding_info, unmapped }) => `${finding_info.uid}.${unmapped.ostiary.revision}`)
  expect([...new Set(keys)]).toEqual(keysOf(alerts))
  expect(new Set(read.map(({ class_uid }) => class_uid))).toEqual(new Set([2004]))
})

describe('ostiary alerts --follow', () => {
  test('in a pipe: a line of JSON for each alert, as it comes, and nothing else', async () => {
    const running = folder.start(['alerts', '--follow', '--format', 'flat'], { env: ostiarysSurroundings() })
    await printed(running, alerts.length)
    await transact({ finding_uid: 'followed', disposition: 'page' })
    await printed(running, (await stack.read('access.alerts')).length)
    running.child.kill('SIGINT')
    const { code, stdout } = await running.done
    expect(code).toBe(0)
    expect(stdout).not.toContain('\u001b')
    expect(keysOf(jsonLines(stdout) as never).at(-1)).toBe('followed.1')
  })

  test.runIf(terminalPossible)('on a terminal: a card for each alert, in colour, with a line between', async () => {
    const running = startOnTerminal(folder, ['alerts', '--follow'], ostiarysSurroundings())
    const untilMs = Date.now() + readMsMax
    const cards = (): string[] => terminalText(running.seen().stdout).match(/^.* revision \d+\r$/gm) ?? []
    while (cards().length < alerts.length && Date.now() < untilMs) await sleep(100)
    // What a terminal sends for Ctrl-C.
    running.child.stdin!.write('\u0003')
    const { code, stdout } = await running.done
    expect(code, terminalText(stdout).slice(-2000)).toBe(0)
    expect(stdout).toContain('\u001b[')
    expect(terminalText(stdout)).toMatch(/ code \S+\r\n\r\n.* revision \d+\r\n/)
    expect(cards().length).toBeGreaterThanOrEqual(alerts.length)
  })
})

import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type ForwarderOptions, runForwarder } from '@ostiary/forwarder'
import { createLogger } from '@ostiary/runtime'
import { createServiceMetrics, runPersistently, type ServiceContext, ServiceHealth } from '@ostiary/runtime/kafka'
import { type Alert, alertSchema } from '@ostiary/schemas'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alert as anyAlert } from '../arbitraries/alert.ts'
import { SyslogReceiver } from '../receivers/syslog-receiver.ts'
import { WebhookReceiver } from '../receivers/webhook-receiver.ts'
import { Stack, testVersion } from './stack.ts'

const secret = 'a secret of enough bytes'
const findings = 40
const revisions = 3

let stack: Stack
let receiver: WebhookReceiver
const folder = mkdtempSync(join(tmpdir(), 'ostiary-forwarder-'))
beforeAll(async () => {
  stack = await Stack.make(1)
  receiver = await WebhookReceiver.open(secret)
})
afterAll(async () => {
  await receiver.close()
  await stack.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Runs a forwarder until what it gives back is called. */
function forwarding(options: ForwarderOptions): () => Promise<void> {
  const abort = new AbortController()
  const log = createLogger({ level: 'silent', service: 'forwarder', version: testVersion })
  const health = new ServiceHealth(log)
  const context: ServiceContext = {
    config: stack.config,
    env: { OSTIARY_WEBHOOK_SECRET: secret },
    log,
    version: testVersion,
    signal: abort.signal,
    health,
    metrics: createServiceMetrics(health, 'forwarder'),
  }
  // As the command does: a broker that has just started may still be loading the group.
  const ended = runPersistently(context, () => runForwarder(context, options))
  return async () => {
    abort.abort()
    await ended
  }
}

/** Alerts of every finding in turn, and a record that is none. */
async function sendAlerts(): Promise<void> {
  const [like] = fc.sample(anyAlert, { numRuns: 1, seed: 5 })
  const encode = await stack.schemas.encoder<Alert>(`${stack.config.topicPrefix}access.alerts`, alertSchema)
  const messages: { key: string; value: Buffer }[] = []
  for (let revision = 1; revision <= revisions; revision++)
    for (let finding = 0; finding < findings; finding++) {
      const key = `finding-${finding}`
      messages.push({ key, value: encode({ ...like!, finding_uid: key, revision }) })
    }
  const topic = `${stack.config.topicPrefix}access.alerts`
  await stack.producer.send({ topic, messages: [...messages, { key: 'x', value: Buffer.from('no alert') }] })
}

test('every revision arrives, in order within its finding, over failures of the receiver and a restart', async () => {
  await sendAlerts()
  const options: ForwarderOptions = { to: 'webhook', url: receiver.url, format: 'flat' }
  let turn = 0
  receiver.faultOf = () => {
    turn += 1
    return turn % 3 === 0 ? 503 : undefined
  }
  const stopFirst = forwarding(options)
  await receiver.until(() => receiver.received.length >= 20)
  await stopFirst()
  receiver.faultOf = () => undefined
  const stopSecond = forwarding(options)
  const keys = (): Set<string> => new Set(receiver.received.map(({ key }) => key))
  await receiver.until(() => keys().size === findings * revisions)
  await stopSecond()

  expect(receiver.received.filter(({ signed }) => !signed)).toEqual([])
  const first = new Map<string, number>()
  for (const { key } of receiver.received) {
    const [, finding, revision] = /^(finding-\d+)\.(\d+)$/.exec(key)!
    const last = first.get(finding!) ?? 0
    // A repeat after the restart is no news; what is new comes in its turn.
    if (Number(revision) > last) {
      expect(Number(revision)).toBe(last + 1)
      first.set(finding!, Number(revision))
    }
  }
  expect([...first.values()].every((revision) => revision === revisions)).toBe(true)
})

/** Ids of findings with their revisions, in the order in which they were sent. */
const sentInOrder = Array.from({ length: findings * revisions }, (_, index) => {
  return `finding-${index % findings}.${Math.floor(index / findings) + 1}`
})

test('the same alerts go to syslog, over a receiver that breaks off; a forwarder of another name gets them all too', async () => {
  const syslog = await SyslogReceiver.open()
  try {
    let turn = 0
    syslog.faultOf = () => {
      turn += 1
      return turn === 2 ? 'reset' : undefined
    }
    for (const name of [undefined, 'second']) {
      syslog.received.length = 0
      const stop = forwarding({ to: 'syslog', url: `tcp://127.0.0.1:${syslog.port}`, name })
      await syslog.until(() => syslog.received.length === findings * revisions)
      await stop()
      expect(syslog.errors).toEqual([])
      expect(syslog.received.map(({ cef: { extension } }) => `${extension['externalId']}.${extension['cn1']}`)).toEqual(
        sentInOrder,
      )
    }
  } finally {
    await syslog.close()
  }
})

test('to files that rotate each alert comes once, though a forwarder begins from the first again', async () => {
  const file = join(folder, 'alerts')
  const written = (): string[] =>
    [...Array(50).keys()]
      .map((n) => (n === 0 ? file : `${file}.${n}`))
      .filter((path) => existsSync(path))
      .reverse()
      .flatMap((path) => readFileSync(path, 'utf8').split('\n').slice(0, -1))
      .map((line) => JSON.parse(line))
      .map(({ finding_uid, revision }) => `${finding_uid}.${revision}`)
  const options: ForwarderOptions = { to: 'file', file, fileBytesMax: 16_384, filesMax: 50, format: 'flat' }
  const stopFirst = forwarding(options)
  while (written().length < sentInOrder.length) await pause(20)
  await stopFirst()
  // Its group has nothing committed, as after a long absence.
  const stopSecond = forwarding({ ...options, name: 'begun-anew' })
  const end = String(findings * revisions + 1)
  const groupId = `${stack.config.topicPrefix}ostiary-forwarder-begun-anew`
  const topics = [`${stack.config.topicPrefix}access.alerts`]
  while ((await stack.admin.fetchOffsets({ groupId, topics }))[0]?.partitions[0]?.offset !== end) await pause(50)
  await stopSecond()
  expect(written()).toEqual(sentInOrder)
})

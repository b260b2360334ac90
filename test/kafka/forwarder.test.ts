import { runForwarder } from '@ostiary/forwarder'
import { createLogger } from '@ostiary/runtime'
import { createServiceMetrics, type ServiceContext, ServiceHealth } from '@ostiary/runtime/kafka'
import { type Alert, alertSchema } from '@ostiary/schemas'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { alert as anyAlert } from '../arbitraries/alert.ts'
import { WebhookReceiver } from '../receivers/webhook-receiver.ts'
import { Stack, testVersion } from './stack.ts'

const secret = 'a secret of enough bytes'
const findings = 40
const revisions = 3

let stack: Stack
let receiver: WebhookReceiver
beforeAll(async () => {
  stack = await Stack.make(1)
  receiver = await WebhookReceiver.open(secret)
})
afterAll(async () => {
  await receiver.close()
  await stack.close()
})

/** Runs a forwarder until what it gives back is called. */
function forwarding(): () => Promise<void> {
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
    metrics: createServiceMetrics(health.registry),
  }
  const ended = runForwarder(context, { to: 'webhook', url: receiver.url, format: 'flat' })
  return async () => {
    abort.abort()
    await ended
  }
}

test('every revision arrives, in order within its finding, over failures of the receiver and a restart', async () => {
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

  let turn = 0
  receiver.faultOf = () => {
    turn += 1
    return turn % 3 === 0 ? 503 : undefined
  }
  const stopFirst = forwarding()
  await receiver.until(() => receiver.received.length >= 20)
  await stopFirst()
  receiver.faultOf = () => undefined
  const stopSecond = forwarding()
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

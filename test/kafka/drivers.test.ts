import { createEnricher, Feedback } from '@ostiary/models'
import {
  createLogger,
  defaultCacheFolder,
  feedbackOf,
  Intake,
  LocalPipeline,
  loadArtefact,
  loadTables,
  readKeyFile,
  simulate,
  starterArtefactFolder,
} from '@ostiary/runtime'
import { KafkaFeedbackStore } from '@ostiary/runtime/kafka'
import type { Alert, DeadLetter } from '@ostiary/schemas'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Stack, testVersion } from './stack.ts'

/** One suite for whatever drives the operators from raw records to alerts. */
interface Driver {
  readonly name: string
  run(records: readonly string[]): Promise<Outcome>
}

interface Outcome {
  readonly alerts: readonly Alert[]
  /** Reasons of what gave no event, in the order of the records. */
  readonly rejected: readonly string[]
}

const startMs = Date.parse('2026-01-05T00:00:00Z')
/** No census closes within a day: what it says takes effect where its marker lies, which is no matter of records alone. */
const dayMs = 86_400_000

let stacks: Stack[] = []
let keyFile = ''
/** What is in force from the first record on. */
let feedback = Feedback.none
beforeAll(async () => {
  const stack = await Stack.make(1)
  stacks.push(stack)
  keyFile = stack.keyFile
})
afterAll(async () => {
  for (const stack of stacks) await stack.close()
  stacks = []
})

/** The services over a stack's topics, from raw records to alerts. */
async function kafkaOn(stack: Stack, records: readonly string[]): Promise<Outcome> {
  const services = [stack.start('enricher'), stack.start('detector'), stack.start('desk')]
  await stack.send(records)
  await stack.drained('enricher', 'detector', 'desk')
  // Ended first: what they still save waits until all before it can be read.
  for (const service of services) await service.stop()
  const alerts = (await stack.readDecoded('access.alerts')).map(({ value }) => value as Alert)
  const letters = (await stack.readDecoded('access.dlq')).map(({ value }) => value as DeadLetter)
  return { alerts, rejected: letters.map(({ reason }) => reason) }
}

const kafka: Driver = {
  name: 'kafka',
  async run(records) {
    const stack = await Stack.make(1)
    stacks.push(stack)
    return kafkaOn(stack, records)
  },
}

const local: Driver = {
  name: 'local',
  async run(records) {
    const stack = stacks.at(-1)!
    const { config } = stack
    const tables = await loadTables({ cacheFolder: defaultCacheFolder(process.env) })
    const key = readKeyFile(keyFile)
    const alerts: Alert[] = []
    const rejected: string[] = []
    const model = await loadArtefact(starterArtefactFolder())
    const pipeline = new LocalPipeline({
      detector: config.detector,
      setting: { model, tablesId: tables.id, codeVersion: testVersion, feedback },
      desk: {
        alertsPerDay: config.alertsPerDay,
        pageBits: model.pageBits(config.alertsPerDay),
        casesMax: config.detector.openCasesMax,
      },
      duplicatesMax: config.duplicatesMax,
      reorderMs: 0,
      recent: false,
      onAlert: (alert) => alerts.push(alert),
    })
    const enrich = createEnricher({ tenantUid: config.tenant, key, tables })
    const intake = new Intake({ enrich, onReject: ({ reason }) => rejected.push(reason) })
    for (const [index, record] of records.entries())
      intake.take('test', { kind: 'record', index, byteOffset: 0, bytes: Buffer.from(record) }, (event) =>
        pipeline.push(event),
      )
    pipeline.flush()
    return { alerts, rejected }
  },
}

/** A day of an organisation in which something happens, as JSON. */
function oneDay(): string[] {
  const records: string[] = []
  for (const { record, timeMs } of simulate({ seed: 5, identities: 60, days: 12, startMs, attacks: true }))
    if (timeMs >= startMs + 9 * dayMs && timeMs < startMs + 10 * dayMs) records.push(JSON.stringify(record))
  return records
}

function plain(alerts: readonly Alert[]): unknown[] {
  return JSON.parse(JSON.stringify(alerts)) as unknown[]
}

describe.each([local, kafka])('the $name driver', (driver) => {
  test('gives each revision of each case once, and the first of them first', async () => {
    const { alerts, rejected } = await driver.run(oneDay())
    expect(rejected).toEqual([])
    expect(alerts.length).toBeGreaterThan(0)
    const revisions = new Map<string, number>()
    for (const { finding_uid: uid, revision } of alerts) {
      expect(revision).toBe((revisions.get(uid) ?? 0) + 1)
      revisions.set(uid, revision)
    }
  })

  test('drops repeats, and goes on behind what it cannot use', async () => {
    const records = oneDay().slice(0, 400)
    const once = await driver.run(records)
    const poisoned = records.flatMap((record, index) => [
      record,
      ...(index % 3 === 0 ? [record] : []),
      ...(index === 7 ? ['{"half":'] : []),
      ...(index === 9 ? ['[1]', '{"unknown": true}'] : []),
    ])
    const again = await driver.run(poisoned)
    expect([...again.rejected].sort()).toEqual(['json.invalid', 'json.not_object', 'source.unsupported'])
    expect(again.alerts.map((alert) => alert.revision)).toEqual(once.alerts.map((alert) => alert.revision))
  })
})

test('both drivers give the same alerts of the same records, to the last bit', async () => {
  const records = oneDay()
  const stack = await Stack.make(1)
  stacks.push(stack)
  keyFile = stack.keyFile
  // The same pseudonyms as the local driver's, to be compared.
  const { alerts: onKafka } = await kafkaOn(stack, records)
  const alone = await local.run(records)
  expect(onKafka.length).toBeGreaterThan(0)
  expect(plain(onKafka)).toEqual(plain(alone.alerts))
})

test('the same with a suppression in force, by marker and by setting', async () => {
  const records = oneDay()
  const stack = await Stack.make(1)
  stacks.push(stack)
  keyFile = stack.keyFile
  const log = createLogger({ level: 'silent', service: 'test', version: testVersion })
  const store = await KafkaFeedbackStore.open(stack.config, {}, log)
  const wish = { action: 'suppress', by: 'ada', owner: 'ada', reason: 'a test', identity_uid: '', team: '' } as const
  const until = new Date(Date.now() + dayMs).toISOString()
  await store.record({ ...wish, detection: 'first_action_for_identity', until }, false)
  feedback = feedbackOf(await store.entries())
  await store.close()
  const { alerts: onKafka } = await kafkaOn(stack, records)
  const alone = await local.run(records)
  feedback = Feedback.none
  const dispositions = new Set(onKafka.map(({ disposition }) => disposition))
  expect(dispositions.has('suppressed') && dispositions.size > 1).toBe(true)
  expect(plain(onKafka)).toEqual(plain(alone.alerts))
})

import { Intake } from '@ostiary/runtime'
import { keyPartition, SchemaClient } from '@ostiary/runtime/kafka'
import { type AccessEvent, accessEventSchema } from '@ostiary/schemas'
import { benchSetting, newEnricher } from '../bench-setting.ts'
import { CloneEvents } from '../clone-events.ts'
import { type BenchCluster, type BenchTopics, progressOf, ready } from './bench-cluster.ts'
import { rawRecords } from './raw-records.ts'

const partitions = 4
const eventsPerIdentity = 2
const sendRecords = 500
const probeEveryMs = 50
const patternRecords = 20_000

/** What a crash costs. */
export interface RecoveryRun {
  readonly identities: number
  /** From kill -9, with the next instance started at once, to a finding of an event sent after the kill; ms. */
  readonly firstFindingMs: number
  /** Of these, until the group gave the partitions to the new instance: the session of the old one has to run out. */
  readonly sessionMs: number
}

/** Gives the detector so many identities, kills it, and waits for the first finding of whoever comes next. */
export async function recovery(cluster: BenchCluster, identities: number, sessionMs: number): Promise<RecoveryRun> {
  const prefix = `recover${Date.now()}.`
  const topics = await cluster.topics(prefix, partitions)
  const encode = await new SchemaClient(topics.config, {}).encoder<AccessEvent>(
    `${prefix}access.events`,
    accessEventSchema,
  )
  const pattern = await patternEvents()
  const events = new CloneEvents(pattern, identities, Date.parse('2026-02-01T00:00:00Z'), 10)
  const producer = topics.kafka.producer({ idempotent: true })
  await producer.connect()
  const send = async (batch: readonly AccessEvent[]): Promise<void> => {
    const messages = batch.map((event) => {
      const key = `${event.tenant_uid} ${event.identity.uid}`
      return { key, partition: keyPartition(key, partitions), value: encode(event) }
    })
    await producer.send({ topic: `${prefix}access.events`, messages })
  }
  for (let sent = 0; sent < identities * eventsPerIdentity; sent += sendRecords)
    await send(Array.from({ length: sendRecords }, () => events.next()))
  const env = { OSTIARY_SESSION_MS: `${sessionMs}ms`, OSTIARY_SNAPSHOT_MS: '5s' }
  const first = await cluster.run('detector', prefix, env)
  await ready(first)
  await drained(topics)
  // A few more events, so that the snapshot that is due is written with them.
  for (let second = 0; second < 15; second++) {
    await send(Array.from({ length: 20 }, () => events.next()))
    await new Promise((resolve) => setTimeout(resolve, 1000))
  }
  await drained(topics)
  const found = findingsBy(topics)
  await found.ready
  await cluster.end(first, 'SIGKILL')
  const killedMs = performance.now()
  await cluster.run('detector', prefix, env)
  let probe = 0
  while (found.firstMs() === undefined) {
    const event = events.next()
    probe += 1
    await send([strange(event, probe)])
    await new Promise((resolve) => setTimeout(resolve, probeEveryMs))
  }
  const firstFindingMs = found.firstMs()! - killedMs
  await found.stop()
  await producer.disconnect()
  await cluster.endAll()
  await topics.admin.disconnect()
  return { identities, firstFindingMs, sessionMs }
}

async function drained(topics: BenchTopics): Promise<void> {
  for (;;) {
    const { done, all } = await progressOf(topics, 'detector')
    if (done >= all - partitions) return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** An event that opens a case whoever does it. */
function strange(event: AccessEvent, probe: number): AccessEvent {
  return {
    ...event,
    event_uid: `probe-${probe}`,
    identity: { ...event.identity, uid: `id-probe-${probe}` },
    api: {
      ...event.api,
      service: 'cloudtrail',
      operation: 'StopLogging',
      access_level: 'permissions',
      outcome: 'success',
    },
    facts: ['audit.disabled'],
  }
}

interface Watch {
  readonly ready: Promise<unknown>
  readonly firstMs: () => number | undefined
  readonly stop: () => Promise<void>
}

/** When the first finding of a probe is readable. */
function findingsBy({ kafka, config }: BenchTopics): Watch {
  const decoder = new SchemaClient(config, {}).decoder('access.findings')
  const consumer = kafka.consumer({ groupId: `${config.topicPrefix}bench-findings`, maxWaitTimeInMs: 50 })
  let firstMs: number | undefined
  const started = (async () => {
    await consumer.connect()
    await consumer.subscribe({ topic: `${config.topicPrefix}access.findings`, fromBeginning: true })
    await consumer.run({
      eachBatch: async ({ batch }) => {
        for (const { value } of batch.messages) {
          await decoder.prepare(value)
          const { evidence } = decoder.decode(value).value as { evidence: readonly { event_uid: string }[] }
          if (evidence.some(({ event_uid: uid }) => uid.startsWith('probe-'))) firstMs ??= performance.now()
        }
      },
    })
  })()
  return { ready: started, firstMs: () => firstMs, stop: () => consumer.disconnect() }
}

async function patternEvents(): Promise<AccessEvent[]> {
  const events: AccessEvent[] = []
  const intake = new Intake({ enrich: newEnricher(await benchSetting()) })
  for (const { value } of rawRecords(patternRecords))
    intake.takeValue(
      JSON.parse(value.toString('utf8')),
      (event) => events.push(event),
      () => undefined,
    )
  return events
}

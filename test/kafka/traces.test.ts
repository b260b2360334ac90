import { copyFileSync } from 'node:fs'
import { simulate } from '@ostiary/runtime'
import { freePort, type TopicName } from '@ostiary/runtime/kafka'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { OtlpReceiver } from '../receivers/otlp-receiver.ts'
import { type ReadRecord, Stack } from './stack.ts'

const startMs = Date.parse('2026-01-05T00:00:00Z')
const dayMs = 86_400_000
const recordsMax = 1500
const sendRecords = 500
/** Sampled records that the span of a batch names. */
const linksMax = 128
const told: readonly TopicName[] = [
  'access.events',
  'access.findings',
  'access.alerts',
  'access.alerts.ocsf',
  'access.scores',
  'access.dlq',
]

type Topics = Readonly<Record<string, readonly ReadRecord[]>>

interface Ran {
  readonly topics: Topics
  readonly log: readonly string[]
  /** What became of the enricher's spans, by now. */
  readonly spans: () => Promise<Readonly<Record<string, number>>>
}

let receiver: OtlpReceiver
let off: Ran
let on: Ran
let away: Ran
let offBodies = 0
const stacks: Stack[] = []
beforeAll(async () => {
  receiver = await OtlpReceiver.open()
  off = await run('')
  offBodies = receiver.bodies.length
  on = await run(receiver.url)
  away = await run(`http://127.0.0.1:${await freePort()}`)
}, 180_000)
afterAll(async () => {
  for (const stack of stacks) await stack.close()
  await receiver.close()
})

/** A record that nobody knows, then an organisation's: some are sampled wherever they come from. */
function rawRecords(): readonly string[] {
  const records = ['{"what":"nothing that is known"}']
  for (const { record, timeMs } of simulate({ seed: 5, identities: 60, days: 12, startMs, attacks: true }))
    if (timeMs >= startMs + 9 * dayMs && records.length < recordsMax) records.push(JSON.stringify(record))
  return records
}

/** Nine of ten raw records carry a context. */
function isSampled(index: number): boolean {
  return index % 10 !== 1
}

function contextOf(index: number): string {
  const id = (index + 1).toString(16)
  return `00-${id.padStart(32, 'a')}-${id.padStart(16, 'b')}-01`
}

/** The records through all stages, once each of them has ended. */
async function run(tracesEndpoint: string): Promise<Ran> {
  const stack = await Stack.make(1, { digestBits: '5', scoresTo: 'topic', tracesEndpoint })
  // One key, so that the same records give the same bytes.
  if (stacks[0] !== undefined) copyFileSync(stacks[0].keyFile, stack.keyFile)
  stacks.push(stack)
  const messages = rawRecords().map((value, index) => ({
    value,
    timestamp: String(startMs + 12 * dayMs + index),
    ...(isSampled(index) ? { headers: { traceparent: contextOf(index) } } : {}),
  }))
  for (let at = 0; at < messages.length; at += sendRecords)
    await stack.producer.send({
      topic: `${stack.config.topicPrefix}access.raw`,
      messages: messages.slice(at, at + sendRecords),
    })
  const services = (['enricher', 'detector', 'desk'] as const).map((name) => stack.start(name))
  await stack.drained('enricher', 'detector', 'desk')
  for (const service of services) await service.stop()
  const { traceSpans } = services[0]!.context.metrics
  const spans: Ran['spans'] = async () =>
    Object.fromEntries((await traceSpans.get()).values.map(({ labels, value }) => [String(labels.outcome), value]))
  const topics: Record<string, readonly ReadRecord[]> = {}
  for (const topic of told) topics[topic] = await stack.read(topic)
  return { topics, log: stack.log, spans }
}

/** Records without their traces. */
function bare(topics: Topics): unknown {
  return Object.entries(topics).map(([topic, records]) => [
    topic,
    records.map(({ partition, key, value, headers }) => {
      const { traceparent: _, ...others } = headers ?? {}
      return { partition, key, value, headers: others }
    }),
  ])
}

function traceIds(topics: Topics, topic: TopicName): readonly string[] {
  return topics[topic]!.flatMap(({ headers }) => headers?.['traceparent']?.toString().split('-')[1] ?? [])
}

test('what is written is the same with traces on, off, or sent to nobody', () => {
  for (const topic of told) expect(off.topics[topic]!.length, topic).toBeGreaterThan(0)
  expect(bare(on.topics)).toEqual(bare(off.topics))
  expect(bare(away.topics)).toEqual(bare(off.topics))
})

test('off, no record carries a trace, no line names one, and nothing is sent', async () => {
  for (const topic of told) expect(traceIds(off.topics, topic)).toEqual([])
  expect(off.log.join('')).not.toContain('trace_id')
  expect(offBodies).toBe(0)
  expect(await off.spans()).toEqual({ exported: 0, failed: 0, dropped: 0 })
})

test('on, the traces of sampled records go on with what came of them, and no others begin', () => {
  const sampled = new Set(rawRecords().flatMap((_, index) => (isSampled(index) ? contextOf(index).split('-')[1]! : [])))
  const carried = traceIds(on.topics, 'access.events')
  expect(carried.length).toBeGreaterThan(recordsMax / 2)
  expect(traceIds(on.topics, 'access.alerts').length).toBeGreaterThan(0)
  expect(traceIds(on.topics, 'access.dlq')).toEqual([contextOf(0).split('-')[1]])
  expect(traceIds(on.topics, 'access.scores')).toEqual([])
  for (const topic of told) for (const id of traceIds(on.topics, topic)) expect(sampled).toContain(id)
})

test('spans say where in Kafka a record lay, by the names of the semantic conventions', async () => {
  const spans = await receiver.spans()
  const [prefix] = [stacks[1]!.config.topicPrefix]
  const first = spans.find(
    ({ parentId, name }) => name.startsWith('process ') && parentId === contextOf(0).split('-')[2],
  )!
  expect(first.kind).toBe('SPAN_KIND_CONSUMER')
  expect(first.attributes).toEqual({
    'messaging.system': 'kafka',
    'messaging.operation.type': 'process',
    'messaging.operation.name': 'process',
    'messaging.destination.name': `${prefix}access.raw`,
    'messaging.destination.partition.id': '0',
    'messaging.consumer.group.name': `${prefix}ostiary-enricher`,
    'messaging.kafka.offset': 0,
  })
  const wholes = spans.filter(({ name }) => name === `transaction ${prefix}access.raw`)
  const count = wholes.reduce((sum, { attributes }) => sum + Number(attributes['messaging.batch.message_count']), 0)
  expect(count).toBeGreaterThan(recordsMax / 2)
  expect(count).toBeLessThanOrEqual(recordsMax)
  expect(Math.max(...wholes.map(({ links }) => links.length))).toBe(linksMax)
})

test('a receiver that is away is told once and counted, and nothing waits for it', async () => {
  // The last attempts go on for a while after the services have ended.
  await expect.poll(async () => (await away.spans())['failed'], { timeout: 30_000 }).toBeGreaterThan(recordsMax / 2)
  expect((await away.spans())['exported']).toBe(0)
  const warned = away.log.filter((line) => line.includes('spans are not taken') && line.includes('ostiary'))
  const byService = new Set(warned.map((line) => (JSON.parse(line) as { service: string }).service))
  expect(warned.length).toBe(byService.size)
})

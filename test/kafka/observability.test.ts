import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { simulate } from '@ostiary/runtime'
import { labelBounds } from '@ostiary/runtime/kafka'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { canary } from '../conformance/canary.ts'
import { commandFolder, root } from '../e2e/command.ts'
import { type CloudTrailJson, clearNames } from '../e2e/organisation.ts'
import { dashboards } from '../generate/dashboards/dashboards.ts'
import { OtlpReceiver, type ReceivedSpan } from '../receivers/otlp-receiver.ts'
import { markedRecords, unreadableRecords } from './marked-records.ts'
import { ObservedSystem, serviceNames, until } from './observed-system.ts'

const startMs = Date.parse('2026-01-05T00:00:00Z')
const dayMs = 86_400_000
/** More than an index of drift needs. */
const eventsCount = 3000
/** Sent at a time, with a pause in between, so that rates are seen to rise and fall. */
const pieceRecords = 150
const pieceMs = 500
const patience = { timeout: 120_000, interval: 500 }
/** Sampled records that the span of a batch names. */
const linksMax = 128
const openMetrics = 'application/openmetrics-text;version=1.0.0'

const folder = commandFolder()
let system: ObservedSystem
let receiver: OtlpReceiver
let records: CloudTrailJson[]
beforeAll(async () => {
  records = []
  for (const { record, timeMs } of simulate({ seed: 5, identities: 130, days: 12, startMs, attacks: true }))
    if (timeMs >= startMs + 9 * dayMs && records.length < eventsCount) records.push(record as unknown as CloudTrailJson)
  expect(records.length).toBe(eventsCount)
  receiver = await OtlpReceiver.open()
  const rules = readFileSync(join(root, 'deploy/prometheus/ostiary.rules.yml'), 'utf8')
  system = await ObservedSystem.start(folder, rules, receiver.url)
  const first = JSON.stringify(records[0])
  await until(
    async () => (await system.collect(first)) === 202,
    () => 'the collector takes a record',
  )
  const marked = markedRecords()
  expect(marked.length).toBeGreaterThan(500)
  expect(await system.collect(marked.join('\n'))).toBe(202)
  // Some are refused at the door, the others become dead letters.
  for (const record of unreadableRecords) expect([202, 400]).toContain(await system.collect(record))
  expect(await system.collect('x', { authorization: `Bearer ${canary}` })).toBe(401)
  for (let at = 0; at < records.length; at += pieceRecords) {
    const piece = records.slice(at, at + pieceRecords).map((record) => JSON.stringify(record))
    expect(await system.collect(piece.join('\n'))).toBe(202)
    await sleep(pieceMs)
  }
  await system.drained()
}, 180_000)
afterAll(async () => {
  await system?.close()
  await receiver?.close()
})

describe.each(serviceNames)('the %s', (name) => {
  test('shows no series whose labels its bounds do not allow, as they are scraped', async () => {
    const series = await system.prometheus.range(`{__name__=~"ostiary_.*", service="${name}"}`, 10)
    expect(series.length).toBeGreaterThan(5)
    for (const { labels } of series) {
      const { __name__: shown = '', job: _job, instance: _instance, service: _service, le: _le, ...own } = labels
      for (const [label, value] of Object.entries(own)) {
        const metric = shown.replace(/_(bucket|count|sum)$/, '')
        const bound = labelBounds[`${metric} ${label}`]
        expect(bound, `${metric} ${label}`).toBeDefined()
        if ('values' in bound!) expect(bound.values).toContain(value)
        else expect(value).toMatch(bound!.pattern)
      }
    }
  })

  test('writes nothing of a record into log, metrics or readiness', async () => {
    const address = await system.addressOf(name)
    const told = {
      output: system.written(name),
      metrics: await system.metricsOf(name, 'text/plain'),
      openMetrics: await system.metricsOf(name, openMetrics),
      ready: await (await fetch(`http://${address}/readyz`)).text(),
    }
    const names = [canary, ...clearNames(records)]
    for (const [where, text] of Object.entries(told)) {
      expect(text, where).not.toBe('')
      expect(
        names.filter((one) => text.includes(one)),
        where,
      ).toEqual([])
    }
  })
})

test('a page is found again by its id: in the log of the desk, in examples, and in what was forwarded', async () => {
  const pages = system.logOf('desk').filter((line) => line['msg'] === 'alert' && line['disposition'] === 'page')
  expect(pages.length).toBeGreaterThan(0)
  const forwarded = folder.lines('alerts.ndjson').map((line) => JSON.parse(line) as { finding_info: { uid: string } })
  const ids = new Set(forwarded.map(({ finding_info: { uid } }) => uid))
  expect(pages.filter(({ alert }) => !ids.has(String(alert)))).toEqual([])
  const desk = await system.metricsOf('desk', openMetrics)
  const examples = [...desk.matchAll(/^ostiary_alert_latency_seconds_bucket\S+ \d+ # \{alert="([^"]+)"\}/gm)]
  expect(examples.length).toBeGreaterThan(0)
  expect(examples.filter(([, id]) => !ids.has(id!))).toEqual([])
  const detector = await system.metricsOf('detector', openMetrics)
  const events = new Set(records.map(({ eventID }) => eventID))
  const scored = [...detector.matchAll(/^ostiary_score_bits_bucket\S+ \d+ # \{event="([^"]+)"\}/gm)]
  expect(scored.some(([, id]) => events.has(id!))).toBe(true)
  const kept = await system.prometheus.text(
    `/api/v1/query_exemplars?query=ostiary_score_bits_bucket&start=${Date.now() / 1000 - 300}&end=${Date.now() / 1000}`,
  )
  expect(kept).toContain(scored.at(-1)![1])
})

test('nobody is behind once everything has been read, though transactions end behind the last record', async () => {
  const behind = async (): Promise<number> =>
    Math.max(...(await system.prometheus.range('ostiary_lag_records', 1)).map(({ values }) => values.at(-1)!))
  await expect.poll(behind, patience).toBe(0)
})

test('spans hold nothing of a record but ids, as their bytes left the services', async () => {
  await expect.poll(() => receiver.bodies.length, patience).toBeGreaterThan(serviceNames.length)
  const sent = Buffer.concat(receiver.bodies).toString('latin1')
  expect(sent).toContain('ostiary.event.id')
  const names = [canary, ...clearNames(records)].map((name) => Buffer.from(name).toString('latin1'))
  expect(names.filter((one) => sent.includes(one))).toEqual([])
  expect([...receiver.paths]).toEqual(['POST /v1/traces'])
  expect(receiver.headers.every((headers) => headers['x-receiver-key'] === 'of-a-test')).toBe(true)
  expect(serviceNames.filter((name) => system.written(name).includes('of-a-test'))).toEqual([])
})

test('one record is one trace, from the collector to the receiver of its alert, and the log names it', async () => {
  // Revisions that time brings about come of no record.
  const page = system
    .logOf('desk')
    .find((line) => line['msg'] === 'alert' && line['disposition'] === 'page' && line['trace_id'] !== undefined)!
  const traceId = String(page['trace_id'])
  let spans: readonly ReceivedSpan[] = []
  const way = ['collector', 'enricher', 'detector', 'desk', 'forwarder']
  const ofTrace = (): readonly ReceivedSpan[] => spans.filter((span) => span.traceId === traceId)
  const seen = async (): Promise<number> => {
    spans = await receiver.spans()
    return new Set(ofTrace().map(({ resource }) => resource['service.name'])).size
  }
  await expect.poll(seen, patience).toBe(way.length)
  const byId = new Map(ofTrace().map((span) => [span.spanId, span]))
  let span = ofTrace().find(
    ({ resource, attributes }) =>
      resource['service.name'] === 'ostiary-forwarder' &&
      attributes['ostiary.alert.id'] === page['alert'] &&
      attributes['ostiary.alert.revision'] === page['revision'],
  )!
  const found: ReceivedSpan[] = []
  for (; span !== undefined; span = byId.get(span.parentId)!) found.unshift(span)
  expect(found.map(({ resource }) => resource['service.name'])).toEqual(way.map((name) => `ostiary-${name}`))
  expect(found.map(({ name }) => name.replace(/ .*(access\.)/, ' $1'))).toEqual([
    'send access.raw',
    'process access.raw',
    'process access.events',
    'process access.findings',
    'process access.alerts',
  ])
  expect(found[0]!.parentId).toBe('')
  expect(found[3]!.spanId).toBe(page['span_id'])
  expect(found[2]!.attributes['ostiary.event.id']).toBe(found[1]!.attributes['ostiary.event.id'])
  expect(found[3]!.attributes['ostiary.alert.revision']).toBe(page['revision'])
  expect(found.map(({ status }) => status)).toEqual([0, 0, 0, 0, 0])
  // Each is linked with its transaction, which knows all the sampled records it took.
  for (const step of found.slice(1)) {
    const whole = spans.find(({ spanId }) => spanId === step.links[0]?.spanId)!
    expect(whole.name).toMatch(/^(?:transaction|delivery) /)
    if (whole.links.length < linksMax) expect(whole.links).toContainEqual({ traceId, spanId: step.parentId })
    else expect(whole.links.length).toBe(linksMax)
    expect(Number(whole.attributes['messaging.batch.message_count'])).toBeGreaterThan(0)
  }
  const names = new Set(spans.map(({ name }) => name.split(' ')[0]))
  expect([...names].sort()).toEqual(['delivery', 'process', 'rebalance', 'recovery', 'send', 'snapshot', 'transaction'])
  const counted = await system.metricsOf('detector', 'text/plain')
  expect(counted).toMatch(/^ostiary_trace_spans_total\{outcome="exported"\} [1-9]/m)
})

describe('every panel has data', () => {
  const asked = dashboards.flatMap(({ title, rows }) =>
    rows.flatMap(({ panels }) =>
      panels.flatMap((panel) => panel.queries.map(({ expr }) => [`${title} › ${panel.title}`, expr] as const)),
    ),
  )

  test.each(asked)('%s: %s', async (_, expr) => {
    const query = expr.replaceAll('$__rate_interval', '30s').replaceAll('$__range', '180s')
    const seen = async (): Promise<boolean> =>
      (await system.prometheus.range(query, 120)).some(({ values }) => values.some((value) => !Number.isNaN(value)))
    await expect.poll(seen, patience).toBe(true)
  })
})

test('every query of a runbook is one', async () => {
  const queries = readdirSync(join(root, 'docs/runbooks')).flatMap((file) => [
    ...readFileSync(join(root, 'docs/runbooks', file), 'utf8').matchAll(/^```promql\n([\s\S]*?)\n```$/gm),
  ])
  expect(queries.length).toBeGreaterThan(40)
  for (const [, query] of queries) await system.prometheus.range(query!, 10)
})

test('a detector that stands still is alerted on through Prometheus and Alertmanager, and that ends when it goes on', async () => {
  const stalled = (status: string): boolean =>
    system.told.some(
      (one) =>
        one.status === status &&
        one.labels['alertname'] === 'OstiaryStageStalled' &&
        one.labels['topic'] === 'access.events',
    )
  expect(stalled('firing')).toBe(false)
  const { child } = system.running('detector')
  let feeding = true
  let next = 0
  const feed = async (): Promise<void> => {
    for (; feeding; next += 1) {
      // Other ids, so that they are no repeats.
      const record = { ...records[next % records.length]!, eventID: `again-${next}` }
      await system.collect(JSON.stringify(record))
      await sleep(100)
    }
  }
  const fed = feed()
  try {
    child.kill('SIGSTOP')
    await expect.poll(() => stalled('firing'), patience).toBe(true)
    const alert = system.told.find(({ labels }) => labels['alertname'] === 'OstiaryStageStalled')!
    expect(alert.labels['severity']).toBe('page')
    expect(alert.annotations['runbook_url']).toBe('docs/runbooks/stage-stalled.md')
    // Nothing else stands still.
    expect(
      system.told.filter(
        ({ labels }) => labels['alertname'] === 'OstiaryStageStalled' && labels['topic'] !== 'access.events',
      ),
    ).toEqual([])
  } finally {
    child.kill('SIGCONT')
  }
  await expect.poll(() => stalled('resolved'), patience).toBe(true)
  feeding = false
  await fed
})

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Alert } from '@ostiary/schemas'
import { pino } from 'pino'
import { afterEach, expect, test } from 'vitest'
import type { AlertmanagerAlert } from './alertmanager-alert.ts'
import { type AlertmanagerOptions, alertmanagerSink } from './alertmanager-sink.ts'

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

interface Receiver {
  readonly url: string
  readonly posts: { readonly path: string; readonly alerts: readonly AlertmanagerAlert[] }[]
}

/** Answers what `statusOf` says of each request. */
async function receiver(statusOf: (alerts: readonly AlertmanagerAlert[]) => number = () => 200): Promise<Receiver> {
  const posts: Receiver['posts'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const alerts = JSON.parse(Buffer.concat(chunks).toString('utf8')) as AlertmanagerAlert[]
      posts.push({ path: request.url!, alerts })
      response.writeHead(statusOf(alerts)).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, posts }
}

function optionsOf(url: string, more: Partial<AlertmanagerOptions> = {}): AlertmanagerOptions {
  return { url, log: pino({ level: 'silent' }), retryFirstMs: 1, retryMaxMs: 2, ...more }
}

const startMs = Date.UTC(2026, 0, 1)

function alertOf(more: Partial<Alert> = {}): Alert {
  return {
    finding_uid: 'f-1',
    revision: 1,
    activity: 'create',
    tenant_uid: 'default',
    time: startMs + 60_000,
    identity_uid: 'id-0123456789',
    identity_type: 'human',
    issuer_uid: '',
    team: 'payments',
    first_event_time: startMs,
    last_event_time: startMs + 60_000,
    event_count: 2,
    score: 21.5,
    impact: 3,
    severity: 'High',
    reasons: [
      reasonOf('first_operation', 'first use of StopLogging in 41 days', 'TA0005', 'T1562.008'),
      reasonOf('new_network', 'first time from AS64500', 'TA0001', 'T1078.004'),
    ],
    policies: [],
    disposition: 'page',
    disposition_reason: 'within the budget',
    ...more,
  } as Alert
}

function reasonOf(detection: string, words: string, tactic: string, technique: string): Alert['reasons'][number] {
  return { detection, signal: 's', bits: 9, words, tactic, technique }
}

const labels = {
  alertname: 'first_operation',
  job: 'ostiary',
  severity: 'high',
  tenant: 'default',
  tactic: 'TA0005',
  technique: 'T1562.008',
  finding_uid: 'f-1',
}

test('posts labels to route by, and words to read', async () => {
  const { url, posts } = await receiver()
  const sink = alertmanagerSink(
    optionsOf(`${url}/under/`, { generatorUrlOf: (alert) => `https://soc.example/${alert.finding_uid}` }),
  )
  const beforeMs = Date.now()
  await sink.write(alertOf())
  await sink.close()
  expect(posts.map(({ path }) => path)).toEqual(['/under/api/v2/alerts'])
  const [posted] = posts[0]!.alerts
  expect(posted).toMatchObject({
    labels,
    startsAt: '2026-01-01T00:00:00.000Z',
    generatorURL: 'https://soc.example/f-1',
    annotations: {
      summary: 'human id-0123…: first use of StopLogging in 41 days, first time from AS64500',
      description: 'first use of StopLogging in 41 days; first time from AS64500',
      identity: 'id-0123456789',
      tactic_name: 'Defense Evasion',
      score: '21.5',
      revision: '1',
    },
  })
  expect(Object.keys(posted!.labels).sort()).toEqual(Object.keys(labels).sort())
  expect(Date.parse(posted!.endsAt)).toBeGreaterThanOrEqual(beforeMs + 25 * 3_600_000)
})

test('the close of a case ends its alert, in the past', async () => {
  const { url, posts } = await receiver()
  const sink = alertmanagerSink(optionsOf(url))
  await sink.write(alertOf({ activity: 'close' }))
  await sink.flush()
  const aheadMs = Date.now() + 86_400_000
  await sink.write(alertOf({ finding_uid: 'f-2', activity: 'close', time: aheadMs }))
  await sink.close()
  const ends = posts.map(({ alerts }) => Date.parse(alerts[0]!.endsAt))
  expect(ends[0]).toBe(startMs + 60_000)
  expect(ends[1]).toBeLessThanOrEqual(Date.now())
})

test('other labels are another alert there, so the former one is ended', async () => {
  const { url, posts } = await receiver()
  const sink = alertmanagerSink(optionsOf(url))
  const steps: Partial<Alert>[] = [
    { revision: 1, severity: 'High' },
    { revision: 2, severity: 'Critical' },
    { revision: 3, severity: 'Critical' },
    { revision: 4, severity: 'Critical', policies: ['new_network'] },
    { revision: 5, severity: 'Critical', policies: ['new_network'], activity: 'close' },
  ]
  for (const step of steps) {
    await sink.write(alertOf(step))
    await sink.flush()
  }
  await sink.close()
  const told = posts.map(({ alerts }) =>
    alerts.map((one) => {
      const open = Date.parse(one.endsAt) > Date.now() ? 'opens' : 'ends'
      return `${open} ${one.labels['alertname']} ${one.labels['severity']}`
    }),
  )
  expect(told).toEqual([
    ['opens first_operation high'],
    ['ends first_operation high', 'opens first_operation critical'],
    ['opens first_operation critical'],
    ['ends first_operation critical', 'opens new_network critical'],
    ['ends new_network critical'],
  ])
})

test('labels that may have arrived with a request that got no answer are ended too', async () => {
  let answers = 0
  const { url, posts } = await receiver(() => {
    answers += 1
    return answers === 2 ? 500 : 200
  })
  const sink = alertmanagerSink(optionsOf(url, { giveUpMs: 0 }))
  await sink.write(alertOf({ revision: 1, severity: 'Medium' }))
  await sink.flush()
  await sink.write(alertOf({ revision: 2, severity: 'High' }))
  await expect(sink.flush()).rejects.toMatchObject({ code: 'sink.unavailable' })
  await sink.write(alertOf({ revision: 3, severity: 'Critical' }))
  await sink.close()
  expect(posts.at(-1)!.alerts.map((one) => one.labels['severity'])).toEqual(['medium', 'high', 'critical'])
})

test('sends pages only, unless told otherwise', async () => {
  const { url, posts } = await receiver()
  const pages = alertmanagerSink(optionsOf(url))
  const both = alertmanagerSink(optionsOf(url, { dispositions: ['page', 'digest'] }))
  for (const sink of [pages, both]) {
    for (const disposition of ['page', 'digest', 'suppressed'] as const)
      await sink.write(alertOf({ finding_uid: disposition, disposition }))
    await sink.close()
  }
  expect([pages.counts, both.counts]).toMatchObject([
    { sent: 1, passedOver: 2 },
    { sent: 2, passedOver: 1 },
  ])
  expect(posts.flatMap(({ alerts }) => alerts.map((one) => one.labels['finding_uid']))).toEqual([
    'page',
    'page',
    'digest',
  ])
})

test('one alert that is refused takes no others with it', async () => {
  const dropped: string[] = []
  const { url } = await receiver((alerts) => (alerts.some((one) => one.labels['tenant'] === 'bad') ? 400 : 200))
  const sink = alertmanagerSink(optionsOf(url, { onRefused: (alert) => dropped.push(alert.finding_uid) }))
  for (let i = 0; i < 40; i++)
    await sink.write(alertOf({ finding_uid: `f-${i}`, tenant_uid: i === 17 ? 'bad' : 'good' }))
  // Nor does one that has no form at all.
  await sink.write(alertOf({ finding_uid: 'f-40', first_event_time: 9e15 }))
  await sink.close()
  expect(dropped.sort()).toEqual(['f-17', 'f-40'])
  expect(sink.counts).toMatchObject({ sent: 39, refused: 2 })
})

test('labels and annotations have a greatest length, and none is empty', async () => {
  const { url, posts } = await receiver()
  const sink = alertmanagerSink(optionsOf(url))
  const long = reasonOf('d'.repeat(500), 'w'.repeat(5000), '', '')
  await sink.write(alertOf({ reasons: [long], team: '' }))
  await sink.write(alertOf({ finding_uid: 'f-2', reasons: [] }))
  await sink.close()
  for (const { labels: some, annotations } of posts.flatMap(({ alerts }) => alerts)) {
    for (const value of Object.values(some)) expect(value.length).toBeLessThanOrEqual(128)
    for (const value of Object.values(annotations)) expect(value.length).toBeLessThanOrEqual(2048)
    expect([...Object.values(some), ...Object.values(annotations)]).not.toContain('')
    expect(some).not.toHaveProperty('technique')
  }
  expect(posts.flatMap(({ alerts }) => alerts.map((one) => one.labels['alertname'])).sort()).toEqual([
    expect.stringMatching(/^d{127}…$/),
    'unusual_activity',
  ])
})

test('refuses an address that sends in clear over a network, with the words of every sink', () => {
  expect(() => alertmanagerSink(optionsOf('http://alertmanager.example:9093'))).toThrow('in clear')
  expect(() => alertmanagerSink(optionsOf('alertmanager'))).toThrow('no URL')
})

import { afterEach, expect, test } from 'vitest'
import { createLogger } from '../log/logger.ts'
import { ServiceHealth } from './health-server.ts'
import { createServiceMetrics } from './service-metrics.ts'

const log = createLogger({ level: 'silent', service: 'test', version: '0' })
const open: ServiceHealth[] = []
afterEach(async () => {
  for (const health of open.splice(0)) await health.close()
})

async function listening(): Promise<{ health: ServiceHealth; url: string }> {
  const health = new ServiceHealth(log)
  open.push(health)
  return { health, url: `http://${await health.listen('127.0.0.1:0')}` }
}

async function answerOf(url: string, init?: RequestInit): Promise<{ status: number; body: unknown }> {
  const response = await fetch(url, init)
  return { status: response.status, body: await response.json() }
}

test('is ready when every part is, and says which is not', async () => {
  const { health, url } = await listening()
  expect(await answerOf(`${url}/readyz`)).toEqual({
    status: 503,
    body: { ready: false, reasons: { service: 'starting' } },
  })
  health.setReady('kafka', true)
  health.setReady('state', false, 'recovers partition 3')
  expect(await answerOf(`${url}/readyz`)).toEqual({
    status: 503,
    body: { ready: false, reasons: { state: 'recovers partition 3' } },
  })
  health.setReady('state', true)
  expect(await answerOf(`${url}/readyz`)).toEqual({ status: 200, body: { ready: true, reasons: {} } })
})

test('lives whether ready or not, until it has failed', async () => {
  const { health, url } = await listening()
  expect((await answerOf(`${url}/livez`)).status).toBe(200)
  health.setReady('kafka', true)
  health.setFailed('fenced')
  expect(await answerOf(`${url}/livez`)).toEqual({ status: 503, body: { live: false, reason: 'fenced' } })
  expect((await answerOf(`${url}/readyz`)).body).toEqual({ ready: false, reasons: { service: 'fenced' } })
})

test('shows metrics in the format asked for, whichever was asked for before', async () => {
  const { health, url } = await listening()
  const metrics = createServiceMetrics(health, 'detector')
  metrics.transactions.inc({ outcome: 'committed' })
  metrics.transactionSeconds.observe(0.3)
  const texts = []
  for (const accept of ['text/plain', 'application/openmetrics-text;version=1.0.0', 'text/plain']) {
    const response = await fetch(`${url}/metrics`, { headers: { accept } })
    expect(response.headers.get('content-type')).toContain(accept.split(';')[0])
    texts.push(await response.text())
  }
  const [plain, openMetrics, again] = texts as [string, string, string]
  const own = (text: string): string[] => text.split('\n').filter((line) => line.includes('ostiary_'))
  expect(own(again)).toEqual(own(plain))
  expect(plain).toContain('# TYPE ostiary_transactions_total counter\n')
  expect(plain).toContain('ostiary_transaction_seconds_bucket{le="1"} 1\n')
  expect(openMetrics).toContain('# TYPE ostiary_transactions counter\n')
  expect(openMetrics).toContain('ostiary_transaction_seconds_bucket{le="1.0"} 1\n')
  expect(openMetrics.endsWith('\n# EOF\n')).toBe(true)
  for (const text of [plain, openMetrics]) {
    expect(text).toContain('ostiary_transactions_total{outcome="committed"} 1\n')
    expect(text).toContain('ostiary_transactions_total{outcome="fenced"} 0\n')
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds ')
  }
})

test('two services in one process count apart', async () => {
  const [one, other] = [new ServiceHealth(log), new ServiceHealth(log)]
  createServiceMetrics(one, 'desk').rebalances.inc()
  createServiceMetrics(other, 'desk')
  const shown = async ({ registry }: ServiceHealth): Promise<unknown> =>
    (await registry.getSingleMetric('ostiary_rebalances_total')!.get()).values.map(({ value }) => value)
  expect([await shown(one), await shown(other)]).toEqual([[1], [0]])
})

test('answers nothing else', async () => {
  const { url } = await listening()
  expect((await answerOf(`${url}/`)).status).toBe(404)
  expect((await answerOf(`${url}/metrics`, { method: 'POST', body: 'x' })).status).toBe(405)
  const head = await fetch(`${url}/livez`, { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test('listens nowhere when nothing is set, and says where it cannot', async () => {
  const none = new ServiceHealth(log)
  expect(await none.listen('')).toBeUndefined()
  await none.close()
  const { url } = await listening()
  const taken = new ServiceHealth(log)
  await expect(taken.listen(url.slice('http://'.length))).rejects.toThrow(/Cannot listen on "127\.0\.0\.1:\d+"/)
  await expect(taken.listen('127.0.0.1:99999')).rejects.toMatchObject({ code: 'config.invalid' })
})

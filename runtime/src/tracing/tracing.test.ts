import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { CollectedOutputs } from '../kafka/step-outputs.ts'
import { createLogger } from '../log/logger.ts'
import { spanScope } from '../log/span-scope.ts'
import { ServiceHealth } from '../service/health-server.ts'
import { createServiceMetrics, type ServiceMetrics } from '../service/service-metrics.ts'
import { spansMax } from './counted-exporter.ts'
import { startTracing } from './start-tracing.ts'
import { sampledContext, traceHeader } from './trace-header.ts'
import type { Tracing } from './tracing.ts'

const source = { topic: 'access.raw', group: 'ostiary-enricher', operation: 'transaction' as const }
const context = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }
const sampled = { partition: 0, offset: 7, trace: context }
const other = { partition: 0, offset: 8, trace: undefined }

const lines: string[] = []
const log = createLogger({
  level: 'info',
  service: 'test',
  version: '0',
  to: { write: (line: string) => void lines.push(line) },
})
let server: Server | undefined
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)))
  server = undefined
  lines.length = 0
})

interface Started {
  readonly tracing: Tracing
  readonly metrics: ServiceMetrics
}

/** @param answer of the receiver; nothing where it never answers */
async function started(answer: number | undefined, ratio = 1): Promise<Started> {
  server = createServer((request, response) => {
    request.resume()
    if (answer !== undefined) request.on('end', () => response.writeHead(answer).end())
  })
  await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const metrics = createServiceMetrics(new ServiceHealth(log), 'enricher')
  const tracing = await startTracing({ endpoint, ratio, service: 'test', version: '0', env: {}, log, metrics })
  return { tracing: tracing!, metrics }
}

async function outcomes({ traceSpans }: ServiceMetrics): Promise<Readonly<Record<string, number>>> {
  const { values } = await traceSpans.get()
  return Object.fromEntries(values.map(({ labels, value }) => [String(labels.outcome), value]))
}

test('is off without an endpoint, and where the standard variable says so', async () => {
  const metrics = createServiceMetrics(new ServiceHealth(log), 'enricher')
  const off = { endpoint: '', ratio: 1, service: 'test', version: '0', env: {}, log, metrics }
  expect(await startTracing(off)).toBeUndefined()
  const disabled = { ...off, endpoint: 'http://127.0.0.1:1', env: { OTEL_SDK_DISABLED: 'true' } }
  expect(await startTracing(disabled)).toBeUndefined()
})

test('refuses a protocol it does not speak, and says what to set', async () => {
  const metrics = createServiceMetrics(new ServiceHealth(log), 'enricher')
  const env = { OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }
  const asked = startTracing({ endpoint: 'http://a:4317', ratio: 1, service: 'test', version: '0', env, log, metrics })
  await expect(asked).rejects.toThrow(/"grpc".*http\/protobuf/)
})

describe('sampling', () => {
  test('is by the bytes of a record: always alike, and in the share that was asked for', async () => {
    const { tracing } = await started(200, 0.1)
    const again = (await started(200, 0.1)).tracing
    const records = Array.from({ length: 20_000 }, (_, index) => Buffer.from(`{"eventID":"${index}"}`))
    const chosen = records.filter((record) => tracing.samples(record))
    expect(chosen).toEqual(records.filter((record) => again.samples(record)))
    expect(chosen.length).toBeGreaterThan(1800)
    expect(chosen.length).toBeLessThan(2200)
    await tracing.close()
    await again.close()
  })

  test.each([
    [0, 0],
    [1, 1000],
  ])('at %d takes %d of 1000', async (ratio, count) => {
    const { tracing } = await started(200, ratio)
    const records = Array.from({ length: 1000 }, (_, index) => Buffer.from(String(index)))
    expect(records.filter((record) => tracing.samples(record)).length).toBe(count)
    await tracing.close()
  })
})

describe('a batch', () => {
  test('of which no record is sampled has no spans', async () => {
    const { tracing, metrics } = await started(200)
    expect(tracing.batch(source, [other])).toBeUndefined()
    await tracing.close()
    expect(await outcomes(metrics)).toEqual({ exported: 0, failed: 0, dropped: 0 })
  })

  test('carries the trace of a sampled record on, in what it gave, but for markers and other topics', async () => {
    const { tracing } = await started(200)
    const outputs = new CollectedOutputs()
    const batch = tracing.batch(source, [sampled, other])!
    const emit = (): void => {
      outputs.emit({ topic: 'access.events', key: null, value: Buffer.from('marker'), partition: 0 })
      outputs.emit({ topic: 'access.events', key: 'k', value: Buffer.from('event'), headers: { raw: '0:7:0' } })
      outputs.emit({ topic: 'access.scores', key: 'k', value: Buffer.from('score') })
    }
    batch.step(sampled, outputs, emit)
    batch.step(other, outputs, emit)
    const [marker, event, ...rest] = outputs.records
    expect(marker!.headers).toBeUndefined()
    expect(event!.headers).toEqual({ raw: '0:7:0', [traceHeader]: expect.any(String) })
    const carried = sampledContext(event!.headers![traceHeader])!
    expect(carried.traceId).toBe(context.traceId)
    expect(carried.spanId).not.toBe(context.spanId)
    for (const { headers } of rest) expect(headers?.[traceHeader]).toBeUndefined()
    await batch.finish(async () => undefined)
    await tracing.close()
  })

  test('names its span in what is logged meanwhile, and no longer', async () => {
    const { tracing } = await started(200)
    const batch = tracing.batch(source, [sampled])!
    batch.step(sampled, new CollectedOutputs(), () => log.info('stepped'))
    await batch.finish(async () => log.info('finished'))
    log.info('over')
    const [stepped, finished, over] = lines.filter((line) => !line.includes('sending')).map((line) => JSON.parse(line))
    expect(stepped.trace_id).toBe(context.traceId)
    expect(finished.trace_id).toMatch(/^[0-9a-f]{32}$/)
    expect(finished.trace_id).not.toBe(context.traceId)
    expect(over.trace_id).toBeUndefined()
    expect(spanScope.getStore()).toBeUndefined()
    await tracing.close()
  })

  test('that fails passes the failure on', async () => {
    const { tracing, metrics } = await started(200)
    const failure = new Error('fenced')
    const batch = tracing.batch(source, [sampled])!
    await expect(batch.finish(async () => Promise.reject(failure))).rejects.toBe(failure)
    await tracing.close()
    expect(await outcomes(metrics)).toEqual({ exported: 2, failed: 0, dropped: 0 })
  })
})

test('a receiver that refuses is told once, and what it refused is counted', async () => {
  const { tracing, metrics } = await started(400)
  for (let index = 0; index < 600; index++) tracing.tell('snapshot', Date.now(), {})
  await tracing.close()
  expect(await outcomes(metrics)).toEqual({ exported: 0, failed: 600, dropped: 0 })
  expect(lines.filter((line) => line.includes('not taken')).length).toBe(1)
})

test('where a receiver does not answer, no more spans wait than may, and the end does not wait for it', async () => {
  const { tracing, metrics } = await started(undefined)
  for (let index = 0; index < spansMax + 100; index++) tracing.tell('snapshot', Date.now(), {})
  expect((await outcomes(metrics))['dropped']).toBe(100)
  await tracing.close()
  // Of what was under way nobody knows yet what became of it.
  expect(await outcomes(metrics)).toEqual({ exported: 0, failed: 0, dropped: 100 })
})

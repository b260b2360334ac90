import { createLogger } from '@ostiary/runtime'
import {
  CollectedOutputs,
  createServiceMetrics,
  ServiceHealth,
  sampledContext,
  startTracing,
  traceHeader,
} from '@ostiary/runtime/kafka'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { OtlpReceiver } from './otlp-receiver.ts'

const source = { topic: 'acme.access.raw', group: 'acme.ostiary-enricher', operation: 'transaction' as const }
const log = createLogger({ level: 'silent', service: 'test', version: '0' })
let receiver: OtlpReceiver
beforeAll(async () => {
  receiver = await OtlpReceiver.open()
})
afterEach(() => {
  vi.unstubAllEnvs()
})
afterAll(() => receiver.close())

async function tracing(): Promise<NonNullable<Awaited<ReturnType<typeof startTracing>>>> {
  const metrics = createServiceMetrics(new ServiceHealth(log), 'enricher')
  const env = process.env
  const options = { endpoint: receiver.url, ratio: 1, service: 'ostiary-enricher', version: '1.2.3', env, log, metrics }
  return (await startTracing(options))!
}

test('what leaves is read by the schemas of OpenTelemetry, a record beside its batch and linked with it', async () => {
  const traced = await tracing()
  const append = traced.startAppend(source.topic)
  const context = sampledContext(traced.headerOf(append))!
  traced.endAppend(append, true)
  const record = { partition: 3, offset: 42, trace: context }
  const outputs = new CollectedOutputs()
  const batch = traced.batch(source, [record, { partition: 3, offset: 43 }])!
  batch.step(record, outputs, () => outputs.emit({ topic: 'access.events', key: 'k', value: Buffer.from('e') }))
  batch.describe(record, { 'ostiary.event.id': 'e'.repeat(1000) })
  const failure = Object.assign(new Error('about alice'), { type: 'INVALID_PRODUCER_EPOCH' })
  await expect(batch.finish(() => Promise.reject(failure))).rejects.toBe(failure)
  await traced.close()
  const spans = await receiver.spans()
  const [send, step, whole] = ['send', 'process', 'transaction'].map(
    (name) => spans.find((span) => span.name === `${name} ${source.topic}`)!,
  )
  expect(send).toMatchObject({ kind: 'SPAN_KIND_PRODUCER', parentId: '', status: 0, ...context })
  expect(step).toMatchObject({
    kind: 'SPAN_KIND_CONSUMER',
    traceId: context.traceId,
    parentId: context.spanId,
    status: 2,
    attributes: {
      'messaging.kafka.offset': 42,
      'messaging.destination.partition.id': '3',
      'error.type': 'INVALID_PRODUCER_EPOCH',
      'ostiary.event.id': 'e'.repeat(256),
    },
    links: [{ traceId: whole!.traceId, spanId: whole!.spanId }],
  })
  expect(whole).toMatchObject({ parentId: '', attributes: { 'messaging.batch.message_count': 2 }, links: [context] })
  expect(whole!.traceId).not.toBe(context.traceId)
  expect(sampledContext(outputs.records[0]!.headers![traceHeader])).toEqual({ ...context, spanId: step!.spanId })
  expect(whole!.resource).toMatchObject({ 'service.name': 'ostiary-enricher', 'service.version': '1.2.3' })
  expect(Buffer.concat(receiver.bodies).includes('alice')).toBe(false)
})

test('the standard variables name the service and mark its spans, and their headers are shown to the receiver', async () => {
  vi.stubEnv('OTEL_SERVICE_NAME', 'mine')
  vi.stubEnv('OTEL_RESOURCE_ATTRIBUTES', 'deployment.environment.name=trial')
  vi.stubEnv('OTEL_EXPORTER_OTLP_HEADERS', 'authorization=Bearer%20of-a-test')
  const traced = await tracing()
  traced.tell('snapshot', Date.now(), {})
  await traced.close()
  const snapshot = (await receiver.spans()).find(({ name }) => name === 'snapshot')!
  expect(snapshot.resource).toMatchObject({ 'service.name': 'mine', 'deployment.environment.name': 'trial' })
  expect(receiver.headers.at(-1)!.authorization).toBe('Bearer of-a-test')
  expect([...receiver.paths]).toEqual(['POST /v1/traces'])
})

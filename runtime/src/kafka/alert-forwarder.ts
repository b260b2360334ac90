import type { Alert } from '@ostiary/schemas'
import type { EachBatchPayload, KafkaMessage } from 'kafkajs'
import type { ForwardingSink } from '../sinks/sink.ts'
import { alertAttributes } from '../tracing/alert-attributes.ts'
import { sampledContext, traceHeader } from '../tracing/trace-header.ts'
import type { TracedRecord } from '../tracing/traced-batch.ts'
import { connect } from './connection.ts'
import { LagWatch, type Position } from './lag-watch.ts'
import { type SchemaClient, type TopicDecoder, UndecodableError } from './schema-client.ts'
import type { ServiceContext } from './service.ts'
import { SinkTally } from './sink-tally.ts'

/** Alerts handed to the sink before it is asked whether all of them have arrived. */
const flushEveryAlerts = 64
/** How often the group hears of us while a receiver keeps us waiting. */
const heartbeatEveryMs = 1000

/**
 * Hands every alert to a sink and commits behind those that the other side has confirmed: each arrives at least once, and a
 * receiver knows repeats by finding and revision. While the receiver is away nothing is committed and the group is kept.
 *
 * @param name ends the group's name; two forwarders of one name share the alerts, and of one partition one of them gets all
 */
export async function forwardAlerts(
  context: ServiceContext,
  sink: ForwardingSink,
  schemas: SchemaClient,
  name: string = sink.id,
): Promise<void> {
  const { config, env, log, signal, health, metrics, tracing } = context
  const topic = `${config.topicPrefix}access.alerts`
  const decoder = schemas.decoder('access.alerts')
  const tally = new SinkTally(sink, metrics)
  const kafka = connect(config, env, log, 'ostiary-forwarder')
  const groupId = `${config.topicPrefix}ostiary-forwarder-${name}`
  const admin = kafka.admin()
  const consumer = kafka.consumer({
    groupId,
    sessionTimeout: config.sessionMs,
    heartbeatInterval: heartbeatEveryMs,
    allowAutoTopicCreation: false,
    retry: { retries: 8, restartOnFailure: async () => false },
  })
  const positions = new Map<number, Position>()
  const lag = new LagWatch(consumer, { admin, topic, groupId, log, positions: () => positions })
  const endTelling = health.beforeScrape(() => lag.tell(metrics))
  consumer.on('consumer.group_join', ({ payload }) => {
    positions.clear()
    const partitions = payload.memberAssignment[topic] ?? []
    lag.assign(new Set(partitions))
    metrics.rebalances.inc()
    tracing?.rebalanced(groupId, topic, partitions.length, payload.duration)
    health.setReady('consumer', true)
  })
  const crashed = new Promise<never>((_, reject) => {
    consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
  })
  const stopped = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
  try {
    await admin.connect()
    await consumer.connect()
    await consumer.subscribe({ topic, fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachBatchAutoResolve: false,
      eachBatch: (payload) => forwardBatch(context, payload, sink, decoder, { group: groupId, tally, positions, lag }),
    })
    await Promise.race([crashed, stopped])
  } finally {
    tally.note()
    lag.stop()
    endTelling()
    await admin.disconnect().catch(() => undefined)
    await consumer.disconnect().catch(() => undefined)
  }
}

/** What a forwarder knows of itself. */
interface Standing {
  readonly group: string
  readonly tally: SinkTally
  readonly positions: Map<number, Position>
  readonly lag: LagWatch
}

async function forwardBatch(
  context: ServiceContext,
  { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale }: EachBatchPayload,
  sink: ForwardingSink,
  decoder: TopicDecoder,
  { group, tally, positions, lag }: Standing,
): Promise<void> {
  const { metrics, signal, tracing } = context
  const beat = (): Promise<void> => {
    tally.note()
    return heartbeat()
  }
  const { messages, topic, partition } = batch
  for (let at = 0; at < messages.length; at += flushEveryAlerts) {
    if (!isRunning() || isStale() || signal.aborted) return
    const part = messages.slice(at, at + flushEveryAlerts)
    const delivery = { context, sink, decoder, beat, place: { topic, partition } }
    const records = tracing === undefined ? [] : part.map((message) => tracedRecord(message, partition))
    const traced = tracing?.batch({ topic, group, operation: 'delivery' }, records)
    if (traced === undefined) await deliver(delivery, part)
    else
      await traced.finish(() =>
        deliver(delivery, part, (alert, index) => traced.describe(records[index]!, alertAttributes(alert))),
      )
    const last = part.at(-1)!
    resolveOffset(last.offset)
    await commitOffsetsIfNecessary({
      topics: [{ topic, partitions: [{ partition, offset: String(Number(last.offset) + 1) }] }],
    })
    positions.set(partition, { next: Number(last.offset) + 1, newestMs: Number(last.timestamp) })
    metrics.recordsReceived.labels('access.alerts').inc(part.length)
    await beat()
  }
  lag.done(batch)
}

interface Delivery {
  readonly context: ServiceContext
  readonly sink: ForwardingSink
  readonly decoder: TopicDecoder
  readonly beat: () => Promise<void>
  readonly place: { readonly topic: string; readonly partition: number }
}

/** Hands alerts to the sink and waits until all of them have arrived. */
async function deliver(
  { context: { log, metrics }, sink, decoder, beat, place }: Delivery,
  messages: readonly KafkaMessage[],
  onAlert: (alert: Alert, index: number) => void = () => undefined,
): Promise<void> {
  for (const [index, { value, offset }] of messages.entries()) {
    await decoder.prepare(value)
    try {
      const alert = decoder.decode(value).value as Alert
      onAlert(alert, index)
      await meanwhile(sink.write(alert), beat)
    } catch (error) {
      if (!(error instanceof UndecodableError)) throw error
      // It may write nowhere, so it says where the record lies; the alert is in access.alerts.ocsf too.
      log.error({ ...place, offset, reason: error.message }, 'passed over a record that is no alert')
      metrics.recordsRejected.labels('value.undecodable').inc()
    }
  }
  await meanwhile(sink.flush(), beat)
}

function tracedRecord({ offset, headers }: KafkaMessage, partition: number): TracedRecord {
  return { partition, offset: Number(offset), trace: sampledContext(headers?.[traceHeader]) }
}

/** Waits for an answer, and tells the group meanwhile that we are there. Rejects when the group has gone on without us. */
async function meanwhile(answer: Promise<void>, heartbeat: () => Promise<void>): Promise<void> {
  let lost: unknown
  let beating = Promise.resolve()
  const timer = setInterval(() => {
    beating = beating.then(heartbeat).catch((error: unknown) => {
      lost ??= error
    })
  }, heartbeatEveryMs)
  try {
    await answer
  } finally {
    clearInterval(timer)
    await beating
  }
  if (lost !== undefined) throw lost
}

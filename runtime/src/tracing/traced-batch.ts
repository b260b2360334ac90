import {
  type Attributes,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import type { InputRecord, OutputRecord } from '../kafka/stage.ts'
import type { CollectedOutputs } from '../kafka/step-outputs.ts'
import type { TopicName } from '../kafka/topics.ts'
import { spanScope } from '../log/span-scope.ts'
import { fail, idsOf, kindOf } from './span-facts.ts'
import { headerOf, type TraceContext, traceHeader } from './trace-header.ts'

/** What tells where a batch came from, and what is done with it as a whole. */
export interface BatchSource {
  /** With its prefix, as it is called in the cluster. */
  readonly topic: string
  readonly group: string
  readonly operation: 'transaction' | 'delivery'
}

export type TracedRecord = Pick<InputRecord, 'partition' | 'offset' | 'trace'>

/** Topics whose records carry on the trace of what they came of. Markers lie in every partition and carry none. */
const tracedTopics: ReadonlySet<TopicName> = new Set<TopicName>([
  'access.events',
  'access.findings',
  'access.alerts',
  'access.alerts.ocsf',
  'access.dlq',
])

/**
 * The spans of one batch: one of the batch itself, in a trace of its own with a link to every sampled record, and one of each
 * sampled record, in the record's trace, with a link to the batch.
 */
export class TracedBatch {
  readonly #whole: Span
  readonly #spans: Map<TracedRecord, Span> = new Map()

  /**
   * @param sampled the records that carry a context
   * @param count of all that are processed together
   */
  constructor(tracer: Tracer, source: BatchSource, sampled: readonly TracedRecord[], count: number) {
    const { topic, group, operation } = source
    const shared = {
      'messaging.system': 'kafka',
      'messaging.operation.type': 'process',
      'messaging.destination.name': topic,
      'messaging.destination.partition.id': String(sampled[0]!.partition),
      'messaging.consumer.group.name': group,
    }
    this.#whole = tracer.startSpan(`${operation} ${topic}`, {
      kind: SpanKind.CONSUMER,
      root: true,
      attributes: { ...shared, 'messaging.operation.name': operation, 'messaging.batch.message_count': count },
      links: sampled.map(({ trace: from }) => ({ context: remote(from!) })),
    })
    for (const record of sampled) {
      const attributes = {
        ...shared,
        'messaging.operation.name': 'process',
        'messaging.kafka.offset': record.offset,
      }
      const links = [{ context: this.#whole.spanContext() }]
      const parent = trace.setSpanContext(ROOT_CONTEXT, remote(record.trace!))
      const span = tracer.startSpan(`process ${topic}`, { kind: SpanKind.CONSUMER, attributes, links }, parent)
      this.#spans.set(record, span)
    }
  }

  /** A step of one record: where it is sampled, what it gives carries its trace on. */
  step(record: TracedRecord, outputs: CollectedOutputs, action: () => void): void {
    const span = this.#spans.get(record)
    if (span === undefined) {
      action()
      return
    }
    const { records } = outputs
    const from = records.length
    spanScope.run(idsOf(span), action)
    const header = headerOf(span.spanContext())
    for (let index = from; index < records.length; index++) records[index] = carrying(records[index]!, header)
  }

  /** Adds to the span of a record, where it has one. */
  describe(record: TracedRecord, attributes: Attributes | undefined): void {
    if (attributes !== undefined) this.#spans.get(record)?.setAttributes(attributes)
  }

  /** What is done with the batch as a whole; all its spans end with it, as failed where it fails. */
  async finish<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await spanScope.run(idsOf(this.#whole), action)
    } catch (error) {
      for (const span of this.#all()) fail(span, kindOf(error))
      throw error
    } finally {
      for (const span of this.#all()) span.end()
    }
  }

  #all(): readonly Span[] {
    return [this.#whole, ...this.#spans.values()]
  }
}

function carrying(record: OutputRecord, header: string): OutputRecord {
  if (record.key === null || !tracedTopics.has(record.topic)) return record
  return { ...record, headers: { ...record.headers, [traceHeader]: header } }
}

function remote({ traceId, spanId }: TraceContext): SpanContext {
  return { traceId, spanId, traceFlags: 1, isRemote: true }
}

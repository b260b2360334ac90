import { crc32 } from 'node:zlib'
import { type Attributes, type Span, SpanKind, type Tracer } from '@opentelemetry/api'
import { spanScope } from '../log/span-scope.ts'
import { fail, idsOf, kindOf } from './span-facts.ts'
import { headerOf } from './trace-header.ts'
import { type BatchSource, TracedBatch, type TracedRecord } from './traced-batch.ts'

/** A hash is one of so many numbers. */
const hashes = 2 ** 32

/**
 * Makes spans, of the records that are sampled and of what a service does for all of them. Attributes are ids, places in
 * topics and counts: nothing of a record else.
 */
export class Tracing {
  readonly #tracer: Tracer
  readonly #sampledBelow: number
  readonly #close: () => Promise<void>

  /** @param ratio of records that begin a trace */
  constructor(tracer: Tracer, ratio: number, close: () => Promise<void>) {
    this.#tracer = tracer
    this.#sampledBelow = ratio * hashes
    this.#close = close
  }

  /** Whether a record begins a trace: by its bytes, so that every collector decides alike, and again alike of a repeat. */
  samples(bytes: Buffer): boolean {
    return crc32(bytes) < this.#sampledBelow
  }

  /** Begins the trace of a record that is written to a topic. */
  startAppend(topic: string): Span {
    const attributes = {
      'messaging.system': 'kafka',
      'messaging.operation.type': 'send',
      'messaging.operation.name': 'send',
      'messaging.destination.name': topic,
    }
    return this.#tracer.startSpan(`send ${topic}`, { kind: SpanKind.PRODUCER, root: true, attributes })
  }

  headerOf(span: Span): string {
    return headerOf(span.spanContext())
  }

  /** Kafka has the record, or refused it. */
  endAppend(span: Span, isTaken: boolean): void {
    if (!isTaken) fail(span, 'refused')
    span.end()
  }

  /** The spans of records that are processed together; nothing where none of them is sampled. */
  batch(source: BatchSource, records: readonly TracedRecord[]): TracedBatch | undefined {
    const sampled = records.filter(({ trace: context }) => context !== undefined)
    if (sampled.length === 0) return undefined
    return new TracedBatch(this.#tracer, source, sampled, records.length)
  }

  /** A span of its own trace around an action, which may add to its attributes. */
  async around<Result>(
    name: string,
    attributes: Attributes,
    action: (add: (more: Attributes) => void) => Promise<Result>,
  ): Promise<Result> {
    const span = this.#tracer.startSpan(name, { root: true, attributes })
    try {
      return await spanScope.run(idsOf(span), () => action((more) => span.setAttributes(more)))
    } catch (error) {
      fail(span, kindOf(error))
      throw error
    } finally {
      span.end()
    }
  }

  /** A span of something that is over. */
  tell(name: string, startMs: number, attributes: Attributes): void {
    this.#tracer.startSpan(name, { root: true, startTime: startMs, attributes }).end()
  }

  /** The group gave partitions out anew; `tookMs` before now it began to. */
  rebalanced(group: string, topic: string, partitions: number, tookMs: number): void {
    this.tell('rebalance', Date.now() - tookMs, {
      'messaging.system': 'kafka',
      'messaging.destination.name': topic,
      'messaging.consumer.group.name': group,
      'ostiary.partitions': partitions,
    })
  }

  /** Sends what waits, for as long as that may take. */
  close(): Promise<void> {
    return this.#close()
  }
}

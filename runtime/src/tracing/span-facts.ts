import { type Span, SpanStatusCode } from '@opentelemetry/api'
import type { SpanIds } from '../log/span-scope.ts'

/** A span as log lines name it. */
export function idsOf(span: Span): SpanIds {
  const { traceId, spanId } = span.spanContext()
  return { trace_id: traceId, span_id: spanId }
}

/** Marks a span as failed, by the kind of what went wrong: a message may quote the record. */
export function fail(span: Span, kind: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR })
  span.setAttribute('error.type', kind)
}

/** The kind of an error: a code of ours or of Kafka, else its class. */
export function kindOf(error: unknown): string {
  const { type, code, name } = (error ?? {}) as {
    readonly type?: unknown
    readonly code?: unknown
    readonly name?: unknown
  }
  for (const kind of [type, code, name]) if (typeof kind === 'string' && /^[\w.]{1,64}$/.test(kind)) return kind
  return '_OTHER'
}

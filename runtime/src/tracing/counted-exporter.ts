import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace'
import type { Logger } from '../log/logger.ts'
import { spanScope } from '../log/span-scope.ts'
import type { ServiceMetrics } from '../service/service-metrics.ts'

type Answer = Parameters<SpanExporter['export']>[1]

/** Spans that may wait or be under way; one that ends while so many are is dropped. */
export const spansMax = 4096

/** Lets no more spans wait than may, counts what became of each, and says once when the receiver goes away or comes back. */
export class CountedExporter implements SpanExporter {
  readonly #exporter: SpanExporter
  readonly #spans: ServiceMetrics['traceSpans']
  readonly #log: Logger
  #waiting = 0
  #isAway = false

  constructor(exporter: SpanExporter, spans: ServiceMetrics['traceSpans'], log: Logger) {
    this.#exporter = exporter
    this.#spans = spans
    this.#log = log
  }

  /** Whether a span that has ended may wait; it is counted as dropped where it may not. */
  admit(): boolean {
    if (this.#waiting >= spansMax) {
      this.#spans.labels('dropped').inc()
      return false
    }
    this.#waiting += 1
    return true
  }

  export(spans: ReadableSpan[], answer: Answer): void {
    this.#exporter.export(spans, (result) => {
      this.#waiting -= spans.length
      const isSent = result.code === 0
      this.#spans.labels(isSent ? 'exported' : 'failed').inc(spans.length)
      // The timer that led here may have been set within some span.
      spanScope.exit(() => this.#tell(isSent, result.error))
      answer(result)
    })
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown()
  }

  #tell(isSent: boolean, error: Error | undefined): void {
    if (isSent !== this.#isAway) return
    this.#isAway = !isSent
    // What the other side answered may hold anything: only the kind of the failure is told.
    const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: string }
    if (isSent) this.#log.info('spans are taken again')
    else this.#log.warn({ reason: code ?? name }, 'spans are not taken; the service goes on without')
  }
}

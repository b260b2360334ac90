import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type ReadableSpan, type SpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { CountedExporter, spansMax } from './counted-exporter.ts'
import type { TracingOptions } from './start-tracing.ts'
import { Tracing } from './tracing.ts'

/** Spans of one request. */
const exportSpansMax = 512
/** How long a span waits for others. */
const exportEveryMs = 1000
/** How long one request may take, its repeats included. */
const exportMsMax = 5000
/** How long the end of a service may be held up by spans that wait. */
const closeMsMax = 2000
/** Letters of an attribute: the ids of events are as long as their cloud makes them. */
const attributeLettersMax = 256
/** Sampled records that the span of a batch names. */
const linksMax = 128

/** Opens the way to a receiver of OTLP. Loads OpenTelemetry's own packages, so it is only imported where tracing is on. */
export function openTracing(options: TracingOptions): Tracing {
  const { endpoint, ratio, service, version, log, metrics } = options
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`
  const sending = new OTLPTraceExporter({ url, timeoutMillis: exportMsMax })
  const exporter = new CountedExporter(sending, metrics.traceSpans, log)
  const batches = new BatchSpanProcessor({
    exporter,
    maxQueueSize: spansMax,
    maxExportBatchSize: exportSpansMax,
    scheduledDelayMillis: exportEveryMs,
    exportTimeoutMillis: exportMsMax * 2,
  })
  const named = resourceFromAttributes({ 'service.name': service, 'service.version': version })
  const provider = new TracerProvider({
    // What the environment says goes before: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES.
    resource: named.merge(detectResources({ detectors: [envDetector] })),
    spanLimits: { attributeValueLengthLimit: attributeLettersMax, linkCountLimit: linksMax },
    spanProcessors: [admitting(batches, exporter)],
  })
  const close = async (): Promise<void> => {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, closeMsMax)
    })
    await Promise.race([provider.shutdown().catch(() => undefined), late])
    clearTimeout(timer)
  }
  return new Tracing(provider.getTracer('ostiary', version), ratio, close)
}

/** Hands on the spans for which there is room. */
function admitting(next: SpanProcessor, exporter: CountedExporter): SpanProcessor {
  return {
    onStart: (span, context) => next.onStart(span, context),
    onEnd: (span: ReadableSpan) => {
      if (exporter.admit()) next.onEnd(span)
    },
    forceFlush: () => next.forceFlush(),
    shutdown: () => next.shutdown(),
  }
}

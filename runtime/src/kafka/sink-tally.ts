import type { ServiceMetrics } from '../service/service-metrics.ts'
import { type ForwardingSink, newSinkCounts, type SinkCounts } from '../sinks/sink.ts'

/** Carries the counts of a sink over to the metrics. */
export class SinkTally {
  readonly #sink: ForwardingSink
  readonly #metrics: ServiceMetrics
  #noted: Readonly<SinkCounts> = newSinkCounts()

  constructor(sink: ForwardingSink, metrics: ServiceMetrics) {
    this.#sink = sink
    this.#metrics = metrics
  }

  /** Adds what has come about since it was called last. */
  note(): void {
    const now = { ...this.#sink.counts }
    const since = (name: keyof SinkCounts): number => now[name] - this.#noted[name]
    const { alertsForwarded, retries } = this.#metrics
    alertsForwarded.labels('sent').inc(since('sent'))
    alertsForwarded.labels('repeated').inc(since('repeated'))
    alertsForwarded.labels('passed_over').inc(since('passedOver'))
    alertsForwarded.labels('refused').inc(since('refused'))
    alertsForwarded.labels('lost').inc(since('lost'))
    retries.labels('delivery').inc(since('retries'))
    this.#noted = now
  }
}

import type { Counter, Gauge, Histogram } from 'prom-client'
import type { ServiceName } from '../kafka/topics.ts'
import type { BucketedHistogram } from './bucketed-histogram.ts'
import { detectionMetrics } from './detection-metrics.ts'
import type { ServiceHealth } from './health-server.ts'
import { MetricMaker } from './metric-maker.ts'
import { stageMetrics } from './stage-metrics.ts'

export * from './metric-labels.ts'

/** What every service counts. */
export interface CommonMetrics {
  readonly buildInfo: Gauge<'version'>
  readonly ready: Gauge
  readonly retries: Counter<'what'>
  readonly recordsReceived: Counter<'topic'>
  readonly recordsEmitted: Counter<'topic'>
  readonly recordsRejected: Counter<'reason'>
  readonly traceSpans: Counter<'outcome'>
}

/** What services count that run an operator over partitions. */
export interface StageMetrics {
  readonly recordsFiltered: Counter<'reason'>
  readonly duplicates: Counter
  readonly eventLatencySeconds: Histogram
  readonly processingSeconds: Histogram
  readonly transactionRecords: Histogram
  readonly transactions: Counter<'outcome'>
  readonly transactionSeconds: Histogram
  readonly rebalances: Counter
  readonly partitions: Gauge
  readonly pausedPartitions: Gauge
  readonly waitingForArtefact: Gauge
  readonly lagRecords: Gauge
  readonly lagSeconds: Gauge
  readonly recoveries: Counter<'outcome'>
  readonly recoverySeconds: Histogram
  readonly snapshots: Counter<'outcome'>
  readonly snapshotsRejected: Counter<'reason'>
  readonly snapshotSeconds: Histogram
  readonly snapshotBytes: Gauge
  readonly snapshotAgeSeconds: Gauge
  readonly changelogEntries: Counter
  readonly stateEntries: Gauge
  readonly stateBytes: Gauge
}

/** What is detected, how well that is calibrated, and what becomes of it. */
export interface DetectionMetrics {
  readonly lateEvents: Counter
  readonly identities: Gauge
  readonly openCases: Gauge
  readonly modelInfo: Gauge<'role' | 'model'>
  readonly tablesInfo: Gauge<'kind' | 'tables'>
  readonly modelsRefused: Counter<'reason'>
  readonly scoreBits: Histogram
  readonly signalNats: BucketedHistogram
  readonly scoreExceedances: Counter<'bits'>
  readonly scoreExceedancesExpected: Counter<'bits'>
  readonly driftIndex: Gauge<'of'>
  readonly alerts: Counter<'severity' | 'disposition'>
  readonly alertLatencySeconds: Histogram
  readonly pageBudget: Gauge
  readonly pageBudgetLeft: Gauge
  readonly alertsForwarded: Counter<'outcome'>
}

/**
 * What a service counts. Labels are closed lists, topics' names without prefix or a few ends of hashes, never keys, identities
 * or tenants, so that the number of series is known and nothing personal is among them.
 */
export interface ServiceMetrics extends CommonMetrics, StageMetrics, DetectionMetrics {}

const everywhere: readonly ServiceName[] = ['collector', 'enricher', 'detector', 'census', 'desk', 'forwarder']
const readers = everywhere.filter((service) => service !== 'collector')

/** Registers the metrics of a service. docs/spec/metrics.md tells what each is for. */
export function createServiceMetrics(health: ServiceHealth, service: ServiceName): ServiceMetrics {
  const make = new MetricMaker(health.registry, service)
  const metrics: ServiceMetrics = {
    buildInfo: make.gauge(everywhere, 'ostiary_build_info', 'Always 1; the label is the version of the code', [
      'version',
    ]),
    ready: make.gauge(everywhere, 'ostiary_ready', 'Whether the service does its work, as /readyz says: 1 or 0'),
    retries: make.counter(everywhere, 'ostiary_retries_total', 'Attempts made again, by action', ['what']),
    recordsReceived: make.counter(readers, 'ostiary_records_received_total', 'Records read, by topic', ['topic']),
    recordsEmitted: make.counter(
      everywhere.filter((each) => each !== 'forwarder'),
      'ostiary_records_emitted_total',
      'Records written, by topic',
      ['topic'],
    ),
    recordsRejected: make.counter(
      everywhere,
      'ostiary_records_rejected_total',
      'Records refused at the door or sent to the dead letters, by reason',
      ['reason'],
    ),
    traceSpans: make.counter(
      everywhere,
      'ostiary_trace_spans_total',
      'Spans that ended, by what became of them; none while traces are off',
      ['outcome'],
    ),
    ...stageMetrics(make),
    ...detectionMetrics(make),
  }
  health.beforeScrape(() => metrics.ready.set(Object.keys(health.unready()).length === 0 ? 1 : 0))
  return metrics
}

import type { ServiceName } from '../kafka/topics.ts'
import { stages } from './metric-labels.ts'
import type { MetricMaker } from './metric-maker.ts'
import type { StageMetrics } from './service-metrics.ts'

// A transaction of a few hundred events takes tens of milliseconds; one that nears the broker's timeout (60 s) is in trouble.
const transactionBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
// The promise is a second; what waited out a rebalance or a recovery takes minutes, a backlog hours.
const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200]
// An event takes tens of microseconds, a transaction holds up to some thousands of them.
const processingBuckets = [0.0001, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]
const batchBuckets = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000]
const recoveryBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

const enricher: readonly ServiceName[] = ['enricher']
const consumers: readonly ServiceName[] = [...stages, 'forwarder']

export function stageMetrics(make: MetricMaker): StageMetrics {
  return { ...flowMetrics(make), ...stateMetrics(make) }
}

type StateMetric =
  | 'recoveries'
  | 'recoverySeconds'
  | 'snapshots'
  | 'snapshotsRejected'
  | 'snapshotSeconds'
  | 'snapshotBytes'
  | 'snapshotAgeSeconds'
  | 'changelogEntries'
  | 'stateEntries'
  | 'stateBytes'

function flowMetrics(make: MetricMaker): Omit<StageMetrics, StateMetric> {
  return {
    recordsFiltered: make.counter(
      enricher,
      'ostiary_records_filtered_total',
      'Well-formed records that are no events, by reason',
      ['reason'],
    ),
    duplicates: make.counter(enricher, 'ostiary_duplicates_total', 'Records dropped since they had been seen before'),
    eventLatencySeconds: make.histogramOfThings(
      stages,
      'ostiary_event_latency_seconds',
      'Time from the append of an input record to the commit of what came of it',
      latencyBuckets,
    ),
    processingSeconds: make.histogram(
      stages,
      'ostiary_processing_seconds',
      'Time the operator took over the records of a transaction',
      processingBuckets,
    ),
    transactionRecords: make.histogram(
      stages,
      'ostiary_transaction_records',
      'Records that a transaction took',
      batchBuckets,
    ),
    transactions: make.counter(stages, 'ostiary_transactions_total', 'Transactions ended, by outcome', ['outcome']),
    transactionSeconds: make.histogram(
      stages,
      'ostiary_transaction_seconds',
      'Time from the begin of a transaction to its commit',
      transactionBuckets,
    ),
    rebalances: make.counter(consumers, 'ostiary_rebalances_total', 'Times partitions were given out anew'),
    partitions: make.gauge(stages, 'ostiary_partitions', 'Partitions that were given to this instance'),
    pausedPartitions: make.gauge(stages, 'ostiary_paused_partitions', 'Partitions held that are not read for now'),
    waitingForArtefact: make.gauge(
      stages,
      'ostiary_waiting_for_artefact',
      'Partitions that wait for a model or table their next record needs',
    ),
    lagRecords: make.gauge(
      consumers,
      'ostiary_lag_records',
      'Offsets between what was processed and the end of the log',
    ),
    lagSeconds: make.gauge(consumers, 'ostiary_lag_seconds', 'How far the partition furthest behind is behind its end'),
  }
}

function stateMetrics(make: MetricMaker): Pick<StageMetrics, StateMetric> {
  return {
    recoveries: make.counter(stages, 'ostiary_recoveries_total', "Recoveries of a partition's state, by outcome", [
      'outcome',
    ]),
    recoverySeconds: make.histogram(
      stages,
      'ostiary_recovery_seconds',
      "Time a recovery of a partition's state took",
      recoveryBuckets,
    ),
    snapshots: make.counter(stages, 'ostiary_snapshots_total', 'Snapshots of the state, by outcome', ['outcome']),
    snapshotsRejected: make.counter(
      stages,
      'ostiary_snapshots_rejected_total',
      'Snapshots passed over in a recovery, by reason',
      ['reason'],
    ),
    snapshotSeconds: make.histogram(
      stages,
      'ostiary_snapshot_seconds',
      'Time from the begin of a snapshot to the commit of its manifest',
      recoveryBuckets,
    ),
    snapshotBytes: make.gauge(
      stages,
      'ostiary_snapshot_bytes',
      'Bytes that the newest snapshot of each partition wrote',
    ),
    snapshotAgeSeconds: make.gauge(
      stages,
      'ostiary_snapshot_age_seconds',
      'Age of the oldest snapshot among the newest of each partition that has changed since',
    ),
    changelogEntries: make.counter(
      stages,
      'ostiary_changelog_entries_total',
      'Entries written to the changelog of the state',
    ),
    stateEntries: make.gauge(stages, 'ostiary_state_entries', 'Entries of the state, as of the newest snapshot'),
    stateBytes: make.gauge(stages, 'ostiary_state_bytes', 'Bytes of the state, as of the newest snapshot'),
  }
}

import { rejectReasons } from '@ostiary/schemas'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'

/** How a transaction ended; `fenced` where another instance has taken the partition over. */
export const transactionOutcomes = ['committed', 'aborted', 'fenced'] as const
/** How a partition's state came to be: from a snapshot, from nothing since there was none, or not at all. */
export const recoveryOutcomes = ['restored', 'empty', 'failed'] as const
export const snapshotOutcomes = ['written', 'failed'] as const
/** Why a snapshot was passed over for an older one. */
export const snapshotDefects = ['damaged', 'half_written', 'foreign'] as const
/** What became of an alert that a forwarder was given. */
export const forwardingOutcomes = ['sent', 'repeated', 'passed_over', 'refused', 'lost'] as const
/** Why a model that a marker names does not take effect: codes of errors. */
export const modelRefusals = ['model.invalid', 'model.untrusted'] as const
/** What is tried again after a failure that can pass. */
export const retriedActions = ['connect', 'transaction', 'recovery', 'artefact', 'registry', 'delivery'] as const

/**
 * What a service counts. Labels are closed lists or topics' names without prefix, never keys, identities or tenants, so that
 * the number of series is known and nothing personal is among them.
 */
export interface ServiceMetrics {
  readonly buildInfo: Gauge<'version'>
  readonly recordsReceived: Counter<'topic'>
  readonly recordsEmitted: Counter<'topic'>
  readonly recordsRejected: Counter<'reason'>
  readonly duplicates: Counter
  readonly lateEvents: Counter
  readonly eventLatencySeconds: Histogram
  readonly transactions: Counter<'outcome'>
  readonly transactionSeconds: Histogram
  readonly rebalances: Counter
  readonly pausedPartitions: Gauge
  readonly retries: Counter<'what'>
  readonly recoveries: Counter<'outcome'>
  readonly recoverySeconds: Histogram
  readonly snapshots: Counter<'outcome'>
  readonly snapshotsRejected: Counter<'reason'>
  readonly changelogEntries: Counter
  readonly identities: Gauge
  readonly waitingForArtefact: Gauge
  readonly alertsForwarded: Counter<'outcome'>
  readonly modelsRefused: Counter<'reason'>
}

// A transaction of a few hundred events takes tens of milliseconds; one that nears the broker's timeout (60 s) is in trouble.
const transactionBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]
// The promise is a second; what waited out a rebalance or a recovery takes minutes, a backlog hours.
const latencyBuckets = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200]
const recoveryBuckets = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]

/** Registers the metrics of a service. docs/spec/metrics.md tells what each is for. */
export function createServiceMetrics(registry: Registry): ServiceMetrics {
  const registers = [registry]
  function counter(name: string, help: string): Counter {
    return new Counter({ name, help, registers })
  }
  function labelled<Label extends string>(
    name: string,
    help: string,
    label: Label,
    values: readonly string[] = [],
  ): Counter<Label> {
    const made = new Counter<Label>({ name, help, labelNames: [label], registers })
    // Known from the start, so that a rate over the first occurrence is not lost.
    for (const value of values) made.labels(value).inc(0)
    return made
  }
  function gauge(name: string, help: string): Gauge {
    return new Gauge({ name, help, registers })
  }
  function histogram(name: string, help: string, buckets: number[]): Histogram {
    return new Histogram({ name, help, buckets, registers })
  }
  return {
    buildInfo: new Gauge({
      name: 'ostiary_build_info',
      help: 'Always 1; the label is the version of the code',
      labelNames: ['version'],
      registers,
    }),
    recordsReceived: labelled('ostiary_records_received_total', 'Records read, by topic', 'topic'),
    recordsEmitted: labelled('ostiary_records_emitted_total', 'Records written, by topic', 'topic'),
    recordsRejected: labelled(
      'ostiary_records_rejected_total',
      'Records sent to the dead letters, by reason',
      'reason',
      rejectReasons,
    ),
    duplicates: counter('ostiary_duplicates_total', 'Records dropped since they had been seen before'),
    lateEvents: counter('ostiary_late_events_total', 'Events too late to teach anything'),
    eventLatencySeconds: histogram(
      'ostiary_event_latency_seconds',
      'Time from the append of an input record to the commit of what came of it',
      latencyBuckets,
    ),
    transactions: labelled(
      'ostiary_transactions_total',
      'Transactions ended, by outcome',
      'outcome',
      transactionOutcomes,
    ),
    transactionSeconds: histogram(
      'ostiary_transaction_seconds',
      'Time from the begin of a transaction to its commit',
      transactionBuckets,
    ),
    rebalances: counter('ostiary_rebalances_total', 'Times partitions were given out anew'),
    pausedPartitions: gauge('ostiary_paused_partitions', 'Partitions held that are not read for now'),
    retries: labelled('ostiary_retries_total', 'Attempts made again, by action', 'what', retriedActions),
    recoveries: labelled(
      'ostiary_recoveries_total',
      "Recoveries of a partition's state, by outcome",
      'outcome',
      recoveryOutcomes,
    ),
    recoverySeconds: histogram(
      'ostiary_recovery_seconds',
      "Time a recovery of a partition's state took",
      recoveryBuckets,
    ),
    snapshots: labelled('ostiary_snapshots_total', 'Snapshots of the state, by outcome', 'outcome', snapshotOutcomes),
    snapshotsRejected: labelled(
      'ostiary_snapshots_rejected_total',
      'Snapshots passed over in a recovery, by reason',
      'reason',
      snapshotDefects,
    ),
    changelogEntries: counter('ostiary_changelog_entries_total', 'Entries written to the changelog of the state'),
    identities: gauge('ostiary_identities', 'Identities remembered'),
    waitingForArtefact: gauge(
      'ostiary_waiting_for_artefact',
      'Partitions that wait for a model or table their next event needs',
    ),
    alertsForwarded: labelled(
      'ostiary_alerts_forwarded_total',
      'Alerts that a forwarder was given, by outcome',
      'outcome',
      forwardingOutcomes,
    ),
    modelsRefused: labelled(
      'ostiary_models_refused_total',
      'Markers of a model that did not take effect, by reason',
      'reason',
      modelRefusals,
    ),
  }
}

import { burns, objectives } from './objectives.ts'

export interface AlertRule {
  readonly alert: string
  readonly severity: 'page' | 'ticket'
  readonly expr: string
  /** How long it has to hold. */
  readonly for: string
  readonly summary: string
  /** What it means for whoever relies on us. */
  readonly impact: string
  /** Page of docs/runbooks, without its ending. */
  readonly runbook: string
}

const flow: readonly AlertRule[] = [
  {
    alert: 'OstiaryServiceDown',
    severity: 'page',
    expr: 'up{job="ostiary"} == 0',
    for: '2m',
    summary: '{{ $labels.service }} at {{ $labels.instance }} does not answer',
    impact: 'What it holds waits until another instance takes it over, or it comes back.',
    runbook: 'service-down',
  },
  {
    alert: 'OstiaryStageStalled',
    severity: 'page',
    expr: `sum by (topic) (rate(ostiary_records_emitted_total{topic=~"access.raw|access.events|access.findings|access.census"}[2m])) > 0
unless on (topic) sum by (topic) (rate(ostiary_records_received_total[2m])) > 0`,
    for: '1m',
    summary: 'Records are written to {{ $labels.topic }} and nobody takes them',
    impact:
      'Nothing behind this topic happens: no scores, no findings or no alerts. Nothing is lost while the topic keeps it.',
    runbook: 'stage-stalled',
  },
  {
    alert: 'OstiaryFallingBehind',
    severity: 'page',
    expr: 'max by (service) (ostiary_lag_seconds) > 300',
    for: '10m',
    summary: '{{ $labels.service }} is {{ $value | humanizeDuration }} behind the end of its topic',
    impact: 'Alerts come that much later.',
    runbook: 'falling-behind',
  },
  {
    alert: 'OstiaryRecordsSilent',
    severity: 'page',
    expr: `sum(increase(ostiary_records_emitted_total{topic="access.raw"}[1h])) == 0
and sum(increase(ostiary_records_emitted_total{topic="access.raw"}[1d] offset 1h)) > 0`,
    for: '15m',
    summary: 'No record has come for an hour, and some did the day before',
    impact: 'Whatever happens in the cloud now is not seen. An attacker may have switched the logs off.',
    runbook: 'records-silent',
  },
  {
    alert: 'OstiaryPartitionWaits',
    severity: 'page',
    expr: 'ostiary_waiting_for_artefact > 0 or ostiary_paused_partitions > 0',
    for: '10m',
    summary: '{{ $value }} partitions of {{ $labels.service }} cannot go on',
    impact: 'Identities of those partitions are not scored; the others are.',
    runbook: 'partition-waits',
  },
  {
    alert: 'OstiaryReceiverAway',
    severity: 'page',
    expr: `sum by (instance) (increase(ostiary_retries_total{what="delivery"}[10m])) > 0
and sum by (instance) (increase(ostiary_alerts_forwarded_total{outcome="sent"}[10m])) == 0`,
    for: '5m',
    summary: 'The receiver behind the forwarder at {{ $labels.instance }} takes no alerts',
    impact: 'Nobody is told of pages through it. They wait and are sent when it is back.',
    runbook: 'receiver-away',
  },
]

const health: readonly AlertRule[] = [
  {
    alert: 'OstiaryNotReady',
    severity: 'ticket',
    expr: 'ostiary_ready == 0',
    for: '10m',
    summary: '{{ $labels.service }} at {{ $labels.instance }} does not do its work',
    impact: 'It runs and waits for something; its /readyz says for what.',
    runbook: 'not-ready',
  },
  {
    alert: 'OstiaryTransactionsFail',
    severity: 'ticket',
    expr: `sum by (service) (rate(ostiary_transactions_total{outcome!="committed"}[10m]))
> 0.05 * sum by (service) (rate(ostiary_transactions_total[10m]))`,
    for: '10m',
    summary: 'More than one in twenty transactions of {{ $labels.service }} fail',
    impact: 'Each is done again from the state as it was committed, which takes time. Nothing is lost or repeated.',
    runbook: 'transactions-fail',
  },
  {
    alert: 'OstiarySnapshotOld',
    severity: 'ticket',
    // While nothing comes, no transaction is there for a snapshot to ride on, and little to replay.
    expr: `ostiary_snapshot_age_seconds > 3600
and on (service, instance) sum by (service, instance) (increase(ostiary_records_received_total[30m])) > 0`,
    for: '10m',
    summary: 'The state of {{ $labels.service }} has not been saved for {{ $value | humanizeDuration }}',
    impact: 'Whoever takes over replays all that came since, and is away so much longer.',
    runbook: 'snapshot-old',
  },
  {
    alert: 'OstiarySnapshotRejected',
    severity: 'ticket',
    expr: 'sum by (service, reason) (increase(ostiary_snapshots_rejected_total[1h])) > 0',
    for: '0m',
    summary: '{{ $labels.service }} passed a snapshot over: {{ $labels.reason }}',
    impact: 'It went on from an older one, or learnt anew from the log. What the log no longer holds is forgotten.',
    runbook: 'snapshot-rejected',
  },
  {
    alert: 'OstiaryEventLoopBlocked',
    severity: 'ticket',
    expr: 'nodejs_eventloop_lag_p99_seconds{job="ostiary"} > 1',
    for: '10m',
    summary: '{{ $labels.service }} at {{ $labels.instance }} is busy for {{ $value | humanizeDuration }} at a time',
    impact: 'It may miss heartbeats and lose its partitions.',
    runbook: 'event-loop-blocked',
  },
]

const detection: readonly AlertRule[] = [
  {
    alert: 'OstiaryAlertsLost',
    severity: 'ticket',
    expr: 'sum by (instance, outcome) (increase(ostiary_alerts_forwarded_total{outcome=~"refused|lost"}[1h])) > 0',
    for: '0m',
    summary: '{{ $value | humanize }} alerts were {{ $labels.outcome }} by the receiver',
    impact: 'They are in access.alerts, and not where people look.',
    runbook: 'alerts-lost',
  },
  {
    alert: 'OstiaryModelRefused',
    severity: 'ticket',
    expr: 'sum by (reason) (increase(ostiary_models_refused_total[1h])) > 0',
    for: '0m',
    summary: 'A model was refused: {{ $labels.reason }}',
    impact: 'What was in force goes on.',
    runbook: 'model-refused',
  },
  {
    alert: 'OstiaryCalibrationOff',
    severity: 'ticket',
    expr: 'abs(ostiary:calibration_off:bits7d{bits=~"[4-8]"}) > 1',
    for: '6h',
    summary: 'Scores of {{ $labels.bits }} bits come {{ $value | humanize }} bits more or less often than they should',
    impact: 'A score says less than it promises: pages are too many or too few.',
    runbook: 'calibration-off',
  },
  {
    alert: 'OstiaryModelDrift',
    severity: 'ticket',
    expr: `max by (of) (ostiary_drift_index) > 0.25
or max by (signal) (ostiary:signal_drift:ks7d) > 0.15`,
    for: '6h',
    summary: '{{ $labels.of }}{{ $labels.signal }} has drifted away: {{ $value | humanize }}',
    impact: 'What is scored is not what the model was made for.',
    runbook: 'model-drift',
  },
  {
    alert: 'OstiaryPageBudgetSpent',
    severity: 'ticket',
    expr: 'ostiary_page_budget_left < 1 and ostiary_page_budget >= 1',
    for: '6h',
    summary: 'The budget of pages has been spent for six hours',
    impact: 'Cases that deserve a page go to the digest.',
    runbook: 'page-budget-spent',
  },
]

/** A page and a ticket for each objective whose budget of errors burns too fast. */
const burning: readonly AlertRule[] = objectives.flatMap(({ id, name, share, promise, runbook }) =>
  burns.map(({ severity, pairs }) => ({
    alert: `Ostiary${name}BurnsBudget`,
    severity,
    expr: pairs
      .map(({ long, short, factor }) => {
        const limit = Number((factor * (1 - share)).toFixed(6))
        const over = (window: string): string => `ostiary:slo_errors:ratio${window}{slo="${id}"} > ${limit}`
        return `(${over(long)} and ${over(short)})`
      })
      .join('\nor '),
    for: '1m',
    summary: `The budget of errors of ${id.replaceAll('_', ' ')} burns ${severity === 'page' ? 'within days' : 'faster than it comes'}`,
    impact: promise,
    runbook,
  })),
)

export const alertGroups: Readonly<Record<string, readonly AlertRule[]>> = { flow, health, detection, burning }
export const alertRules: readonly AlertRule[] = Object.values(alertGroups).flat()

/** What is promised of the service, as a share of time or records, and how what falls short is counted. */
export interface Objective {
  readonly id: string
  /** Part of the name of its alert. */
  readonly name: string
  /** Share that has to be good. */
  readonly share: number
  /** What is promised, in words. */
  readonly promise: string
  /** The share that was not good over a window, in PromQL. */
  errors(window: string): string
  readonly runbook: string
}

const sum = (what: string, window: string): string => `sum(rate(${what}[${window}]))`

export const objectives: readonly Objective[] = [
  {
    id: 'scoring',
    name: 'Scoring',
    share: 0.999,
    promise: 'While events come, the detector takes them: in 99.9 % of the time.',
    errors: (window) => `1 - avg_over_time(ostiary:scoring:available[${window}])`,
    runbook: 'scoring-burns-budget',
  },
  {
    id: 'freshness',
    name: 'Freshness',
    share: 0.995,
    promise: 'No stage is more than a minute behind the end of its topic: in 99.5 % of the time.',
    errors: (window) => `1 - avg_over_time(ostiary:scoring:fresh[${window}])`,
    runbook: 'freshness-burns-budget',
  },
  {
    id: 'completeness',
    name: 'Completeness',
    share: 0.999,
    promise: 'Of records and events, 99.9 % can be read: they are refused nowhere and become no dead letters.',
    errors: (window) =>
      `${sum('ostiary_records_rejected_total', window)} / (${sum('ostiary_records_rejected_total', window)} + ${sum(
        'ostiary_records_received_total{topic=~"access.raw|access.events"}',
        window,
      )} > 0)`,
    runbook: 'completeness-burns-budget',
  },
  {
    id: 'alert_latency',
    name: 'AlertLatency',
    share: 0.95,
    promise:
      "Of the revisions of alerts, 95 % can be read within 15 minutes of the event's time, the cloud's delay included.",
    errors: (window) =>
      `1 - ${sum('ostiary_alert_latency_seconds_bucket{le=~"900(.0)?"}', window)} / (${sum(
        'ostiary_alert_latency_seconds_count',
        window,
      )} > 0)`,
    runbook: 'alert-latency-burns-budget',
  },
]

/** Over these, the share that fell short is recorded. */
export const windows = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const

/**
 * When a budget of errors burns too fast: a long window says that it matters, a short one that it still goes on. Factors and
 * windows are those of The Site Reliability Workbook (2018), chapter 5, for a budget of 30 days.
 */
export const burns: readonly {
  readonly severity: 'page' | 'ticket'
  readonly pairs: readonly { readonly long: string; readonly short: string; readonly factor: number }[]
}[] = [
  {
    severity: 'page',
    pairs: [
      { long: '1h', short: '5m', factor: 14.4 },
      { long: '6h', short: '30m', factor: 6 },
    ],
  },
  {
    severity: 'ticket',
    pairs: [
      { long: '1d', short: '2h', factor: 3 },
      { long: '3d', short: '6h', factor: 1 },
    ],
  },
]

import { objectives, windows } from './objectives.ts'

export interface Recording {
  readonly record: string
  readonly labels?: Readonly<Record<string, string>>
  readonly expr: string
}

/** Events that enrichers wrote, and that detectors took, a second. */
const written = 'sum(rate(ostiary_records_emitted_total{topic="access.events"}[2m]))'
const taken = '(sum(rate(ostiary_records_received_total{topic="access.events"}[2m])) or vector(0))'

/** What the objectives are counted from. */
export const levels: readonly Recording[] = [
  // Where nothing comes, nothing is missed.
  { record: 'ostiary:scoring:available', expr: `clamp_max((${written} == bool 0) + (${taken} > bool 0), 1)` },
  { record: 'ostiary:scoring:fresh', expr: 'max(ostiary_lag_seconds) < bool 60' },
]

/** What drifts is added up from what each four minutes brought: weeks of every second would be too much to ask for. */
const increases: readonly Recording[] = [
  ['score_exceedances', 'bits', 'ostiary_score_exceedances_total'],
  ['score_exceedances_expected', 'bits', 'ostiary_score_exceedances_expected_total'],
  ['signal_bucket', 'signal, le', 'ostiary_signal_nats_bucket'],
  ['signal_count', 'signal', 'ostiary_signal_nats_count'],
].map(([name, by, metric]) => ({
  record: `ostiary:${name}:increase4m`,
  expr: `sum by (${by}) (increase(${metric}[4m]))`,
}))

function added(name: string, window: string): string {
  return `sum_over_time(ostiary:${name}:increase4m[${window}])`
}

/** Of the events of a window, the share whose surprise by a signal lay under each bound. */
function share(window: string): string {
  return `${added('signal_bucket', window)} / ignoring (le) group_left () (${added('signal_count', window)} > 0)`
}

/** Whether what is scored is still what the model was calibrated on. Over whole weeks, since Sundays are not as Mondays. */
export const drifts: readonly Recording[] = [
  ...increases,
  ...['score_exceedances', 'score_exceedances_expected'].map((name) => ({
    record: `ostiary:${name}:increase7d`,
    expr: added(name, '7d'),
  })),
  {
    record: 'ostiary:calibration_off:bits7d',
    // Under 20 expected, chance moves it as much as an error would.
    expr: 'log2(ostiary:score_exceedances_expected:increase7d / ostiary:score_exceedances:increase7d) and ostiary:score_exceedances_expected:increase7d >= 20',
  },
  { record: 'ostiary:signal_below:share7d', expr: share('7d') },
  { record: 'ostiary:signal_below:share28d', expr: share('28d') },
  {
    record: 'ostiary:signal_drift:ks7d',
    expr: 'max by (signal) (abs(ostiary:signal_below:share7d - ostiary:signal_below:share28d))',
  },
]

/** How far each objective fell short, over every window. */
export const errorShares: readonly Recording[] = windows.flatMap((window) =>
  objectives.map(({ id, errors }) => ({
    record: `ostiary:slo_errors:ratio${window}`,
    labels: { slo: id },
    expr: errors(window),
  })),
)

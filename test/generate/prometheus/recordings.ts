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

/** Whether what is scored is still what the model was calibrated on. A day, since hours differ from one another. */
export const drifts: readonly Recording[] = [
  {
    record: 'ostiary:score_exceedances:increase1d',
    expr: 'sum by (bits) (increase(ostiary_score_exceedances_total[1d]))',
  },
  {
    record: 'ostiary:score_exceedances_expected:increase1d',
    expr: 'sum by (bits) (increase(ostiary_score_exceedances_expected_total[1d]))',
  },
  {
    record: 'ostiary:calibration_off:bits1d',
    // Under 20 expected, chance moves it as much as an error would.
    expr: 'log2(ostiary:score_exceedances_expected:increase1d / ostiary:score_exceedances:increase1d) and ostiary:score_exceedances_expected:increase1d >= 20',
  },
  { record: 'ostiary:signal_below:share1d', expr: share('1d') },
  { record: 'ostiary:signal_below:share14d', expr: share('14d') },
  {
    record: 'ostiary:signal_drift:ks1d',
    expr: 'max by (signal) (abs(ostiary:signal_below:share1d - ostiary:signal_below:share14d))',
  },
]

/** Of the events of a window, the share whose surprise by a signal lay under each bound. */
function share(window: string): string {
  const of = (what: string, by: string): string => `sum by (${by}) (increase(ostiary_signal_nats_${what}[${window}]))`
  return `${of('bucket', 'signal, le')} / ignoring (le) group_left () (${of('count', 'signal')} > 0)`
}

/** How far each objective fell short, over every window. */
export const errorShares: readonly Recording[] = windows.flatMap((window) =>
  objectives.map(({ id, errors }) => ({
    record: `ostiary:slo_errors:ratio${window}`,
    labels: { slo: id },
    expr: errors(window),
  })),
)

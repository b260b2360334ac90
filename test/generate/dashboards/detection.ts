import { type Colour, type Dashboard, query } from './dashboard.ts'

/** What was observed and what was expected at so many bits have one colour. */
const pairColours: Readonly<Record<string, Colour>> = Object.fromEntries(
  (['green', 'yellow', 'orange', 'red'] as const).flatMap((colour, position) =>
    ['observed', 'expected'].map((what) => [`${4 + 2 * position} bits ${what}`, colour]),
  ),
)

/** Whether scores mean what they say. */
export const detection: Dashboard = {
  id: 'detection',
  title: 'Ostiary: Detection',
  description: 'For whoever looks after models: scores, calibration, drift, what is in force, what is remembered.',
  rows: [
    {
      title: 'Scores',
      panels: [
        {
          title: 'Scores, spread',
          description: 'Events by score, in bits: each band should hold half of the one before it.',
          ...{ unit: 'short', kind: 'heatmap', width: 24 },
          queries: [query('sum by (le) (increase(ostiary_score_bits_bucket[$__rate_interval]))', '{{le}}', true)],
        },
        {
          title: 'Surprise by signal',
          description:
            'Mean surprise of each signal, in nats. A step is a change of the organisation, of its sources, or of the model of it.',
          ...{ unit: 'short', kind: 'lines', width: 24, runbook: 'model-drift' },
          queries: [
            query(
              'sum by (signal) (rate(ostiary_signal_nats_sum[$__rate_interval])) / sum by (signal) (rate(ostiary_signal_nats_count[$__rate_interval]))',
              '{{signal}}',
            ),
          ],
        },
      ],
    },
    {
      title: 'Calibration',
      panels: [
        {
          title: 'Off by so many bits, over a week',
          description:
            'log₂(expected ÷ observed) at so many bits or more, where 20 or more are expected. Over 0: such scores come too seldom; under 0: too often. Within one bit either way is as promised.',
          ...{ unit: 'short', kind: 'lines', width: 12, runbook: 'calibration-off', limits: { least: -1, red: 1 } },
          queries: [query('ostiary:calibration_off:bits7d{bits=~"2|4|6|8|10|12"}', 'at {{bits}} bits')],
        },
        {
          title: 'Observed and expected, over a week',
          description: 'Events that scored so many bits or more, beside those that should have, dashed: one in 2^bits.',
          ...{ unit: 'short', kind: 'lines', width: 12, isLog: true, runbook: 'calibration-off' },
          ...{ colours: pairColours, dashed: '/expected/' },
          queries: [
            query('ostiary:score_exceedances:increase7d{bits=~"4|6|8|10"}', '{{bits}} bits observed'),
            query('ostiary:score_exceedances_expected:increase7d{bits=~"4|6|8|10"}', '{{bits}} bits expected'),
          ],
        },
      ],
    },
    {
      title: 'Drift',
      panels: [
        {
          title: 'Scores against training',
          description: 'Population stability index of recent events. Under 0.1 is none, over 0.25 is much.',
          ...{ unit: 'short', kind: 'lines', width: 12, runbook: 'model-drift', limits: { yellow: 0.1, red: 0.25 } },
          queries: [query('max by (of) (ostiary_drift_index)', '{{of}}')],
        },
        {
          title: 'Signals against the last four weeks',
          description:
            'Largest distance between a signal’s distribution of the last week and of the last four; the ten furthest.',
          ...{ unit: 'percentunit', kind: 'lines', width: 12, runbook: 'model-drift', limits: { red: 0.15 } },
          queries: [query('topk(10, ostiary:signal_drift:ks7d)', '{{signal}}')],
        },
      ],
    },
    {
      title: 'In force',
      panels: [
        {
          title: 'Models',
          description:
            'Partitions in which each model scores, by role. Two in one role for long: a marker did not arrive everywhere.',
          ...{ unit: 'short', kind: 'table', width: 8, runbook: 'model-refused' },
          columns: { role: 'Role', model: 'Model', Value: 'Partitions' },
          queries: [query('sum by (role, model) (ostiary_model_info)')],
        },
        {
          title: 'Tables',
          description: 'Partitions in which each table is in force. The census changes once a day.',
          ...{ unit: 'short', kind: 'table', width: 8 },
          columns: { service: 'Service', kind: 'Kind', tables: 'Tables', Value: 'Partitions' },
          queries: [query('sum by (service, kind, tables) (ostiary_tables_info)')],
        },
        {
          title: 'Models refused',
          description: 'Markers that did not take effect; what was in force went on.',
          ...{ unit: 'short', kind: 'bars', width: 8, decimals: 0, runbook: 'model-refused' },
          queries: [query('sum by (reason) (increase(ostiary_models_refused_total[$__rate_interval]))', '{{reason}}')],
        },
      ],
    },
    {
      title: 'Remembered',
      panels: [
        {
          title: 'Identities',
          description: 'Identities that detectors remember. At identitiesMax of a partition newcomers share a state.',
          ...{ unit: 'short', kind: 'lines', width: 12 },
          queries: [query('sum by (instance) (ostiary_identities)', '{{instance}}')],
        },
        {
          title: 'Open cases',
          description: 'Cases that may still grow; each closes half an hour after its last strange event.',
          ...{ unit: 'short', kind: 'lines', width: 12 },
          queries: [query('sum by (instance) (ostiary_open_cases)', '{{instance}}')],
        },
      ],
    },
  ],
}

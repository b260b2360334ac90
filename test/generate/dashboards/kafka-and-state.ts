import { type Dashboard, quantiles, query } from './dashboard.ts'

/** What lies between a record and its commit, and what a takeover would cost. */
export const kafkaAndState: Dashboard = {
  id: 'kafka-and-state',
  title: 'Ostiary: Kafka and state',
  description: 'Lag, transactions and groups; snapshots, recoveries and the size of states.',
  rows: [
    {
      title: 'Lag',
      panels: [
        {
          title: 'Behind, in records',
          description:
            'Offsets between what was processed and the end, over the partitions held. Ends of transactions count.',
          ...{ unit: 'short', kind: 'lines', width: 8, runbook: 'falling-behind' },
          queries: [query('sum by (service) (ostiary_lag_records)', '{{service}}')],
        },
        {
          title: 'Behind, in time',
          description: 'How far each service’s worst partition is behind its end.',
          ...{ unit: 's', kind: 'lines', width: 8, runbook: 'falling-behind', limits: { yellow: 60, red: 300 } },
          queries: [query('max by (service) (ostiary_lag_seconds)', '{{service}}')],
        },
        {
          title: 'Partitions',
          description: 'Partitions that each instance holds. An instance with none stands by.',
          ...{ unit: 'short', kind: 'lines', width: 8, decimals: 0 },
          queries: [query('ostiary_partitions', '{{service}} {{instance}}')],
        },
      ],
    },
    {
      title: 'Transactions and groups',
      panels: [
        {
          title: 'Transactions',
          description:
            'Transactions that each service committed, and those of all that failed. Fenced: another instance had taken the partition over.',
          ...{ unit: 'ops', kind: 'lines', width: 8, runbook: 'transactions-fail' },
          colours: { aborted: 'orange', fenced: 'red' },
          queries: [
            query(
              'sum by (service) (rate(ostiary_transactions_total{outcome="committed"}[$__rate_interval]))',
              '{{service}}',
            ),
            query(
              'sum by (outcome) (rate(ostiary_transactions_total{outcome!="committed"}[$__rate_interval]))',
              '{{outcome}}',
            ),
          ],
        },
        {
          title: 'Time of a transaction',
          description: 'From its begin to its commit: mostly the broker’s.',
          ...{ unit: 's', kind: 'lines', width: 8 },
          queries: quantiles('ostiary_transaction_seconds', [0.5, 0.99], 'service').map((one) => ({
            ...one,
            examples: false,
          })),
        },
        {
          title: 'Rebalances',
          description: 'Times partitions were given out anew. Without a deployment there should be none.',
          ...{ unit: 'short', kind: 'bars', width: 8, decimals: 0 },
          queries: [query('sum by (service) (increase(ostiary_rebalances_total[$__rate_interval]))', '{{service}}')],
        },
        {
          title: 'Partitions that are not read',
          description: 'Paused until they are tried again, or waiting for a model or table.',
          ...{ unit: 'short', kind: 'lines', width: 12, decimals: 0, runbook: 'partition-waits' },
          queries: [
            query('sum by (service) (ostiary_paused_partitions)', '{{service}} paused'),
            query('sum by (service) (ostiary_waiting_for_artefact)', '{{service}} waiting'),
          ],
        },
        {
          title: 'Tried again',
          description: 'Attempts made again after a failure that can pass, by action. A few at a start are usual.',
          ...{ unit: 'short', kind: 'bars', width: 12, decimals: 0, runbook: 'not-ready' },
          queries: [query('sum by (what) (increase(ostiary_retries_total[$__rate_interval]))', '{{what}}')],
        },
      ],
    },
    {
      title: 'State',
      panels: [
        {
          title: 'Size of the state',
          description: 'Bytes of its entries, as of the newest snapshot: what a takeover reads at least.',
          ...{ unit: 'bytes', kind: 'lines', width: 8 },
          queries: [query('sum by (service) (ostiary_state_bytes)', '{{service}}')],
        },
        {
          title: 'Entries of the state',
          description: 'One for each identity and open case, for each segment of ids seen, and some more.',
          ...{ unit: 'short', kind: 'lines', width: 8 },
          queries: [query('sum by (service) (ostiary_state_entries)', '{{service}}')],
        },
        {
          title: 'Oldest unsaved change',
          description: 'How long a change waits for a snapshot: a takeover replays what came since.',
          ...{ unit: 's', kind: 'lines', width: 8, runbook: 'snapshot-old' },
          queries: [query('max by (service) (ostiary_snapshot_age_seconds)', '{{service}}')],
        },
        {
          title: 'Snapshots',
          description: 'Snapshots that each service wrote, and those that could not be written.',
          ...{
            unit: 'short',
            kind: 'bars',
            width: 8,
            decimals: 0,
            runbook: 'snapshot-old',
            colours: { failed: 'red' },
          },
          queries: [
            query(
              'sum by (service) (increase(ostiary_snapshots_total{outcome="written"}[$__rate_interval]))',
              '{{service}}',
            ),
            query('sum(increase(ostiary_snapshots_total{outcome="failed"}[$__rate_interval]))', 'failed'),
          ],
        },
        {
          title: 'Size of a snapshot',
          description: 'Bytes that the newest snapshot wrote: only what had changed since the one before.',
          ...{ unit: 'bytes', kind: 'lines', width: 8 },
          queries: [query('sum by (service) (ostiary_snapshot_bytes)', '{{service}}')],
        },
        {
          title: 'Time of a snapshot',
          description: 'From its begin to its manifest; portions of it ride on transactions.',
          ...{ unit: 's', kind: 'lines', width: 8 },
          queries: quantiles('ostiary_snapshot_seconds', [0.5, 0.99], 'service').map((one) => ({
            ...one,
            examples: false,
          })),
        },
      ],
    },
    {
      title: 'Recovery',
      panels: [
        {
          title: 'Recoveries',
          description:
            'States taken over since each instance started, by where they came from. Empty after the first start: snapshots were passed over.',
          ...{ unit: 'short', kind: 'table', width: 8, runbook: 'snapshot-rejected' },
          columns: { service: 'Service', outcome: 'From', Value: 'Recoveries' },
          queries: [query('sum by (service, outcome) (ostiary_recoveries_total) > 0')],
        },
        {
          title: 'Mean time of a recovery',
          description:
            'From the assignment to the first new record, over the time shown. Nothing of that partition is scored meanwhile.',
          ...{ unit: 's', kind: 'number', width: 8 },
          queries: [
            query(
              'sum by (service) (ostiary_recovery_seconds_sum) / sum by (service) (ostiary_recovery_seconds_count)',
              '{{service}}',
            ),
          ],
        },
        {
          title: 'Snapshots passed over',
          description: 'Half-written ones are what a kill leaves. Damaged and foreign ones need a look.',
          ...{ unit: 'short', kind: 'bars', width: 8, decimals: 0, runbook: 'snapshot-rejected' },
          colours: { damaged: 'red', foreign: 'orange', half_written: 'yellow' },
          queries: [
            query('sum by (reason) (increase(ostiary_snapshots_rejected_total[$__rate_interval]))', '{{reason}}'),
          ],
        },
      ],
    },
  ],
}

import { type Colour, type Dashboard, dispositionColours, quantiles, query, severityColours } from './dashboard.ts'

/** What became of an alert that a forwarder was given. */
const outcomeColours: Readonly<Record<string, Colour>> = {
  sent: 'green',
  repeated: 'blue',
  passed_over: 'text',
  refused: 'orange',
  lost: 'red',
}

/** What analysts want to know before they look at alerts themselves. */
export const soc: Dashboard = {
  id: 'soc',
  title: 'Ostiary: SOC',
  description: 'How many alerts of which kind, how late, whether they reach people, and whether the logs still come.',
  rows: [
    {
      title: 'Today',
      panels: [
        {
          title: 'Pages, last 24 hours',
          description:
            'Cases that were paged. The budget is the desk’s alertsPerDay; policies that always page come on top.',
          ...{ unit: 'short', kind: 'number', width: 6, decimals: 0 },
          queries: [query('sum(increase(ostiary_alerts_total{disposition="page"}[24h]))', 'pages')],
        },
        {
          title: 'In the digest, last 24 hours',
          description: 'Cases that were not worth a page, or found no budget.',
          ...{ unit: 'short', kind: 'number', width: 6, decimals: 0 },
          queries: [query('sum(increase(ostiary_alerts_total{disposition="digest"}[24h]))', 'digest')],
        },
        {
          title: 'Budget used',
          description: 'Share of the pages saved up that is spent. At one, cases that deserve a page go to the digest.',
          ...{
            unit: 'percentunit',
            kind: 'number',
            width: 6,
            decimals: 0,
            runbook: 'page-budget-spent',
            limits: { yellow: 0.8, red: 1 },
          },
          queries: [query('1 - sum(ostiary_page_budget_left) / (sum(ostiary_page_budget) > 0)', 'used')],
        },
        {
          title: 'Open cases',
          description: 'Cases that may still grow.',
          ...{ unit: 'short', kind: 'number', width: 6 },
          queries: [query('sum(ostiary_open_cases)', 'open')],
        },
      ],
    },
    {
      title: 'Alerts',
      panels: [
        {
          title: 'Pages by severity',
          description: 'Cases that were paged within each interval.',
          ...{ unit: 'short', kind: 'bars', width: 12, colours: severityColours },
          queries: [
            query(
              'sum by (severity) (increase(ostiary_alerts_total{disposition="page"}[$__rate_interval]))',
              '{{severity}}',
            ),
          ],
        },
        {
          title: 'All cases by disposition',
          description: 'Suppressed ones are told too: a rule that hides much deserves a look.',
          ...{ unit: 'short', kind: 'bars', width: 12, colours: dispositionColours },
          queries: [
            query('sum by (disposition) (increase(ostiary_alerts_total[$__rate_interval]))', '{{disposition}}'),
          ],
        },
        {
          title: 'From the event to the alert',
          description: 'The cloud’s delay and ours. Points name the alert: ostiary explain tells about it.',
          ...{ unit: 's', kind: 'lines', width: 12, runbook: 'alert-latency-burns-budget' },
          queries: quantiles('ostiary_alert_latency_seconds', [0.5, 0.95]),
        },
        {
          title: 'Sent to receivers',
          description:
            'What became of alerts that forwarders were given. Refused and lost ones are in access.alerts only.',
          ...{ unit: 'short', kind: 'bars', width: 12, runbook: 'alerts-lost', colours: outcomeColours },
          queries: [
            query('sum by (outcome) (increase(ostiary_alerts_forwarded_total[$__rate_interval]))', '{{outcome}}'),
          ],
        },
      ],
    },
    {
      title: 'Can it see?',
      panels: [
        {
          title: 'Records that come',
          description: 'What collectors write, a second. Silence may be an attacker’s work.',
          ...{ unit: 'eps', kind: 'lines', width: 8, runbook: 'records-silent' },
          queries: [query('sum(rate(ostiary_records_emitted_total{topic="access.raw"}[$__rate_interval]))', 'records')],
        },
        {
          title: 'Records that cannot be read',
          description: 'Share of records that end as dead letters or are refused at the door, within an hour.',
          ...{ unit: 'percentunit', kind: 'lines', width: 8, runbook: 'completeness-burns-budget' },
          queries: [query('ostiary:slo_errors:ratio1h{slo="completeness"}', 'unreadable')],
        },
        {
          title: 'Waiting to be told',
          description: 'Alerts that forwarders have not passed on yet.',
          ...{ unit: 'short', kind: 'lines', width: 8, runbook: 'receiver-away' },
          queries: [query('sum by (instance) (ostiary_lag_records{service="forwarder"})', '{{instance}}')],
        },
      ],
    },
  ],
}

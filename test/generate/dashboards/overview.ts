import { type Dashboard, dispositionColours, quantiles, query } from './dashboard.ts'

/** Is it working? */
export const overview: Dashboard = {
  id: 'overview',
  title: 'Ostiary: Overview',
  description: 'Whether it works: who is there, how much comes and how late, what is alerted, what is promised.',
  rows: [
    {
      title: 'Now',
      panels: [
        {
          title: 'Services that do their work',
          description: 'Instances that say they are ready. Fewer than you run: look at /readyz of the others.',
          ...{ unit: 'short', kind: 'number', width: 5, runbook: 'not-ready' },
          queries: [query('sum(ostiary_ready)', 'ready')],
        },
        {
          title: 'Events scored',
          description: 'Events that detectors take, a second.',
          ...{ unit: 'eps', kind: 'number', width: 5, decimals: 1 },
          queries: [
            query('sum(rate(ostiary_records_received_total{topic="access.events"}[$__rate_interval]))', 'events'),
          ],
        },
        {
          title: 'Furthest behind',
          description: 'How far the partition that is furthest behind is behind the end of its topic.',
          ...{
            unit: 's',
            kind: 'number',
            width: 5,
            decimals: 0,
            runbook: 'falling-behind',
            limits: { yellow: 60, red: 300 },
          },
          queries: [query('max(ostiary_lag_seconds)', 'behind')],
        },
        {
          title: 'Pages left',
          description: 'Pages that the desk may send now; under one, cases that deserve a page go to the digest.',
          ...{
            unit: 'short',
            kind: 'number',
            width: 5,
            decimals: 1,
            runbook: 'page-budget-spent',
            limits: { least: 1 },
          },
          queries: [query('sum(ostiary_page_budget_left)', 'pages')],
        },
        {
          title: 'Alerts about the service',
          description: 'Rules that fire. They are about Ostiary, not about what it detects.',
          ...{ unit: 'short', kind: 'number', width: 4, limits: { red: 1 } },
          queries: [query('count(ALERTS{alertstate="firing"}) or vector(0)', 'firing')],
        },
      ],
    },
    {
      title: 'Flow',
      panels: [
        {
          title: 'Records taken, by topic',
          description: 'What each topic’s reader takes, a second. access.raw and access.events should go together.',
          ...{ unit: 'eps', kind: 'lines', width: 12, runbook: 'stage-stalled' },
          queries: [query('sum by (topic) (rate(ostiary_records_received_total[$__rate_interval]))', '{{topic}}')],
        },
        {
          title: 'Latency of each stage',
          description:
            'From the append of a record to the commit of what came of it. The way from raw to alert is the sum over three stages.',
          ...{ unit: 's', kind: 'lines', width: 12, isLog: true },
          queries: quantiles('ostiary_event_latency_seconds', [0.5, 0.99], 'service'),
        },
        {
          title: 'Behind the end, by service',
          description:
            'Seconds that each service’s worst partition is behind. It should fall back to nothing within seconds.',
          ...{ unit: 's', kind: 'lines', width: 12, runbook: 'falling-behind', limits: { yellow: 60, red: 300 } },
          queries: [query('max by (service) (ostiary_lag_seconds)', '{{service}}')],
        },
        {
          title: 'Cases by disposition',
          description: 'Cases that were paged, went to the digest or were suppressed, within each interval.',
          ...{ unit: 'short', kind: 'bars', width: 12, colours: dispositionColours },
          queries: [
            query('sum by (disposition) (increase(ostiary_alerts_total[$__rate_interval]))', '{{disposition}}'),
          ],
        },
      ],
    },
    {
      title: 'Promises',
      panels: [
        {
          title: 'Share that fell short, within an hour',
          description: 'Of time or records, by objective. docs/spec/alerts.md says how much a month allows.',
          ...{ unit: 'percentunit', kind: 'lines', width: 12 },
          queries: [query('ostiary:slo_errors:ratio1h', '{{slo}}')],
        },
        {
          title: 'Versions',
          description:
            'Instances by service and version of the code. Two versions of one service for long: an upgrade that stuck.',
          ...{ unit: 'short', kind: 'table', width: 12 },
          columns: { service: 'Service', version: 'Version', Value: 'Instances' },
          queries: [query('count by (service, version) (ostiary_build_info)')],
        },
      ],
    },
  ],
}

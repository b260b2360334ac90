import { type Dashboard, quantiles, query } from './dashboard.ts'

/** What each stage does with its records. */
export const pipeline: Dashboard = {
  id: 'pipeline',
  title: 'Ostiary: Pipeline',
  description: 'Stage by stage: what comes in, goes out, is left out, how long it takes, and what the processes cost.',
  rows: [
    {
      title: 'Records',
      panels: [
        {
          title: 'Received',
          description: 'Records read by each service, a second.',
          ...{ unit: 'eps', kind: 'lines', width: 12 },
          queries: [query('sum by (service) (rate(ostiary_records_received_total[$__rate_interval]))', '{{service}}')],
        },
        {
          title: 'Emitted',
          description:
            'Records written to each topic, a second, once their transaction has committed. access.dlq should stay at nothing.',
          ...{ unit: 'eps', kind: 'lines', width: 12 },
          queries: [query('sum by (topic) (rate(ostiary_records_emitted_total[$__rate_interval]))', '{{topic}}')],
        },
        {
          title: 'Rejected',
          description:
            'Records refused at the door or sent to the dead letters within each interval, by reason. They are kept for a day.',
          ...{ unit: 'short', kind: 'bars', width: 12, runbook: 'completeness-burns-budget' },
          queries: [
            query(
              'sum by (service, reason) (increase(ostiary_records_rejected_total[$__rate_interval])) > 0',
              '{{service}} {{reason}}',
            ),
          ],
        },
        {
          title: 'Left out',
          description:
            'Records that are no events, repeats, and events too late to teach. Many repeats: a sender sends twice.',
          ...{ unit: 'eps', kind: 'lines', width: 12 },
          queries: [
            query('sum by (reason) (rate(ostiary_records_filtered_total[$__rate_interval]))', 'filtered: {{reason}}'),
            query('sum(rate(ostiary_duplicates_total[$__rate_interval]))', 'duplicates'),
            query('sum(rate(ostiary_late_events_total[$__rate_interval]))', 'late'),
          ],
        },
      ],
    },
    {
      title: 'Time',
      panels: [
        {
          title: 'Latency',
          description:
            'From the append of a record to the commit of what came of it. Points name the record, event or alert.',
          ...{ unit: 's', kind: 'lines', width: 12, isLog: true },
          queries: quantiles('ostiary_event_latency_seconds', [0.5, 0.99], 'service'),
        },
        {
          title: 'Latency of the detector, spread',
          description: 'Records by latency. Two bands: some wait for a transaction more than others.',
          ...{ unit: 's', kind: 'heatmap', width: 12 },
          queries: [
            query(
              'sum by (le) (increase(ostiary_event_latency_seconds_bucket{service="detector"}[$__rate_interval]))',
              '{{le}}',
            ),
          ],
        },
        {
          title: 'Operator’s time for a record',
          description: 'What the stage itself takes for one record, without Kafka. It says what one processor can do.',
          ...{ unit: 's', kind: 'lines', width: 8, isLog: true },
          queries: [
            query(
              'sum by (service) (rate(ostiary_processing_seconds_sum[$__rate_interval])) / sum by (service) (rate(ostiary_transaction_records_sum[$__rate_interval]))',
              '{{service}}',
            ),
          ],
        },
        {
          title: 'Operator’s time for a transaction',
          description: 'Nothing else happens meanwhile. Near a second: heartbeats are at risk.',
          ...{ unit: 's', kind: 'lines', width: 8, isLog: true, runbook: 'event-loop-blocked', limits: { red: 1 } },
          queries: quantiles('ostiary_processing_seconds', [0.5, 0.99], 'service'),
        },
        {
          title: 'Records in a transaction',
          description: 'Small ones at low load; at high load as many as transactionEventsMax allows.',
          ...{ unit: 'short', kind: 'lines', width: 8 },
          queries: quantiles('ostiary_transaction_records', [0.5, 0.95], 'service').map((one) => ({
            ...one,
            examples: false,
          })),
        },
      ],
    },
    {
      title: 'Processes',
      panels: [
        {
          title: 'Ready',
          description:
            'Instances of each service whose /readyz says yes. One that does not says there what it waits for.',
          ...{ unit: 'short', kind: 'lines', width: 12, decimals: 0, runbook: 'not-ready' },
          queries: [query('sum by (service) (ostiary_ready)', '{{service}}')],
        },
        {
          title: 'Processor',
          description: 'Processors that each instance uses; Node does its work on one.',
          ...{ unit: 'percentunit', kind: 'lines', width: 12 },
          queries: [
            query(
              'sum by (service, instance) (rate(process_cpu_seconds_total{job="ostiary"}[$__rate_interval]))',
              '{{service}} {{instance}}',
            ),
          ],
        },
        {
          title: 'Memory',
          description: 'Resident memory. It follows the identities of the detector, and should level out.',
          ...{ unit: 'bytes', kind: 'lines', width: 12, runbook: 'service-down' },
          queries: [query('process_resident_memory_bytes{job="ostiary"}', '{{service}} {{instance}}')],
        },
        {
          title: 'Event loop',
          description: 'How late the event loop is, at the 99th percentile.',
          ...{ unit: 's', kind: 'lines', width: 12, runbook: 'event-loop-blocked' },
          queries: [query('nodejs_eventloop_lag_p99_seconds{job="ostiary"}', '{{service}} {{instance}}')],
        },
        {
          title: 'Spans of traces',
          description:
            'Spans that ended, a second, where traces are sent. Failed: the receiver was away or refused them; dropped: too many waited. Records wait for neither.',
          ...{ unit: 'short', kind: 'lines', width: 24 },
          queries: [query('sum by (outcome) (rate(ostiary_trace_spans_total[$__rate_interval]))', '{{outcome}}')],
        },
      ],
    },
  ],
}

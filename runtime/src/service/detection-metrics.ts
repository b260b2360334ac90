import { signals } from '@ostiary/models'
import type { ServiceName } from '../kafka/topics.ts'
import { BucketedHistogram } from './bucketed-histogram.ts'
import type { MetricMaker } from './metric-maker.ts'
import type { DetectionMetrics } from './service-metrics.ts'

/** Whole bits, halving the events from one to the next; cases open and pages come at the upper ones. */
const scoreBuckets: readonly number[] = [1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 25, 30]
/** Nats of one signal: under a half is usual, 12 is as far as any is counted. */
export const signalBuckets: readonly number[] = [0.5, 1, 2, 4, 6, 8, 12]
// A cloud hands its records over after seconds to a quarter of an hour; past events that are read in come after days.
const alertLatencyBuckets = [0.5, 1, 2.5, 5, 15, 60, 300, 900, 1800, 3600, 14_400, 86_400]

const enricherAndDetector: readonly ServiceName[] = ['enricher', 'detector']
const detector: readonly ServiceName[] = ['detector']
const desk: readonly ServiceName[] = ['desk']
const forwarder: readonly ServiceName[] = ['forwarder']

export function detectionMetrics(make: MetricMaker): DetectionMetrics {
  return {
    lateEvents: make.counter(detector, 'ostiary_late_events_total', 'Events too late to teach anything'),
    identities: make.gauge(detector, 'ostiary_identities', 'Identities remembered'),
    openCases: make.gauge(detector, 'ostiary_open_cases', 'Cases that are open'),
    modelInfo: make.gauge(detector, 'ostiary_model_info', 'Partitions in which a model scores, by model and role', [
      'role',
      'model',
    ]),
    tablesInfo: make.gauge(enricherAndDetector, 'ostiary_tables_info', 'Partitions in which tables are in force', [
      'kind',
      'tables',
    ]),
    modelsRefused: make.counter(
      detector,
      'ostiary_models_refused_total',
      'Markers of a model that did not take effect, by reason',
      ['reason'],
    ),
    ...scoreMetrics(make),
    alerts: make.counter(desk, 'ostiary_alerts_total', 'Cases that came to a disposition, by severity then', [
      'severity',
      'disposition',
    ]),
    alertLatencySeconds: make.histogramOfThings(
      desk,
      'ostiary_alert_latency_seconds',
      "Time from an event to the commit of the alert's revision that it brought",
      alertLatencyBuckets,
    ),
    pageBudget: make.gauge(desk, 'ostiary_page_budget', 'Pages a day that the budget allows'),
    pageBudgetLeft: make.gauge(desk, 'ostiary_page_budget_left', 'Pages that may be sent now'),
    alertsForwarded: make.counter(
      forwarder,
      'ostiary_alerts_forwarded_total',
      'Alerts that a forwarder was given, by outcome',
      ['outcome'],
    ),
  }
}

type ScoreMetric = 'scoreBits' | 'signalNats' | 'scoreExceedances' | 'scoreExceedancesExpected' | 'driftIndex'

function scoreMetrics(make: MetricMaker): Pick<DetectionMetrics, ScoreMetric> {
  return {
    scoreBits: make.histogramOfThings(detector, 'ostiary_score_bits', 'Scores of events, in bits', scoreBuckets),
    signalNats: new BucketedHistogram(make.registersOf(detector), {
      name: 'ostiary_signal_nats',
      help: 'Surprise of events by signal, in nats',
      label: 'signal',
      values: signals.map(({ id }) => id),
      buckets: signalBuckets,
    }),
    scoreExceedances: make.counter(
      detector,
      'ostiary_score_exceedances_total',
      'Events that scored so many bits or more',
      ['bits'],
    ),
    scoreExceedancesExpected: make.counter(
      detector,
      'ostiary_score_exceedances_expected_total',
      'Events that should have, by what bits mean',
      ['bits'],
    ),
    driftIndex: make.gauge(
      detector,
      'ostiary_drift_index',
      'Population stability index of recent events against what the model was calibrated on',
      ['of'],
    ),
  }
}

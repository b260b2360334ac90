import { signals } from '@ostiary/models'
import { filterReasons, findingSchema, rejectReasons } from '@ostiary/schemas'
import { type ServiceName, topicNames } from '../kafka/topics.ts'

/** How a transaction ended; `fenced` where another instance has taken the partition over. */
export const transactionOutcomes = ['committed', 'aborted', 'fenced'] as const
/** How a partition's state came to be: from a snapshot, from nothing since there was none, or not at all. */
export const recoveryOutcomes = ['restored', 'empty', 'failed'] as const
export const snapshotOutcomes = ['written', 'failed'] as const
/** Why a snapshot was passed over for an older one. */
export const snapshotDefects = ['damaged', 'half_written', 'foreign'] as const
/** What became of an alert that a forwarder was given. */
export const forwardingOutcomes = ['sent', 'repeated', 'passed_over', 'refused', 'lost'] as const
/** What became of a span: taken by the receiver, refused or not reached, or never sent since too many waited. */
export const spanOutcomes = ['exported', 'failed', 'dropped'] as const
/** Why a model that a marker names does not take effect: codes of errors. */
export const modelRefusals = ['model.invalid', 'model.untrusted'] as const
/** What is tried again after a failure that can pass. */
export const retriedActions = ['connect', 'transaction', 'recovery', 'artefact', 'registry', 'delivery'] as const
/** Whole bits at which scores are compared with what the calibration promises. */
export const calibratedBits = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16] as const
/** What is watched for drifting away from what the model was calibrated on. */
export const drifting = ['score', 'surprise'] as const
export const modelRoles = ['in_force', 'shadow'] as const
export const tableKinds = ['census', 'enrichment'] as const
export const dispositions = ['page', 'digest', 'suppressed'] as const

/** The ends of hashes that a service shows at a time; its partitions may differ while a marker travels. */
export const idsMax = 8
/** Letters of a hash that are shown: enough to tell bodies apart, and as the command line prints them. */
const idLetters = 12

/** A hash as metrics show it; `none` for the empty one. */
export function shortId(id: string): string {
  return id === '' ? 'none' : id.slice(0, idLetters)
}

/** What a label's values are: a list, there from the start where that is said, or so many ends of hashes. */
export type LabelBound =
  | { readonly values: readonly string[]; readonly fromStart: boolean }
  | { readonly idsMax: number; readonly pattern: RegExp }

function listed(values: readonly string[]): LabelBound {
  return { values, fromStart: true }
}
const ids: LabelBound = { idsMax, pattern: /^(?:none|[\w.-]{1,12})$/ }

function symbolsOf(field: 'severity'): readonly string[] {
  const { type } = findingSchema.fields.find(({ name }) => name === field)!
  return (type as { symbols: readonly string[] }).symbols
}

/** Every label of every metric by `metric label`, with what bounds it. None takes its values from a record. */
export const labelBounds: Readonly<Record<string, LabelBound>> = {
  'ostiary_build_info version': { idsMax: 1, pattern: /^\d+\.\d+\.\d+$/ },
  'ostiary_retries_total what': listed(retriedActions),
  'ostiary_records_received_total topic': { values: topicNames, fromStart: false },
  'ostiary_records_emitted_total topic': { values: topicNames, fromStart: false },
  'ostiary_records_rejected_total reason': listed(rejectReasons),
  'ostiary_records_filtered_total reason': listed(filterReasons),
  'ostiary_transactions_total outcome': listed(transactionOutcomes),
  'ostiary_recoveries_total outcome': listed(recoveryOutcomes),
  'ostiary_snapshots_total outcome': listed(snapshotOutcomes),
  'ostiary_snapshots_rejected_total reason': listed(snapshotDefects),
  'ostiary_alerts_forwarded_total outcome': listed(forwardingOutcomes),
  'ostiary_trace_spans_total outcome': listed(spanOutcomes),
  'ostiary_models_refused_total reason': listed(modelRefusals),
  'ostiary_model_info role': { values: modelRoles, fromStart: false },
  'ostiary_model_info model': ids,
  'ostiary_tables_info kind': { values: tableKinds, fromStart: false },
  'ostiary_tables_info tables': ids,
  'ostiary_signal_nats signal': listed(signals.map(({ id }) => id)),
  'ostiary_score_exceedances_total bits': listed(calibratedBits.map(String)),
  'ostiary_score_exceedances_expected_total bits': listed(calibratedBits.map(String)),
  'ostiary_drift_index of': { values: drifting, fromStart: false },
  'ostiary_alerts_total severity': listed(symbolsOf('severity')),
  'ostiary_alerts_total disposition': listed(dispositions),
}

/** The services that run an operator over partitions. */
export const stages: readonly ServiceName[] = ['enricher', 'detector', 'census', 'desk']

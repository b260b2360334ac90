import type { AvroValue } from './avro.ts'

/**
 * A case as the detector reports it: one identity's strange events within a bounded time, with the reasons in words.
 * `(finding_uid, revision)` is unique; the highest revision is the whole truth about the case so far.
 */
export const findingSchema = {
  type: 'record',
  name: 'Finding',
  namespace: 'io.ostiary',
  fields: [
    { name: 'finding_uid', type: 'string', ocsf: 'finding_info.uid', privacy: 'plain' },
    { name: 'revision', type: 'int', ocsf: 'unmapped.ostiary.revision', privacy: 'plain' },
    {
      name: 'activity',
      type: { type: 'enum', name: 'Activity', symbols: ['create', 'update', 'close'] },
      ocsf: 'activity_id',
      privacy: 'plain',
    },
    { name: 'tenant_uid', type: 'string', ocsf: 'metadata.tenant_uid', privacy: 'plain' },
    { name: 'time', type: 'long', ocsf: 'time', privacy: 'plain' },
    { name: 'identity_uid', type: 'string', ocsf: 'unmapped.ostiary.identity', privacy: 'pseudonym' },
    { name: 'identity_type', type: 'string', ocsf: 'evidences.actor.user.type', privacy: 'plain' },
    { name: 'identity_evidence', type: 'string', ocsf: 'unmapped.ostiary.identity_evidence', privacy: 'plain' },
    { name: 'issuer_uid', type: 'string', ocsf: 'evidences.actor.session.issuer', privacy: 'pseudonym' },
    { name: 'team', type: 'string', ocsf: 'evidences.actor.user.org.ou_name', privacy: 'plain' },
    { name: 'zone', type: 'string', ocsf: 'unmapped.ostiary.zone', privacy: 'plain' },
    { name: 'first_event_time', type: 'long', ocsf: 'finding_info.first_seen_time', privacy: 'plain' },
    { name: 'last_event_time', type: 'long', ocsf: 'finding_info.last_seen_time', privacy: 'plain' },
    { name: 'event_count', type: 'int', ocsf: 'count', privacy: 'plain' },
    {
      name: 'evidence',
      ocsf: 'evidences',
      privacy: 'plain',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Evidence',
          fields: [
            { name: 'event_uid', type: 'string', ocsf: 'evidences.uid', privacy: 'plain' },
            { name: 'time', type: 'long', ocsf: 'unmapped.ostiary.evidence.time', privacy: 'plain' },
            { name: 'sha256', type: 'string', ocsf: 'unmapped.ostiary.evidence.sha256', privacy: 'plain' },
            { name: 'operation', type: 'string', ocsf: 'evidences.api.operation', privacy: 'plain' },
            { name: 'outcome', type: 'string', ocsf: 'unmapped.ostiary.evidence.outcome', privacy: 'plain' },
            { name: 'from', type: 'string', ocsf: 'unmapped.ostiary.evidence.from', privacy: 'plain' },
            { name: 'score', type: 'double', ocsf: 'unmapped.ostiary.evidence.score', privacy: 'plain' },
          ],
        },
      },
    },
    { name: 'score', type: 'double', ocsf: 'unmapped.ostiary.score', privacy: 'plain' },
    { name: 'surprise', type: 'double', ocsf: 'unmapped.ostiary.surprise', privacy: 'plain' },
    { name: 'impact', type: 'double', ocsf: 'unmapped.ostiary.impact', privacy: 'plain' },
    { name: 'autoencoder', type: 'double', ocsf: 'unmapped.ostiary.autoencoder', privacy: 'plain' },
    { name: 'extrapolated', type: 'boolean', ocsf: 'unmapped.ostiary.extrapolated', privacy: 'plain' },
    {
      name: 'severity',
      type: {
        type: 'enum',
        name: 'Severity',
        symbols: ['Informational', 'Low', 'Medium', 'High', 'Critical'],
      },
      ocsf: 'severity',
      privacy: 'plain',
    },
    {
      name: 'reasons',
      ocsf: 'unmapped.ostiary.reasons',
      privacy: 'plain',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Reason',
          fields: [
            { name: 'detection', type: 'string', ocsf: 'finding_info.analytic.uid', privacy: 'plain' },
            { name: 'signal', type: 'string', ocsf: 'unmapped.ostiary.reasons.signal', privacy: 'plain' },
            { name: 'bits', type: 'double', ocsf: 'unmapped.ostiary.reasons.bits', privacy: 'plain' },
            { name: 'words', type: 'string', ocsf: 'unmapped.ostiary.reasons.words', privacy: 'plain' },
            { name: 'tactic', type: 'string', ocsf: 'finding_info.attacks.tactic.uid', privacy: 'plain' },
            { name: 'technique', type: 'string', ocsf: 'finding_info.attacks.technique.uid', privacy: 'plain' },
          ],
        },
      },
    },
    {
      name: 'counterfactual',
      ocsf: 'unmapped.ostiary.counterfactual',
      privacy: 'plain',
      type: {
        type: 'array',
        items: {
          type: 'record',
          name: 'Counterfactual',
          fields: [
            { name: 'words', type: 'string', ocsf: 'unmapped.ostiary.counterfactual.words', privacy: 'plain' },
            { name: 'score', type: 'double', ocsf: 'unmapped.ostiary.counterfactual.score', privacy: 'plain' },
          ],
        },
      },
    },
    {
      name: 'policies',
      ocsf: 'finding_info.related_analytics',
      privacy: 'plain',
      type: { type: 'array', items: 'string' },
    },
    { name: 'always', type: 'boolean', ocsf: 'unmapped.ostiary.always', privacy: 'plain' },
    {
      name: 'notes',
      ocsf: 'unmapped.ostiary.notes',
      privacy: 'plain',
      type: { type: 'array', items: 'string' },
    },
    { name: 'model', type: 'string', ocsf: 'unmapped.ostiary.model', privacy: 'plain' },
    { name: 'tables', type: 'string', ocsf: 'unmapped.ostiary.tables', privacy: 'plain' },
    { name: 'code', type: 'string', ocsf: 'metadata.product.version', privacy: 'plain' },
    /** Labels and suppressions that were in force, by hash; `''` for none. */
    { name: 'feedback', type: 'string', default: '', ocsf: 'unmapped.ostiary.feedback', privacy: 'plain' },
  ],
} as const

export type Finding = AvroValue<typeof findingSchema>
export type Severity = Finding['severity']
export type Reason = Finding['reasons'][number]
export type Evidence = Finding['evidence'][number]

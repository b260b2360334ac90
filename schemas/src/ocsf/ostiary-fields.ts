import type { Alert } from '../alert.ts'
import type { JsonObject } from '../source.ts'
import { rfc3339 } from './rfc3339.ts'

/** The name of an identity for a reader who may know it; `undefined` where only the pseudonym is to be shown. */
export type NameOf = (identityUid: string) => string | undefined

/**
 * What an alert says, in Ostiary's own words: the seven keys that name a case (identity, first and last event time in RFC
 * 3339, event ids, score in bits, disposition, revision), then its reasons and where they come from.
 *
 * @param nameOf shows names in the place of the identity's pseudonym
 */
export function ostiaryFields(alert: Alert, nameOf?: NameOf): JsonObject {
  return {
    identity: nameOf?.(alert.identity_uid) ?? alert.identity_uid,
    first_event_time: rfc3339(alert.first_event_time),
    last_event_time: rfc3339(alert.last_event_time),
    event_ids: alert.evidence.map((one) => one.event_uid),
    score: alert.score,
    disposition: alert.disposition,
    revision: alert.revision,
    disposition_reason: alert.disposition_reason,
    identity_type: alert.identity_type,
    identity_evidence: alert.identity_evidence,
    issuer: alert.issuer_uid,
    team: alert.team,
    zone: alert.zone,
    event_count: alert.event_count,
    surprise: alert.surprise,
    impact: alert.impact,
    autoencoder: alert.autoencoder,
    extrapolated: alert.extrapolated,
    reasons: alert.reasons,
    counterfactual: alert.counterfactual,
    policies: alert.policies,
    always: alert.always,
    notes: alert.notes,
    evidence: alert.evidence.map((one) => ({ ...one, time: rfc3339(one.time) })),
    model: alert.model,
    tables: alert.tables,
    code: alert.code,
    feedback: alert.feedback,
  }
}

/** An alert as one flat object: the seven keys that name a case at the top level, beside the rest. */
export function toFlat(alert: Alert, title: string, nameOf?: NameOf): JsonObject {
  return {
    ...ostiaryFields(alert, nameOf),
    title,
    finding_uid: alert.finding_uid,
    activity: alert.activity,
    severity: alert.severity,
    time: rfc3339(alert.time),
    tenant_uid: alert.tenant_uid,
  }
}

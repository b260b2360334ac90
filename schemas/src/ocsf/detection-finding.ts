import type { Alert } from '../alert.ts'
import type { Reason, Severity } from '../finding.ts'
import type { JsonObject } from '../source.ts'
import { type NameOf, ostiaryFields } from './ostiary-fields.ts'

/** Version of OCSF that the form follows. */
export const ocsfVersion = '1.6.0'
const classUid = 2004

/** Names of MITRE ATT&CK, which this room does not hold. */
export interface AttackNames {
  /** Version of the matrix, for example `17`. */
  readonly version: string
  tactic(uid: string): string | undefined
  technique(uid: string): string | undefined
}

export interface DetectionFindingOptions {
  readonly productVersion: string
  /** One line that says who did what. */
  readonly title: string
  readonly attackNames: AttackNames
  /** Shows names in the place of the identity's pseudonym, to readers who may know them. */
  readonly nameOf?: NameOf
}

const activities = { create: [1, 'Create'], update: [2, 'Update'], close: [3, 'Close'] } as const
const severityIds: Readonly<Record<Severity, number>> = { Informational: 1, Low: 2, Medium: 3, High: 4, Critical: 5 }
/** What the desk did, in OCSF's list of dispositions. */
const dispositions = { page: [19, 'Alert'], digest: [17, 'Logged'], suppressed: [16, 'No Action'] } as const
/** Identity types in OCSF's list of user types; the type itself is kept in words. */
const userTypeIds: ReadonlyMap<string, number> = new Map([
  ['human', 1],
  ['root', 2],
  ['cloud_internal', 3],
  ['workload', 4],
  ['ci', 4],
])

/** Most entries of a list derived from reasons; an alert has far fewer. */
const derivedMax = 64

/**
 * An alert as a Detection Finding of OCSF 1.6.0 (class 2004) with the profile `security_control`: plain data, ready for
 * `JSON.stringify`. Times are milliseconds since the Unix epoch, as OCSF has them; under `unmapped.ostiary`, where Ostiary's
 * own fields are, they are RFC 3339.
 */
export function toDetectionFinding(alert: Alert, options: DetectionFindingOptions): JsonObject {
  const [activityId, activityName] = activities[alert.activity]
  const [dispositionId, disposition] = dispositions[alert.disposition]
  const [confidenceId, confidence] = confidenceOf(alert)
  return {
    class_uid: classUid,
    class_name: 'Detection Finding',
    category_uid: 2,
    category_name: 'Findings',
    activity_id: activityId,
    activity_name: activityName,
    type_uid: classUid * 100 + activityId,
    type_name: `Detection Finding: ${activityName}`,
    severity_id: severityIds[alert.severity],
    severity: alert.severity,
    ...statusOf(alert),
    time: alert.time,
    start_time: alert.first_event_time,
    end_time: alert.last_event_time,
    count: alert.event_count,
    message: options.title,
    is_alert: alert.disposition === 'page',
    // Ostiary watches and never intervenes, which OCSF calls allowed.
    action_id: 1,
    action: 'Allowed',
    disposition_id: dispositionId,
    disposition,
    confidence_id: confidenceId,
    confidence,
    risk_score: Math.max(Math.round(alert.score), 0),
    impact_score: Math.max(Math.round(alert.impact), 0),
    metadata: metadataOf(alert, options),
    finding_info: findingInfoOf(alert, options),
    evidences: evidencesOf(alert, options),
    observables: [
      { name: 'evidences.actor.user.uid', type_id: 31, value: alert.identity_uid },
      ...(alert.issuer_uid === ''
        ? []
        : [{ name: 'evidences.actor.session.issuer', type_id: 99, type: 'Other', value: alert.issuer_uid }]),
    ],
    unmapped: { ostiary: ostiaryFields(alert, options.nameOf) },
  }
}

/**
 * The status is the consumer's to set: a new finding is new until somebody looks at it, and a case that closes, because its
 * time is over, is not resolved by that.
 */
function statusOf(alert: Alert): JsonObject {
  return alert.disposition === 'suppressed' ? { status_id: 3, status: 'Suppressed' } : { status_id: 1, status: 'New' }
}

/** A policy states a fact; a score beyond what was measured is extrapolated. */
function confidenceOf(alert: Alert): readonly [number, string] {
  if (alert.policies.length > 0) return [3, 'High']
  return alert.extrapolated ? [1, 'Low'] : [2, 'Medium']
}

function metadataOf(alert: Alert, options: DetectionFindingOptions): JsonObject {
  return {
    version: ocsfVersion,
    profiles: ['security_control'],
    product: { name: 'Ostiary', vendor_name: 'Ostiary', version: options.productVersion },
    uid: `${alert.finding_uid}/${alert.revision}`,
    correlation_uid: alert.finding_uid,
    tenant_uid: alert.tenant_uid,
    sequence: alert.revision,
  }
}

function findingInfoOf(alert: Alert, options: DetectionFindingOptions): JsonObject {
  const analytics = analyticsOf(alert)
  const [first, ...others] = analytics
  return {
    uid: alert.finding_uid,
    title: options.title,
    desc: alert.reasons.map((reason) => reason.words).join('; ') || options.title,
    types: alert.policies.length > 0 ? ['Anomaly', 'Policy'] : ['Anomaly'],
    created_time: alert.first_event_time,
    modified_time: alert.time,
    first_seen_time: alert.first_event_time,
    last_seen_time: alert.last_event_time,
    analytic: first ?? { uid: 'ostiary', name: 'ostiary', type_id: 3, type: 'Statistical' },
    ...(others.length > 0 ? { related_analytics: others } : {}),
    attacks: attacksOf(alert.reasons, options.attackNames),
  }
}

/** The detections behind the reasons, strongest first as the reasons are, then policies that gave no reason. */
function analyticsOf(alert: Alert): readonly JsonObject[] {
  const uids = new Set([...alert.reasons.map((reason) => reason.detection), ...alert.policies])
  uids.delete('')
  return [...uids].slice(0, derivedMax).map((uid) => {
    const isRule = alert.policies.includes(uid)
    return { uid, name: uid, type_id: isRule ? 1 : 3, type: isRule ? 'Rule' : 'Statistical' }
  })
}

function attacksOf(reasons: readonly Reason[], names: AttackNames): readonly JsonObject[] {
  const attacks = new Map<string, JsonObject>()
  for (const { tactic, technique } of reasons) {
    if ((tactic === '' && technique === '') || attacks.size >= derivedMax) continue
    const named = uidAndName(technique, names.technique(technique))
    attacks.set(`${tactic}/${technique}`, {
      ...(tactic === '' ? {} : { tactic: uidAndName(tactic, names.tactic(tactic)) }),
      ...(technique === '' ? {} : { technique: named }),
      // A sub-technique is given twice: most readers look for its id under `technique`.
      ...(technique.includes('.') ? { sub_technique: named } : {}),
      version: names.version,
    })
  }
  return [...attacks.values()]
}

function uidAndName(uid: string, name: string | undefined): JsonObject {
  return name === undefined ? { uid } : { uid, name }
}

/** One artifact per event of the case, each with who did what: OCSF has no actor on the finding itself. */
function evidencesOf(alert: Alert, options: DetectionFindingOptions): readonly JsonObject[] {
  const name = options.nameOf?.(alert.identity_uid)
  const actor = {
    user: {
      uid: alert.identity_uid,
      ...(name === undefined ? {} : { name }),
      type_id: userTypeIds.get(alert.identity_type) ?? (alert.identity_type === 'unknown' ? 0 : 99),
      type: alert.identity_type,
      ...(alert.team === '' ? {} : { org: { name: alert.tenant_uid, ou_name: alert.team } }),
    },
    ...(alert.issuer_uid === '' ? {} : { session: { issuer: alert.issuer_uid } }),
  }
  if (alert.evidence.length === 0) return [{ actor }]
  return alert.evidence.map((one) => ({ uid: one.event_uid, actor, api: { operation: one.operation } }))
}

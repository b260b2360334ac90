import { createHmac } from 'node:crypto'
import type { AccessEvent, Evidence, Finding, Reason } from '@ostiary/schemas'
import { canonicalSha256 } from '@ostiary/schemas'
import type { EventWords } from '../explain/explain-event.ts'
import type { Explanation } from '../explain/explanation.ts'
import { severities, severityOf } from '../score/impact.ts'

/** Most events of a case that are kept as evidence: the first, and those with the highest scores. */
export const evidenceMax = 50
/** Most reasons a case shows. */
export const caseReasonsMax = 8

/** What the detector knows of one event that belongs to a case. */
export interface StrangeEvent {
  readonly event: AccessEvent
  readonly score: number
  readonly surprise: number
  readonly impact: number
  readonly autoencoder: number
  readonly extrapolated: boolean
  readonly policies: readonly string[]
  readonly always: boolean
}

/** Versions a finding was made with. */
export interface Versions {
  readonly model: string
  readonly tables: string
  readonly code: string
  readonly feedback: string
}

/** One identity's running case: plain data, so that it is its own snapshot. */
export interface OpenCase {
  uid: string
  /** Place in the order in which cases were opened. */
  turn: number
  revision: number
  opening: AccessEvent
  firstMs: number
  lastMs: number
  count: number
  evidence: Evidence[]
  best: StrangeEvent
  explanation: Explanation
  impact: number
  reasons: Reason[]
  policies: string[]
  always: boolean
  /** What the last revision that was sent said, to tell whether another is due. */
  sent: { severity: number; bits: number; reasons: number }
}

export function openCase(strange: StrangeEvent, explanation: Explanation, turn: number): OpenCase {
  const { event } = strange
  const uid = createHmac('sha256', event.tenant_uid)
    .update(`${event.identity.uid}\n${event.event_uid}`)
    .digest('hex')
    .slice(0, 32)
  return {
    uid,
    turn,
    revision: 0,
    opening: event,
    firstMs: event.time,
    lastMs: event.time,
    count: 1,
    evidence: [evidenceOf(strange)],
    best: strange,
    explanation,
    impact: strange.impact,
    reasons: explanation.reasons.slice(0, caseReasonsMax),
    policies: [...strange.policies],
    always: strange.always,
    sent: { severity: -1, bits: -1, reasons: 0 },
  }
}

/**
 * Adds an event to a running case. Words are asked for only when the event may tell something, and what would have made it usual only
 * when it is stranger than all before.
 */
export function growCase(held: OpenCase, strange: StrangeEvent, words: EventWords): void {
  held.count += 1
  if (strange.event.time > held.lastMs) held.lastMs = strange.event.time
  if (strange.event.time < held.firstMs) held.firstMs = strange.event.time
  if (strange.impact > held.impact) held.impact = strange.impact
  if (strange.always) held.always = true
  const tellsNews = isNews(held, strange)
  for (const policy of strange.policies) if (!held.policies.includes(policy)) held.policies.push(policy)
  keepEvidence(held.evidence, strange)
  if (!tellsNews) return
  if (strange.score <= held.best.score) {
    mergeReasons(held.reasons, words.reasons())
    return
  }
  held.best = strange
  held.explanation = words.explanation()
  mergeReasons(held.reasons, held.explanation.reasons)
}

/** The case as it is now, for whoever needs it after it has grown. */
export function copyCase(held: OpenCase): OpenCase {
  return { ...held, evidence: [...held.evidence], reasons: [...held.reasons], policies: [...held.policies] }
}

/** Whether a case says anything it did not say before, beyond how many events it has and which. */
export function saysMore(held: OpenCase, before: OpenCase): boolean {
  return (
    held.best !== before.best ||
    held.explanation !== before.explanation ||
    held.impact !== before.impact ||
    held.always !== before.always ||
    held.policies.length !== before.policies.length ||
    held.reasons.length !== before.reasons.length ||
    held.reasons.some((reason, index) => reason !== before.reasons[index])
  )
}

/** Events of a case that are put into words whatever their score. */
const explainedMin = 16
/** Bits under the case's best event up to which a later one is still put into words. */
const explainedBits = 2

/** Whether an event may tell what the case does not say yet: words cost more than scores, and a case can be long. */
function isNews(held: OpenCase, { score, policies }: StrangeEvent): boolean {
  return (
    held.count <= explainedMin ||
    score > held.best.score - explainedBits ||
    policies.some((policy) => !held.policies.includes(policy))
  )
}

/** One reason a signal, and one a policy, each with the highest bits it ever had, most bits first. */
function mergeReasons(held: Reason[], more: readonly Reason[]): void {
  for (const reason of more) {
    const at = held.findIndex(
      (other) => other.signal === reason.signal && (reason.signal !== 'policy' || other.detection === reason.detection),
    )
    if (at < 0) held.push(reason)
    else if (reason.bits > held[at]!.bits || isBetterNamed(reason, held[at]!)) held[at] = reason
  }
  held.sort((a, b) => b.bits - a.bits || (a.detection < b.detection ? -1 : 1))
  if (held.length > caseReasonsMax) held.length = caseReasonsMax
}

/** At the same bits, a detection with a technique says more than a signal alone. */
function isBetterNamed(reason: Reason, other: Reason): boolean {
  return reason.bits === other.bits && reason.technique !== '' && other.technique === ''
}

function keepEvidence(held: Evidence[], strange: StrangeEvent): void {
  if (held.some((other) => other.event_uid === strange.event.event_uid)) return
  if (held.length < evidenceMax) {
    held.push(evidenceOf(strange))
    return
  }
  // The first event opened the case, so it stays.
  let least = 1
  for (let i = 2; i < held.length; i++) if (held[i]!.score < held[least]!.score) least = i
  if (strange.score <= held[least]!.score) return
  held.splice(least, 1)
  held.push(evidenceOf(strange))
}

function evidenceOf({ event, score }: StrangeEvent): Evidence {
  const { src } = event
  const network = src.asn > 0 ? `AS${src.asn} ${src.as_org}`.trim() : src.svc_name || src.network_type
  return {
    event_uid: event.event_uid,
    time: event.time,
    sha256: canonicalSha256(event),
    operation: `${event.api.service}:${event.api.operation}`,
    outcome: event.api.outcome === 'failure' ? event.api.error_code || 'failure' : 'success',
    from: src.country === '' ? network : `${network}, ${src.country}`,
    score,
  }
}

/**
 * The case's next revision, if severity, techniques or whole bits rose since the last one, or if it closes.
 * A function of the case's events, never of batches.
 */
export function nextRevision(
  held: OpenCase,
  closing: boolean,
  timeMs: number,
  versions: Versions,
): Finding | undefined {
  const severity = severityOf({
    surpriseBits: held.best.surprise,
    impactBits: held.impact,
    isPolicy: held.policies.length > 0,
    isAlways: held.always,
  })
  const rank = severities.indexOf(severity)
  const bits = Math.floor(held.best.score)
  const techniques = new Set(held.reasons.map((reason) => reason.technique)).size + held.policies.length
  const rose = rank > held.sent.severity || bits > held.sent.bits || techniques > held.sent.reasons
  if (!rose && !closing) return undefined
  held.revision += 1
  held.sent = { severity: rank, bits, reasons: Math.max(techniques, held.sent.reasons) }
  const { identity } = held.opening
  return {
    finding_uid: held.uid,
    revision: held.revision,
    activity: closing ? 'close' : held.revision === 1 ? 'create' : 'update',
    tenant_uid: held.opening.tenant_uid,
    time: timeMs,
    identity_uid: identity.uid,
    identity_type: identity.type,
    identity_evidence: identity.type_evidence,
    issuer_uid: identity.issuer_uid,
    team: identity.team,
    zone: identity.zone,
    first_event_time: held.firstMs,
    last_event_time: held.lastMs,
    event_count: held.count,
    evidence: [...held.evidence],
    score: held.best.score,
    surprise: held.best.surprise,
    impact: held.impact,
    autoencoder: held.best.autoencoder,
    extrapolated: held.best.extrapolated,
    severity,
    reasons: [...held.reasons],
    counterfactual: held.explanation.counterfactual,
    policies: [...held.policies],
    always: held.always,
    notes: held.explanation.notes,
    model: versions.model,
    tables: versions.tables,
    code: versions.code,
    feedback: versions.feedback,
  }
}

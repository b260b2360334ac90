import type { Alert } from '@ostiary/schemas'

type Json = { readonly [key: string]: unknown }

/**
 * The alert that a line of `--alerts` holds, in either format; `undefined` for a line that holds none. An identity shown
 * by name stays so.
 */
export function alertOfLine(line: string): Alert | undefined {
  let json: Json
  try {
    json = JSON.parse(line) as Json
  } catch {
    return undefined
  }
  if (json === null || typeof json !== 'object') return undefined
  const unmapped = json['unmapped'] as Json | undefined
  const own = (unmapped?.['ostiary'] ?? json) as Json
  const info = json['finding_info'] as Json | undefined
  const metadata = json['metadata'] as Json | undefined
  const uid = info?.['uid'] ?? json['finding_uid']
  if (typeof uid !== 'string' || typeof own['identity'] !== 'string') return undefined
  if (![own['reasons'], own['evidence'], own['counterfactual'], own['notes']].every(isListOfObjectsOrTexts))
    return undefined
  const { identity, issuer, event_ids: _, ...rest } = own
  return {
    ...rest,
    finding_uid: uid,
    activity: json['activity'] ?? String(json['activity_name']).toLowerCase(),
    tenant_uid: metadata?.['tenant_uid'] ?? json['tenant_uid'],
    severity: json['severity'],
    time: timeOf(json['time']),
    first_event_time: timeOf(own['first_event_time']),
    last_event_time: timeOf(own['last_event_time']),
    evidence: (own['evidence'] as Json[]).map((one) => ({ ...one, time: timeOf(one['time']) })),
    identity_uid: identity,
    issuer_uid: issuer,
  } as unknown as Alert
}

function isListOfObjectsOrTexts(value: unknown): boolean {
  return (
    Array.isArray(value) && value.every((one) => typeof one === 'string' || (typeof one === 'object' && one !== null))
  )
}

/** Milliseconds of a time as OCSF (a number) or Ostiary (RFC 3339, of its own writing) has it. */
function timeOf(value: unknown): number {
  return typeof value === 'number' ? value : Date.parse(String(value))
}

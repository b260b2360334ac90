import type { AccessEvent } from '@ostiary/schemas'

/** A property of an event whose values are counted per identity and, in the census, per tenant. */
export interface Field {
  readonly id: FieldId
  /** The value's text; `''` when the event has none, which then surprises nobody and teaches nothing. */
  of(event: AccessEvent): string
  /** Most values held per identity. Together they keep an identity's state under `stateBytesMax`. */
  readonly capacityMax: number
}

export const fieldIds = [
  'action',
  'service',
  'asn',
  'country',
  'subnet',
  'user_agent',
  'hour',
  'region',
  'resource',
  'error',
  'credential',
  'fact',
  'authentication',
] as const
export type FieldId = (typeof fieldIds)[number]

const hours: readonly string[] = Array.from({ length: 24 }, (_, hour) => `${hour}h`)
const hourMs = 3_600_000

/** How the caller proved itself: "console, MFA no", "temporary, MFA unknown, chained". */
function authenticationOf(event: AccessEvent): string {
  const { credential_type: credential, mfa, chained } = event.session
  return `${credential}, MFA ${mfa}${chained ? ', chained' : ''}`
}

/** Where a call came from, as a network: an AS number, a provider's service, or a private network. */
function networkOf(event: AccessEvent): string {
  const src = event.src
  if (src.asn > 0) return `AS${src.asn}`
  if (src.svc_name !== '') return src.svc_name
  return src.network_type === 'private' ? 'private network' : ''
}

export const fields: readonly Field[] = [
  { id: 'action', of: (event) => `${event.api.service}:${event.api.operation}`, capacityMax: 96 },
  { id: 'service', of: (event) => event.api.service, capacityMax: 24 },
  { id: 'asn', of: networkOf, capacityMax: 16 },
  { id: 'country', of: (event) => event.src.country, capacityMax: 8 },
  { id: 'subnet', of: (event) => event.src.subnet_uid, capacityMax: 20 },
  { id: 'user_agent', of: (event) => event.user_agent.family, capacityMax: 12 },
  { id: 'hour', of: (event) => hours[Math.floor(event.time / hourMs) % 24] ?? '', capacityMax: 24 },
  { id: 'region', of: (event) => event.api.region, capacityMax: 8 },
  { id: 'resource', of: (event) => event.resources[0]?.uid ?? '', capacityMax: 24 },
  {
    id: 'error',
    of: (event) => (event.api.outcome === 'failure' ? event.api.error_code || 'failure' : 'success'),
    capacityMax: 8,
  },
  {
    id: 'credential',
    of: (event) => (event.session.credential_type === 'long_term' ? event.session.credential_uid : ''),
    capacityMax: 4,
  },
  { id: 'fact', of: (event) => event.facts[0] ?? '', capacityMax: 8 },
  { id: 'authentication', of: authenticationOf, capacityMax: 6 },
]

/** Index of each field in {@link fields} and in a moment's values. */
export const fieldIndex: Readonly<Record<FieldId, number>> = Object.fromEntries(
  fieldIds.map((id, index) => [id, index]),
) as Record<FieldId, number>

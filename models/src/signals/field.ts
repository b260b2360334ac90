import type { AccessEvent } from '@ostiary/schemas'
import { hash32, hash32OfParts } from '../sketches/hash.ts'

/** A property of an event whose values are counted per identity and, in the census, per tenant. */
export interface Field {
  readonly id: FieldId
  /** The value's text; `''` when the event has none, which then surprises nobody and teaches nothing. */
  of(event: AccessEvent): string
  /** `hash32` of that text, and 0 for `''`; the shortest way there, since every event is asked for all of them. */
  hash(event: AccessEvent): number
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

const hourHashes: readonly number[] = hours.map(hash32)
const successHash = hash32('success')

function hourOf(event: AccessEvent): number {
  return Math.floor(event.time / hourMs) % 24
}

function hashOf(text: string): number {
  return text === '' ? 0 : hash32(text)
}

/** How the caller proved itself: "console, MFA no", "temporary, MFA unknown, chained". */
function authenticationOf(event: AccessEvent): string {
  return `${event.session.credential_type}, MFA ${authenticationTailOf(event)}`
}

function authenticationTailOf({ session }: AccessEvent): string {
  if (!session.chained) return session.mfa
  return session.mfa === 'yes' ? 'yes, chained' : session.mfa === 'no' ? 'no, chained' : 'unknown, chained'
}

/** Where a call came from, as a network: an AS number, a provider's service, or a private network. */
function networkOf(event: AccessEvent): string {
  const src = event.src
  if (src.asn > 0) return `AS${src.asn}`
  if (src.svc_name !== '') return src.svc_name
  return src.network_type === 'private' ? 'private network' : ''
}

/** A field whose hash has no shorter way than its text. */
function plain(id: FieldId, capacityMax: number, of: (event: AccessEvent) => string): Field {
  return { id, capacityMax, of, hash: (event) => hashOf(of(event)) }
}

export const fields: readonly Field[] = [
  {
    id: 'action',
    of: (event) => `${event.api.service}:${event.api.operation}`,
    hash: (event) => hash32OfParts(event.api.service, ':', event.api.operation),
    capacityMax: 96,
  },
  plain('service', 24, (event) => event.api.service),
  plain('asn', 16, networkOf),
  plain('country', 8, (event) => event.src.country),
  plain('subnet', 20, (event) => event.src.subnet_uid),
  plain('user_agent', 12, (event) => event.user_agent.family),
  {
    id: 'hour',
    of: (event) => hours[hourOf(event)] ?? '',
    hash: (event) => hourHashes[hourOf(event)] ?? 0,
    capacityMax: 24,
  },
  plain('region', 8, (event) => event.api.region),
  plain('resource', 24, (event) => event.resources[0]?.uid ?? ''),
  {
    id: 'error',
    of: (event) => (event.api.outcome === 'failure' ? event.api.error_code || 'failure' : 'success'),
    hash: (event) => (event.api.outcome === 'failure' ? hash32(event.api.error_code || 'failure') : successHash),
    capacityMax: 8,
  },
  plain('credential', 4, (event) =>
    event.session.credential_type === 'long_term' ? event.session.credential_uid : '',
  ),
  plain('fact', 8, (event) => event.facts[0] ?? ''),
  {
    id: 'authentication',
    of: authenticationOf,
    hash: (event) => hash32OfParts(event.session.credential_type, ', MFA ', authenticationTailOf(event)),
    capacityMax: 6,
  },
]

/** Index of each field in {@link fields} and in a moment's values. */
export const fieldIndex: Readonly<Record<FieldId, number>> = Object.fromEntries(
  fieldIds.map((id, index) => [id, index]),
) as Record<FieldId, number>

import { type AccessEvent, dateText } from '@ostiary/schemas'
import { fieldIndex } from '../signals/field.ts'
import type { Moment } from '../signals/signal.ts'
import type { Reading } from './detection.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000
const minuteMs = 60_000

/** Longest value that is quoted in words; what is longer is cut. */
export const quoteLengthMax = 80
/** Decayed count under which a value counts as not used: once seen, and half forgotten. */
const forgottenCount = 0.5

/** Whether a code unit would steer a terminal or the direction of a line rather than show. */
function steers(code: number): boolean {
  const control = code < 0x20 || (code >= 0x7f && code <= 0x9f)
  const direction = (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e)
  return control || direction || (code >= 0x2066 && code <= 0x2069)
}

/** A value of an event, short enough to read and safe to print: whoever sends events may choose it. */
export function quote(text: string): string {
  const short = text.length <= quoteLengthMax ? text : `${text.slice(0, quoteLengthMax - 1)}…`
  let clean = ''
  for (let i = 0; i < short.length; i++) clean += steers(short.charCodeAt(i)) ? '?' : short[i]
  return clean
}

/** `2 days`, `1 day`. */
export function plural(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

/** A number as one says it: whole from ten on, one decimal below. */
export function plainNumber(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10)
}

/** A length of time in its largest sensible unit: `3 h`, `12 min`, `4 days`. */
export function duration(ms: number): string {
  if (ms < minuteMs) return 'less than a minute'
  if (ms < hourMs) return `${Math.round(ms / minuteMs)} min`
  if (ms < 2 * dayMs) return `${Math.round(ms / hourMs)} h`
  return plural(Math.round(ms / dayMs), 'day')
}

/** Whole days between the identity's first event and this one. */
export function knownDays(reading: Reading): number {
  const { event, firstMs } = reading.moment
  return Math.max(Math.floor((event.time - firstMs) / dayMs), 0)
}

/** Whether the identity does not use the value: never, or so long ago that it has faded. */
export function isNew(reading: Reading): boolean {
  return reading.value !== '' && reading.ownCount < forgottenCount
}

/** " in 41 days", or " in the 212 days it has been known": what "first" is measured against. */
export function since(reading: Reading): string {
  const { ownFull, ownLastDay, moment } = reading
  if (ownLastDay >= 0 && moment.day > ownLastDay) return ` in ${plural(moment.day - ownLastDay, 'day')}`
  const days = knownDays(reading)
  if (days === 0) return ' by an identity known for less than a day'
  const memory = ownFull > 0 ? `, of which the ${ownFull} most usual are kept` : ''
  return ` in the ${plural(days, 'day')} it has been known${memory}`
}

/** Whether it is known what is usual in the tenant: from a closed day, or from the model. */
export function isTenantKnown(moment: Moment): boolean {
  return moment.census.total(fieldIndex.action) > 0
}

/** "; nobody else in the tenant used it lately": how usual the value is in the tenant. Nothing while that is not known. */
export function inTenant(reading: Reading): string {
  if (!isTenantKnown(reading.moment)) return ''
  const uses = reading.tenantCount
  if (uses < forgottenCount) return '; nobody else in the tenant used it lately'
  const few = reading.peerCount >= 0 && reading.peerCount < forgottenCount ? ', none of them by its peers' : ''
  return `; in the tenant about ${plural(Math.round(uses) || 1, 'use')} lately, one per identity and day${few}`
}

/** The action as service and operation: `cloudtrail:StopLogging`. */
export function actionOf(event: AccessEvent): string {
  return quote(`${event.api.service}:${event.api.operation}`)
}

/** Where an event came from, as a network: `AS14061 (Example Hosting)`, a service's name, `a private network`. */
export function networkOf(event: AccessEvent): string {
  const { asn, as_org: organisation, svc_name: service, network_type: type } = event.src
  if (asn > 0) return organisation === '' ? `AS${asn}` : `AS${asn} (${quote(organisation)})`
  if (service !== '') return quote(service)
  return type === 'private' ? 'a private network' : 'an unknown network'
}

/** What kind of network an event came from, for people. */
export function networkKind(event: AccessEvent): string {
  switch (event.src.network_type) {
    case 'access':
      return 'a home, office or mobile network'
    case 'hosting':
      return 'a hosting network'
    case 'vpn':
      return 'a VPN network'
    case 'tor':
      return 'the Tor network'
    case 'cloud':
      return 'a cloud network'
    case 'private':
      return 'a private network'
    case 'provider_service':
      return 'a service of the provider'
    default:
      return 'an unknown network'
  }
}

/** The client, for people: a family nobody knows is only a pseudonym. */
export function clientOf(event: AccessEvent): string {
  const { family } = event.user_agent
  return family.startsWith('other:') ? 'a client of unknown make' : quote(family)
}

/** `2025-03-03 09:00 UTC`. */
export function utc(timeMs: number): string {
  const days = Math.floor(timeMs / dayMs)
  const minutes = Math.floor((timeMs - days * dayMs) / minuteMs)
  return `${dateText(days)} ${two(Math.floor(minutes / 60))}:${two(minutes % 60)} UTC`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

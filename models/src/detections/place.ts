import type { Detection, Reading } from './detection.ts'
import {
  actionOf,
  clientOf,
  duration,
  inTenant,
  isNew,
  isTenantKnown,
  networkKind,
  networkOf,
  plainNumber,
  plural,
  quote,
  since,
} from './wording.ts'

const cloudAccounts = 'T1078.004'

/** Speed from which a journey is called impossible, in nats of the travel signal: about 800 km/h. */
const impossibleNats = 3

/** Mark of a value that the rest of the tenant does not use either. */
const strangerCount = 0.5

/** Signed in or called from a place, a network, a client or a time that is not the identity's own. */
export const placeDetections: readonly Detection[] = [
  {
    id: 'first_country_for_tenant',
    signal: 'new_value.country',
    natsMin: 4,
    attack: { tactic: 'TA0001', technique: cloudAccounts },
    when: 'nobody in the tenant acted from this country lately',
    applies: (reading) => isNew(reading) && isTenantKnown(reading.moment) && reading.tenantCount < strangerCount,
    words: (reading) => `first time anybody in the tenant acts from ${quote(reading.value)}, as far as is remembered`,
  },
  {
    id: 'console_login_from_new_country',
    signal: 'new_value.country',
    natsMin: 3,
    attack: { tactic: 'TA0001', technique: cloudAccounts },
    when: 'the identity signs in to the console from a country it never acted from',
    applies: (reading) => isNew(reading) && isConsoleLogin(reading) && succeeded(reading),
    words: (reading) => `first console sign-in from ${quote(reading.value)}${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'refused_from_new_country',
    signal: 'new_value.country',
    natsMin: 3,
    attack: { tactic: 'TA0006', technique: 'T1110' },
    when: 'the first the identity does in a country it never acted from is refused',
    applies: (reading) => isNew(reading) && !succeeded(reading),
    words: (reading) =>
      `first attempt from ${quote(reading.value)}, refused (${quote(reading.moment.event.api.error_code || 'failure')}),${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'first_country_for_identity',
    signal: 'new_value.country',
    natsMin: 3,
    attack: { tactic: 'TA0001', technique: cloudAccounts },
    when: 'the identity never acted from this country, or not for so long that it has faded',
    applies: isNew,
    words: (reading) => `first time from ${quote(reading.value)}${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'uncommon_country_for_identity',
    signal: 'new_value.country',
    natsMin: 3,
    attack: { tactic: 'TA0001', technique: cloudAccounts },
    when: 'the identity acted from this country before, but seldom',
    applies: (reading) => reading.value !== '' && !isNew(reading),
    words: (reading) =>
      `from ${quote(reading.value)}, as seldom before: ${plainNumber(reading.ownCount)} of ${plainNumber(reading.ownTotal)} events it remembers`,
  },
  {
    id: 'impossible_travel',
    signal: 'travel',
    natsMin: impossibleNats,
    attack: { tactic: 'TA0001', technique: cloudAccounts },
    when: 'two countries at least 500 km apart, in less time than a flight takes (about 800 km/h), from access networks, and not a pair the identity is usually in at once',
    applies: (reading) => reading.journey !== undefined,
    words: (reading) => journeyWords(reading),
  },
  {
    id: 'sensitive_action_from_new_network',
    signal: 'new_value.asn',
    natsMin: 3,
    attack: { tactic: 'TA0004', technique: cloudAccounts },
    when: 'permissions are changed, a secret is read or audit logging is touched from an autonomous system or service the identity never used',
    applies: (reading) => isNew(reading) && isSensitive(reading),
    words: (reading) => {
      const { event } = reading.moment
      return `${actionOf(event)}, and that for the first time from ${networkOf(event)}, ${networkKind(event)},${since(reading)}${inTenant(reading)}`
    },
  },
  {
    id: 'discovery_from_anonymous_network',
    signal: 'new_value.asn',
    natsMin: 3,
    attack: { tactic: 'TA0007', technique: 'T1580' },
    when: 'the identity lists or reads from a VPN or the Tor network that it never used',
    applies: (reading) => {
      const { api, src } = reading.moment.event
      const looks = api.access_level === 'list' || api.access_level === 'read'
      return isNew(reading) && looks && (src.network_type === 'vpn' || src.network_type === 'tor')
    },
    words: (reading) => {
      const { event } = reading.moment
      return `looks around from ${networkKind(event)} (${networkOf(event)}) for the first time${since(reading)}${inTenant(reading)}`
    },
  },
  {
    id: 'first_network_for_identity',
    signal: 'new_value.asn',
    natsMin: 3,
    attack: { tactic: 'TA0001', technique: cloudAccounts },
    when: 'the identity never acted from this autonomous system or service',
    applies: isNew,
    words: (reading) => {
      const { event } = reading.moment
      return `first time from ${networkOf(event)}, ${networkKind(event)},${since(reading)}${inTenant(reading)}`
    },
  },
  {
    id: 'long_term_key_from_new_network',
    signal: 'new_value.subnet',
    natsMin: 3,
    attack: { tactic: 'TA0001', technique: cloudAccounts },
    when: 'a long-term access key is used from a subnet the identity never used',
    applies: (reading) => isNew(reading) && reading.moment.event.session.credential_type === 'long_term',
    words: (reading) =>
      `long-term key used from an address range not seen before (${networkOf(reading.moment.event)})${since(reading)}`,
  },
  {
    id: 'first_user_agent_for_identity',
    signal: 'new_value.user_agent',
    natsMin: 3,
    attack: { tactic: 'TA0001', technique: cloudAccounts },
    when: 'the identity never used this client program',
    applies: isNew,
    words: (reading) => `first time with ${clientOf(reading.moment.event)}${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'first_region_for_identity',
    signal: 'new_value.region',
    natsMin: 3,
    attack: { tactic: 'TA0005', technique: 'T1535' },
    when: 'the identity never acted in this cloud region',
    applies: isNew,
    words: (reading) => `first action in region ${quote(reading.value)}${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'unusual_hour',
    signal: 'new_value.hour',
    natsMin: 4,
    attack: { tactic: 'TA0001', technique: cloudAccounts },
    when: 'a person who is known for at least 40 events acts in an hour of the day in which they hardly ever do',
    applies: (reading) =>
      reading.ownCount < 1 && reading.ownTotal >= 40 && isPerson(reading.moment.event.identity.type),
    words: (reading) => `active at ${hourWords(reading.value)}, hardly ever before`,
  },
  {
    id: 'many_networks',
    signal: 'spread.networks',
    natsMin: 1.5,
    attack: { tactic: 'TA0011', technique: 'T1090' },
    when: 'six or more address ranges within the hour, and more than the identity usually has',
    applies: (reading) => reading.count >= 6,
    words: (reading) =>
      `${reading.count} different address ranges within the hour, where ${plural(Math.round(reading.meanCount), 'range')} are usual`,
  },
]

function succeeded(reading: Reading): boolean {
  return reading.moment.event.api.outcome === 'success'
}

function isConsoleLogin(reading: Reading): boolean {
  return reading.moment.event.facts.includes('console.login')
}

function isSensitive({ moment: { event } }: Reading): boolean {
  const { access_level: level } = event.api
  return level === 'permissions' || event.facts.includes('secret.read') || event.facts.includes('audit.disabled')
}

function isPerson(type: string): boolean {
  return type === 'human' || type === 'root' || type === 'unknown'
}

function journeyWords(reading: Reading): string {
  const journey = reading.journey
  if (journey === undefined) return ''
  const km = Math.round(journey.distanceKm / 100) * 100
  return `in ${quote(journey.to)} ${duration(journey.gapMs)} after ${quote(journey.from)}: at least ${km} km apart`
}

/** `7h` is the field's name of the hour from 07:00 to 08:00 UTC. */
function hourWords(value: string): string {
  const hour = value.slice(0, -1).padStart(2, '0')
  return `${hour}:00 to ${hour}:59 UTC`
}

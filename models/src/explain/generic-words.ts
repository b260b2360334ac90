import type { Reading } from '../detections/detection.ts'
import {
  actionOf,
  clientOf,
  duration,
  networkKind,
  networkOf,
  plainNumber,
  plural,
  quote,
} from '../detections/wording.ts'
import { type FieldId, fieldIds } from '../signals/field.ts'

/** What a value of each field is called. Pseudonyms and what stands for a person are not quoted. */
const nouns: Readonly<Record<FieldId, (reading: Reading) => string>> = {
  action: ({ value }) => quote(value),
  service: ({ value }) => `the service ${quote(value)}`,
  asn: ({ moment }) => `${networkOf(moment.event)}, ${networkKind(moment.event)},`,
  country: ({ value }) => `the country ${quote(value)}`,
  subnet: () => 'this address range',
  user_agent: ({ moment }) => clientOf(moment.event),
  hour: ({ value }) => `the hour from ${value.slice(0, -1)}:00 UTC`,
  region: ({ value }) => `the region ${quote(value)}`,
  resource: () => 'this resource',
  error: ({ value }) => (value === 'success' ? 'success' : `the error ${quote(value)}`),
  credential: () => 'this long-term key',
  fact: ({ moment }) => `an action like ${actionOf(moment.event)}`,
  authentication: ({ value }) => `a credential of this kind (${quote(value)})`,
}

/** What each counting signal counts. */
const units: Readonly<Record<string, string>> = {
  'burst.events': 'event',
  'burst.changes': 'change',
  'burst.failures': 'failed call',
  'burst.deletions': 'deletion',
  'burst.secrets': 'secret read',
  'burst.data_reads': 'data read',
  'spread.actions': 'different action',
  'spread.denied': 'different failed action',
  'spread.networks': 'different address range',
}

function seldom(field: FieldId, reading: Reading): string {
  const noun = nouns[field](reading)
  const total = Math.round(reading.ownTotal)
  if (total === 0) return `${noun} is what an identity without a past begins with`
  if (reading.ownCount < 0.5) return `${noun} is new for this identity`
  const count = Math.max(Math.round(reading.ownCount), 1)
  return `${noun} is seldom for this identity: about ${count} of ${plural(total, 'remembered event')}`
}

/**
 * Puts a signal's reading into words when no row of the detection table does: the question it asked, and the counts that
 * answered it.
 */
export function genericWords(signalId: string, reading: Reading): string {
  const field = fieldIds.find((id) => signalId === `new_value.${id}`)
  if (field !== undefined) return seldom(field, reading)
  const unit = units[signalId]
  if (unit !== undefined)
    return `${plural(reading.count, unit)} within the hour, where ${plainNumber(reading.meanCount)} are usual`
  const { journey, silence, session, moment } = reading
  if (journey !== undefined)
    return `in ${quote(journey.to)} ${duration(journey.gapMs)} after ${quote(journey.from)}, faster than most journeys`
  if (silence !== undefined)
    return `silent for ${plural(Math.floor(silence.silentDays), 'day')}, longer than is usual for this identity`
  if (session !== undefined && session.grade > 0) return 'a session used away from where it began'
  return `${actionOf(moment.event)} seldom follows what this identity did within the hour`
}

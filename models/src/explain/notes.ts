import { dateText } from '@ostiary/schemas'
import type { ReadingOf } from '../detections/reading.ts'
import { duration, isTenantKnown, knownDays, networkKind, plural, quote } from '../detections/wording.ts'
import type { Moment } from '../signals/signal.ts'

/** Under this age, in days, or mass, in events, an identity's own past says little. */
const coldStartDays = 7
const coldStartEvents = 50
/** Under this age, in days, an identity may be a new joiner or a new program. */
const newcomerDays = 14
/** Delay from which an event counts as late; what logs usually take is under it. */
const lateNoteMs = 3_600_000
/** Age, in days, from which what is known of the tenant counts as old. */
const tenantOldDays = 3
/** Shorter distances need no explanation by travel. */
const journeyKmMin = 500

/** Circumstances that an analyst must know to weigh the reasons, in the order of their weight. */
export function notesOf(moment: Moment, readingOf: ReadingOf): readonly string[] {
  return [
    pastNote(moment, readingOf),
    tenantNote(moment),
    travelNote(readingOf),
    networkNote(moment),
    serviceNote(moment),
    outcomeNote(moment),
    lateNote(moment),
    typeNote(moment),
  ].filter((note) => note !== '')
}

function pastNote(moment: Moment, readingOf: ReadingOf): string {
  const days = knownDays(readingOf('new_value.action'))
  const events = Math.round(moment.mass)
  if (moment.mass === 0) return 'first event of this identity: the estimate leans on the tenant'
  if (days < coldStartDays || events < coldStartEvents)
    return `known for ${plural(days, 'day')}, ${plural(events, 'event')}: the estimate leans on the tenant`
  return days < newcomerDays ? `first seen ${days} days ago: may be a new joiner or a new program` : ''
}

function tenantNote(moment: Moment): string {
  if (!isTenantKnown(moment)) return 'no day of this tenant has closed yet: what is usual in it is not known'
  const { day } = moment.census.body
  if (day < 0) return 'what is usual in the tenant comes from the model: no day has closed yet'
  return moment.day - day >= tenantOldDays ? `what is usual in the tenant dates from ${dateText(day)}` : ''
}

function travelNote(readingOf: ReadingOf): string {
  const { journey, nats } = readingOf('travel')
  if (journey === undefined || nats > 0 || journey.distanceKm < journeyKmMin) return ''
  return `was in ${quote(journey.from)} ${duration(journey.gapMs)} earlier: time enough for the journey, so this may be travel`
}

function networkNote({ event }: Moment): string {
  const { network_type: type } = event.src
  const hides = type === 'vpn' || type === 'hosting' || type === 'tor'
  return hides ? `${networkKind(event)}: its country says little about where the caller is` : ''
}

function serviceNote({ event }: Moment): string {
  if (event.src.network_type !== 'provider_service') return ''
  return `called by ${quote(event.src.svc_name || 'a service of the provider')}, by itself or on the identity's behalf`
}

function outcomeNote({ event }: Moment): string {
  return event.api.outcome === 'failure' ? `the call did not succeed (${quote(event.api.error_code || 'failure')})` : ''
}

function lateNote({ event }: Moment): string {
  if (event.late_ms < lateNoteMs) return ''
  return `arrived ${duration(event.late_ms)} late: measured against what had been learnt by then`
}

function typeNote({ event }: Moment): string {
  const { type, type_evidence: evidence } = event.identity
  return type === 'unknown' ? `not known whether a person or a program (${quote(evidence || 'no evidence')})` : ''
}

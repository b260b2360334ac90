import { type BurstState, burstCounts } from '../signals/burst.ts'
import { type DormancyState, silenceOf } from '../signals/dormancy.ts'
import { type FieldId, fieldIndex, fields } from '../signals/field.ts'
import { signals } from '../signals/index.ts'
import { priorShare, priorWeight } from '../signals/new-value.ts'
import { type SessionSpreadState, sessionReading } from '../signals/session-spread.ts'
import type { Moment } from '../signals/signal.ts'
import { type SpreadSignal, type SpreadState, spreadCounts } from '../signals/spread.ts'
import { journeyFrom, type TravelState } from '../signals/travel.ts'
import type { ValueCounter } from '../sketches/value-counter.ts'
import type { Reading } from './detection.ts'

const indexById: ReadonlyMap<string, number> = new Map(signals.map((signal, index) => [signal.id, index]))

/** Place of a signal in {@link signals}; −1 when there is none of that id. */
export function signalIndex(signalId: string): number {
  return indexById.get(signalId) ?? -1
}

/** What a signal saw of an event, with the state that it read. */
export type ReadingOf = (signalId: string) => Reading

/**
 * Readings of one moment by signal.
 *
 * @param slots the identity's state by signal, in the order of `signals`, as it was when the event was scored: before it
 *   was observed or learnt
 * @param nats surprise by signal, in the same order
 */
export function readingsOf(moment: Moment, slots: readonly unknown[], nats: Float64Array): ReadingOf {
  const known = new Map<string, Reading>()
  return (signalId) => {
    const held = known.get(signalId)
    if (held !== undefined) return held
    const index = signalIndex(signalId)
    if (index < 0) throw new RangeError(`Cannot read unknown signal "${signalId}"`)
    const reading = { ...blank(moment, nats[index]!), ...detailsOf(signalId, moment, slots[index]) }
    known.set(signalId, reading)
    return reading
  }
}

function blank(moment: Moment, nats: number): Reading {
  return {
    moment,
    nats,
    value: '',
    ownCount: 0,
    ownLastDay: -1,
    ownTotal: 0,
    ownFull: 0,
    tenantCount: 0,
    peerCount: -1,
    count: 0,
    meanCount: 0,
    usualName: '',
    usualNats: -1,
    journey: undefined,
    silence: undefined,
    session: undefined,
  }
}

function detailsOf(signalId: string, moment: Moment, slot: unknown): Partial<Reading> {
  const dot = signalId.indexOf('.')
  switch (dot < 0 ? signalId : signalId.slice(0, dot)) {
    case 'new_value':
      return valueDetails(signalId.slice(dot + 1) as FieldId, moment, slot as ValueCounter)
    case 'burst': {
      const { count, mean } = burstCounts(slot as BurstState, moment.hour)
      return { count, meanCount: mean, usualNats: 0 }
    }
    case 'spread': {
      const { field } = signals[signalIndex(signalId)] as unknown as SpreadSignal
      const { count, mean } = spreadCounts(slot as SpreadState, moment.hour, moment.values[fieldIndex[field]]!)
      return { count, meanCount: mean, usualNats: 0 }
    }
    case 'travel':
      return { journey: journeyFrom((slot as TravelState).seen, moment), usualNats: 0 }
    case 'dormancy':
      return { silence: silenceOf(moment, slot as DormancyState), usualNats: 0 }
    case 'session_spread':
      return { session: sessionReading(moment, slot as SessionSpreadState), usualNats: 0 }
    default:
      return { usualNats: 0 }
  }
}

function valueDetails(fieldId: FieldId, moment: Moment, counter: ValueCounter): Partial<Reading> {
  const field = fieldIndex[fieldId]
  const hash = moment.values[field]!
  const usual = counter.heaviest()
  return {
    value: fields[field]!.of(moment.event),
    ownCount: counter.weight(hash),
    ownLastDay: counter.lastDay(hash),
    ownTotal: counter.total,
    ownFull: counter.size === counter.capacityMax ? counter.capacityMax : 0,
    tenantCount: moment.census.count(field, hash),
    peerCount: fieldId === 'action' ? moment.census.peerCount(moment.peerGroup, hash) : -1,
    usualName: usual === 0 ? '' : moment.census.name(field, usual),
    usualNats: usual === 0 ? -1 : valueNats(field, usual, moment, counter),
  }
}

/** What `new_value` would have said of another value. */
function valueNats(field: number, hash: number, moment: Moment, counter: ValueCounter): number {
  const own = counter.weight(hash) + priorWeight * priorShare(moment, field, hash)
  return Math.max(-Math.log(own / (counter.total + priorWeight)), 0)
}

import type { ByteReader, ByteWriter } from '../sketches/byte-codec.ts'
import { hash32, hashPair } from '../sketches/hash.ts'
import { ValueCounter } from '../sketches/value-counter.ts'
import { countryCentroids } from './country-centroids.ts'
import { greatCircleKm } from './great-circle.ts'
import type { Moment, Signal } from './signal.ts'

/** Speed, door to door, that no journey is doubted for. */
const doubtedSpeedKmh = 500
/** Scale of the exponential law of faster speeds: 800 km/h costs 3 nats. */
const speedScaleKmh = 100
/** Shorter distances are an address book's error more often than a journey. */
const distanceKmMin = 500
/** Times closer than this are told apart by nobody's clock. */
const gapMsMin = 60_000
/** Two addresses at once, an ocean apart, cost this much. */
export const travelNatsMax = 12
/** Pairs of countries an identity is known to be in at once. */
const usualPairsMax = 4
/** Weight of the law of speed in the identity's own estimate, in jumps. */
const priorWeight = 2

const hourMs = 3_600_000

/** Where and when an identity was. */
export interface Sighting {
  /** ISO 3166-1 alpha-2 code; `''` before the first event from a known place. */
  country: string
  timeMs: number
}

/** Where an identity was last, and between which countries it usually jumps. */
export interface TravelState {
  readonly seen: Sighting
  /** The last sighting whose event taught: only a jump between two of these becomes usual. */
  readonly taught: Sighting
  readonly usual: ValueCounter
}

/** What an event implies of a journey. */
export interface Journey {
  readonly from: string
  readonly to: string
  /** Between the nearest edges of the two countries. */
  readonly distanceKm: number
  readonly gapMs: number
  readonly speedKmh: number
}

/** Clouds, hosting, VPNs and services are everywhere: their addresses do not tell where a person is. */
function tellsPlace(moment: Moment): boolean {
  const { network_type: type, country } = moment.event.src
  return (type === 'access' || type === 'unknown') && countryCentroids.has(country)
}

/** The journey from a sighting to the event; undefined when it was in the same country or either place is not known. */
export function journeyFrom(sighting: Sighting, moment: Moment): Journey | undefined {
  const { src, time } = moment.event
  if (sighting.country === '' || src.country === sighting.country || !tellsPlace(moment)) return undefined
  const here = countryCentroids.get(src.country)!
  const there = countryCentroids.get(sighting.country)!
  const distanceKm = Math.max(greatCircleKm(here.point, there.point) - here.radiusKm - there.radiusKm, 0)
  // A late event lies before the last one: the way back is as long.
  const gapMs = Math.abs(time - sighting.timeMs)
  const speedKmh = distanceKm / (Math.max(gapMs, gapMsMin) / hourMs)
  return { from: sighting.country, to: src.country, distanceKm, gapMs, speedKmh }
}

/** −ln of the chance that an honest journey is at least this fast. */
function speedNats(journey: Journey): number {
  if (journey.distanceKm < distanceKmMin || journey.speedKmh <= doubtedSpeedKmh) return 0
  return Math.min((journey.speedKmh - doubtedSpeedKmh) / speedScaleKmh, travelNatsMax)
}

function pairOf({ from, to }: Journey): number {
  return from < to ? hashPair(hash32(from), hash32(to)) : hashPair(hash32(to), hash32(from))
}

/**
 * Could one person have travelled from the last country to this one in the time between? An exponential law of speeds
 * over 500 km/h, mixed with the identity's own habit: whoever is in two countries at once every week (a gateway abroad,
 * an account of two offices) surprises nobody:
 *
 *     s = min(v, −ln((c + 2 exp(−v)) / (n + 2))),   v = (speed − 500 km/h) / 100 km/h
 *
 * with c the decayed count of jumps between the two countries and n of all jumps.
 */
export const travel: Signal<TravelState> = {
  id: 'travel',
  init: () => ({
    seen: { country: '', timeMs: 0 },
    taught: { country: '', timeMs: 0 },
    usual: new ValueCounter(usualPairsMax),
  }),
  surprise(moment, state) {
    const journey = journeyFrom(state.seen, moment)
    const physical = journey === undefined ? 0 : speedNats(journey)
    if (journey === undefined || physical === 0) return 0
    const own = state.usual.weight(pairOf(journey))
    const nats = -Math.log((own + priorWeight * Math.exp(-physical)) / (state.usual.total + priorWeight))
    return Math.min(Math.max(nats, 0), physical)
  },
  observe: (moment, state) => sight(state.seen, moment),
  learn(moment, state, weight) {
    const journey = journeyFrom(state.taught, moment)
    if (journey !== undefined && speedNats(journey) > 0) state.usual.learn(pairOf(journey), weight, moment.day)
    sight(state.taught, moment)
  },
  decay: (state, factor) => state.usual.decay(factor),
  encode(state, writer) {
    encodeSighting(state.seen, writer)
    encodeSighting(state.taught, writer)
    state.usual.encode(writer)
  },
  decode(reader, state) {
    decodeSighting(reader, state.seen)
    decodeSighting(reader, state.taught)
    state.usual.decode(reader)
  },
}

function sight(sighting: Sighting, moment: Moment): void {
  if (!tellsPlace(moment) || moment.event.time < sighting.timeMs) return
  sighting.country = moment.event.src.country
  sighting.timeMs = moment.event.time
}

function encodeSighting({ country, timeMs }: Sighting, writer: ByteWriter): void {
  writer.u8(country === '' ? 0 : country.charCodeAt(0))
  writer.u8(country === '' ? 0 : country.charCodeAt(1))
  writer.f64(timeMs)
}

/** Countries by the number that their two letters make, so that no text is made of bytes each time a state is read. */
const countries: ReadonlyMap<number, string> = new Map([
  [0, ''],
  ...[...countryCentroids.keys()].map((code): [number, string] => [
    code.charCodeAt(0) * 256 + code.charCodeAt(1),
    code,
  ]),
])

function decodeSighting(reader: ByteReader, sighting: Sighting): void {
  const letters = reader.u8() * 256 + reader.u8()
  const country = countries.get(letters)
  if (country === undefined) throw new RangeError(`Cannot read the country ${letters} of a sighting: no such letters`)
  sighting.country = country
  sighting.timeMs = reader.f64()
}

import type { AccessEvent } from '@ostiary/schemas'
import type { ByteReader, ByteWriter } from '../sketches/byte-codec.ts'
import { hash32 } from '../sketches/hash.ts'
import { fieldIndex } from './field.ts'
import type { Moment, Signal } from './signal.ts'

/** Sessions of an identity that are followed at a time; the one longest without an event makes room. */
const sessionsMax = 4
/** Most networks and user agents of one session that are told apart. */
const networksMax = 4
const userAgentsMax = 3
/** Highest grade that is told apart. */
const gradeMax = 3
/** Chance that a session of an identity nobody knows yet goes up one more grade. */
const priorGradeChance = 0.04
/** Weight of that expectation, in sessions. */
const priorWeight = 4

const networkField = fieldIndex.asn
const userAgentField = fieldIndex.user_agent

/** A few of the different values of a running session, first seen first: low halves of their hashes. */
interface Seen {
  readonly lows: Uint16Array
  size: number
}

/** A running session: the networks and user agents it was used from. */
interface RunningSession {
  hash: number
  readonly networks: Seen
  readonly userAgents: Seen
  /** Highest grade that an event taught as usual. */
  taughtGrade: number
}

/** The identity's running sessions, oldest use first, and how many ended sessions reached each grade. */
export interface SessionSpreadState {
  /** Places for `sessionsMax` sessions. */
  readonly running: RunningSession[]
  /** How many of the places are taken. */
  size: number
  /** Decayed counts of ended sessions by the grade they reached at least: index 0 counts all. */
  readonly ended: number[]
}

/** Hash of the event's session; 0 when it has none or comes from where a session may be used in passing. */
function sessionHash(event: AccessEvent): number {
  const { credential_type: credential, uid } = event.session
  if (uid === '' || credential === 'long_term' || credential === 'service' || credential === 'none') return 0
  const { network_type: network } = event.src
  return network === 'provider_service' || network === 'private' ? 0 : hash32(uid)
}

/** How a moment lies in its session. */
export interface SessionReading {
  readonly networks: number
  readonly userAgents: number
  /** 0: as it began. Each further network is one more; each further user agent as well once the network has changed. */
  readonly grade: number
}

const asBegan: SessionReading = { networks: 1, userAgents: 1, grade: 0 }

/** Where the event lies in its session, itself included. */
export function sessionReading(moment: Moment, state: SessionSpreadState): SessionReading {
  const hash = sessionHash(moment.event)
  const network = moment.values[networkField]!
  if (hash === 0 || network === 0) return asBegan
  const session = sessionOf(state, hash)
  if (session === undefined || session.networks.size === 0 || session.networks.lows[0] === low(network)) return asBegan
  const networks = session.networks.size + (has(session.networks, network) ? 0 : 1)
  const userAgent = moment.values[userAgentField]!
  const isNewAgent = userAgent !== 0 && !has(session.userAgents, userAgent)
  const userAgents = session.userAgents.size + (isNewAgent ? 1 : 0)
  const grade = networks - 1 + (userAgents > 1 ? userAgents - 1 : 0)
  return { networks, userAgents, grade: Math.min(grade, gradeMax) }
}

function low(hash: number): number {
  return hash & 0xffff
}

/** Where a session lies among those that run; −1 where it does not. */
function placeOf({ running, size }: SessionSpreadState, hash: number): number {
  for (let at = 0; at < size; at++) if (running[at]!.hash === hash) return at
  return -1
}

function sessionOf(state: SessionSpreadState, hash: number): RunningSession | undefined {
  const at = placeOf(state, hash)
  return at < 0 ? undefined : state.running[at]
}

function has({ lows, size }: Seen, hash: number): boolean {
  for (let i = 0; i < size; i++) if (lows[i] === low(hash)) return true
  return false
}

function newSession(): RunningSession {
  return {
    hash: 0,
    networks: { lows: new Uint16Array(networksMax), size: 0 },
    userAgents: { lows: new Uint16Array(userAgentsMax), size: 0 },
    taughtGrade: 0,
  }
}

/**
 * Is one session used from more places than this identity's sessions usually are? A stolen token shows as a second network
 * and a second user agent in the same session. −ln of the share of the identity's own sessions that reached this grade,
 * smoothed by a fixed expectation:
 *
 *     s = −ln((c[grade] + 4 · 0.04^grade) / (c[0] + 4))
 *
 * Only events away from where the session began are surprising: the owner's own stay at 0.
 */
export const sessionSpread: Signal<SessionSpreadState> = {
  id: 'session_spread',
  init: () => ({ running: Array.from({ length: sessionsMax }, newSession), size: 0, ended: [0, 0, 0, 0] }),
  surprise(moment, state) {
    const { grade } = sessionReading(moment, state)
    if (grade === 0) return 0
    let expected = priorWeight
    for (let i = 0; i < grade; i++) expected *= priorGradeChance
    const nats = -Math.log((state.ended[grade]! + expected) / (state.ended[0]! + priorWeight))
    return Math.max(nats, 0)
  },
  observe(moment, state) {
    const hash = sessionHash(moment.event)
    if (hash === 0) return
    const session = newest(state, placeOf(state, hash))
    session.hash = hash
    keep(session.networks, moment.values[networkField]!)
    keep(session.userAgents, moment.values[userAgentField]!)
  },
  learn(moment, state) {
    const hash = sessionHash(moment.event)
    const session = hash === 0 ? undefined : sessionOf(state, hash)
    if (session === undefined) return
    const { grade } = sessionReading(moment, state)
    if (grade > session.taughtGrade) session.taughtGrade = grade
  },
  decay(state, factor) {
    for (let grade = 0; grade <= gradeMax; grade++) state.ended[grade] = state.ended[grade]! * factor
  },
  encode(state, writer) {
    for (const count of state.ended) writer.f64(count)
    writer.u8(state.size)
    for (let at = 0; at < state.size; at++) {
      const session = state.running[at]!
      writer.u32(session.hash)
      writer.u8(session.taughtGrade)
      encodeSeen(session.networks, writer)
      encodeSeen(session.userAgents, writer)
    }
  },
  decode(reader, state) {
    for (let grade = 0; grade <= gradeMax; grade++) state.ended[grade] = reader.f64()
    state.size = bounded(reader.u8(), sessionsMax)
    for (let at = 0; at < state.size; at++) {
      const session = state.running[at]!
      session.hash = reader.i32()
      session.taughtGrade = bounded(reader.u8(), gradeMax)
      decodeSeen(session.networks, reader)
      decodeSeen(session.userAgents, reader)
    }
  },
}

/**
 * Moves a session behind all others, as the one used last. Where it does not run yet (`at` < 0) it takes an empty place, and where there
 * is none that of the session longest without an event, which ends.
 */
function newest(state: SessionSpreadState, at: number): RunningSession {
  const { running } = state
  if (at < 0 && state.size < sessionsMax) {
    const empty = running[state.size++]!
    begin(empty)
    return empty
  }
  const from = Math.max(at, 0)
  const session = running[from]!
  for (let i = from; i < state.size - 1; i++) running[i] = running[i + 1]!
  running[state.size - 1] = session
  if (at < 0) {
    end(session, state.ended)
    begin(session)
  }
  return session
}

function begin(session: RunningSession): void {
  session.networks.size = 0
  session.userAgents.size = 0
  session.taughtGrade = 0
}

function end(session: RunningSession, ended: number[]): void {
  for (let grade = 0; grade <= session.taughtGrade; grade++) ended[grade] = ended[grade]! + 1
}

function keep(seen: Seen, hash: number): void {
  if (hash !== 0 && seen.size < seen.lows.length && !has(seen, hash)) seen.lows[seen.size++] = low(hash)
}

function encodeSeen({ lows, size }: Seen, writer: ByteWriter): void {
  writer.u8(size)
  for (let i = 0; i < size; i++) writer.u16(lows[i]!)
}

function decodeSeen(seen: Seen, reader: ByteReader): void {
  seen.size = bounded(reader.u8(), seen.lows.length)
  for (let i = 0; i < seen.size; i++) seen.lows[i] = reader.u16()
}

function bounded(size: number, max: number): number {
  if (size > max) throw new RangeError(`Cannot hold ${size} of a session where ${max} are kept`)
  return size
}

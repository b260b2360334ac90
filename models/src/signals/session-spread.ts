import type { AccessEvent } from '@ostiary/schemas'
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

/** A running session: low halves of the hashes of the networks and user agents it was used from, first use first. */
interface RunningSession {
  hash: number
  readonly networks: number[]
  readonly userAgents: number[]
  /** Highest grade that an event taught as usual. */
  taughtGrade: number
}

/** The identity's running sessions, oldest use first, and how many ended sessions reached each grade. */
export interface SessionSpreadState {
  readonly running: RunningSession[]
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
  const session = state.running.find((other) => other.hash === hash)
  if (session === undefined || session.networks.length === 0 || session.networks[0] === low(network)) return asBegan
  const networks = session.networks.length + (session.networks.includes(low(network)) ? 0 : 1)
  const userAgent = moment.values[userAgentField]!
  const isNewAgent = userAgent !== 0 && !session.userAgents.includes(low(userAgent))
  const userAgents = session.userAgents.length + (isNewAgent ? 1 : 0)
  const grade = networks - 1 + (userAgents > 1 ? userAgents - 1 : 0)
  return { networks, userAgents, grade: Math.min(grade, gradeMax) }
}

function low(hash: number): number {
  return hash & 0xffff
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
  init: () => ({ running: [], ended: [0, 0, 0, 0] }),
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
    const { running } = state
    const at = running.findIndex((other) => other.hash === hash)
    const session = at < 0 ? { hash, networks: [], userAgents: [], taughtGrade: 0 } : running.splice(at, 1)[0]!
    if (at < 0 && running.length >= sessionsMax) end(running.shift()!, state.ended)
    running.push(session)
    keep(session.networks, moment.values[networkField]!, networksMax)
    keep(session.userAgents, moment.values[userAgentField]!, userAgentsMax)
  },
  learn(moment, state) {
    const hash = sessionHash(moment.event)
    const session = hash === 0 ? undefined : state.running.find((other) => other.hash === hash)
    if (session === undefined) return
    const { grade } = sessionReading(moment, state)
    if (grade > session.taughtGrade) session.taughtGrade = grade
  },
  decay(state, factor) {
    for (let grade = 0; grade <= gradeMax; grade++) state.ended[grade] = state.ended[grade]! * factor
  },
  encode(state, writer) {
    for (const count of state.ended) writer.f64(count)
    writer.u8(state.running.length)
    for (const session of state.running) {
      writer.u32(session.hash)
      writer.u8(session.taughtGrade)
      writer.u8(session.networks.length)
      for (const network of session.networks) writer.u16(network)
      writer.u8(session.userAgents.length)
      for (const userAgent of session.userAgents) writer.u16(userAgent)
    }
  },
  decode(reader) {
    const ended = [reader.f64(), reader.f64(), reader.f64(), reader.f64()]
    const size = bounded(reader.u8(), sessionsMax)
    const running: RunningSession[] = []
    for (let i = 0; i < size; i++) {
      const session = {
        hash: reader.i32(),
        taughtGrade: bounded(reader.u8(), gradeMax),
        networks: [] as number[],
        userAgents: [] as number[],
      }
      const networks = bounded(reader.u8(), networksMax)
      for (let j = 0; j < networks; j++) session.networks.push(reader.u16())
      const userAgents = bounded(reader.u8(), userAgentsMax)
      for (let j = 0; j < userAgents; j++) session.userAgents.push(reader.u16())
      running.push(session)
    }
    return { running, ended }
  },
}

function end(session: RunningSession, ended: number[]): void {
  for (let grade = 0; grade <= session.taughtGrade; grade++) ended[grade] = ended[grade]! + 1
}

function keep(seen: number[], hash: number, max: number): void {
  if (hash !== 0 && seen.length < max && !seen.includes(low(hash))) seen.push(low(hash))
}

function bounded(size: number, max: number): number {
  if (size > max) throw new RangeError(`Cannot hold ${size} of a session where ${max} are kept`)
  return size
}

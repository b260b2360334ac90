import type { AccessEvent } from '@ostiary/schemas'
import type { Silence } from '../signals/dormancy.ts'
import type { SessionReading } from '../signals/session-spread.ts'
import type { Moment } from '../signals/signal.ts'
import type { Journey } from '../signals/travel.ts'

/** MITRE ATT&CK (Enterprise, cloud) ids a detection points at. */
export interface Attack {
  /** `TA0001` */
  readonly tactic: string
  /** `T1078.004` */
  readonly technique: string
}

/** What a detection may look at when it decides whether it applies and puts a reading into words. */
export interface Reading {
  readonly moment: Moment
  /** Nats of the detection's signal for this event. */
  readonly nats: number
  /** The event's value of the signal's field; `''` for signals that read no single field. */
  readonly value: string
  /** What the identity's own state says of the value: decayed count, and day last seen (−1: not held). */
  readonly ownCount: number
  readonly ownLastDay: number
  /** Decayed number of events behind the identity's own count. */
  readonly ownTotal: number
  /** Values the identity's state holds when it is full, so that a value may have been forgotten; 0 while it is not. */
  readonly ownFull: number
  /** Decayed count of the value over the tenant's established identities, once per identity and day. */
  readonly tenantCount: number
  /** The same over the identity's peer group; −1 for fields that are not counted by peers. */
  readonly peerCount: number
  /** Running count for burst and spread signals; 0 for others. */
  readonly count: number
  /** Mean count of the identity's active hours for burst and spread signals; 0 for others. */
  readonly meanCount: number
  /** The identity's most usual value by name, `''` where the tenant's dictionary does not know it. */
  readonly usualName: string
  /** Nats the signal would give for the identity's most usual value; −1 when the identity has none yet. */
  readonly usualNats: number
  /** What the signals `travel`, `dormancy` and `session_spread` saw. */
  readonly journey: Journey | undefined
  readonly silence: Silence | undefined
  readonly session: SessionReading | undefined
}

/** A row of the detection table: a question (signal) that gets a name, a technique and words. */
export interface Detection {
  /** Stable id in snake case: `first_country_for_identity`. */
  readonly id: string
  /** The signal it reads. */
  readonly signal: string
  /** Nats from which it applies. */
  readonly natsMin: number
  readonly attack: Attack
  /** When it applies, for the table in the documentation. */
  readonly when: string
  applies(reading: Reading): boolean
  /** "first use of cloudtrail:StopLogging in 212 days": no personal value, checkable by an analyst. */
  words(reading: Reading): string
}

/** A row of the policy table: a fact that matters whoever does it. */
export interface Policy {
  readonly id: string
  readonly attack: Attack
  /** Bits it adds to impact, ≥ 0. */
  readonly impactBits: number
  /** Pages outside the budget, at most once per identity, policy and day. */
  readonly always: boolean
  /** About the action alone, so that an identity which keeps doing it gives no news: see `routineEvents`. */
  readonly mayBeRoutine: boolean
  /** When it applies, for the table in the documentation. */
  readonly when: string
  applies(event: AccessEvent): boolean
  words(event: AccessEvent): string
}

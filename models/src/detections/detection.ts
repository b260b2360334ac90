import type { AccessEvent } from '@ostiary/schemas'
import type { Moment } from '../signals/signal.ts'

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
  /** What the identity's own state says of the value: decayed count, and day last seen (−1: never). */
  readonly ownCount: number
  readonly ownLastDay: number
  /** Decayed number of events behind the identity's own count. */
  readonly ownTotal: number
  /** Decayed count of the value over the tenant's established identities. */
  readonly tenantCount: number
  /** Running count for burst and spread signals; 0 for others. */
  readonly count: number
  /** Mean count of the identity's active hours for burst and spread signals; 0 for others. */
  readonly meanCount: number
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
  applies(reading: Reading): boolean
  /** "first use of cloudtrail:StopLogging in 212 days" : no personal value, checkable by an analyst. */
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
  applies(event: AccessEvent): boolean
  words(event: AccessEvent): string
}

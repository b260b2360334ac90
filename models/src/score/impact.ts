import type { AccessEvent, AccessLevel, Severity } from '@ostiary/schemas'

/** Bits of impact of an action by what it gives: reading is cheap to undo, permissions are not. */
const accessLevelBits: Readonly<Record<AccessLevel, number>> = {
  unknown: 0.5,
  list: 0,
  read: 0.5,
  tagging: 0.5,
  write: 1.5,
  permissions: 2.5,
}
const privilegeBits = { unknown: 0, standard: 0, privileged: 0.5, admin: 1 } as const
/** Bits per step of criticality (0 to 4) of the most critical resource touched. */
const criticalityStepBits = 0.5
/** Share of the impact of an action that was refused. */
const refusedShare = 0.5
export const impactBitsMax = 10

/** How bad an event would be if it were an attack, in bits. */
export interface ActionImpact {
  /** Of the action: access level, criticality of what it touches, privilege of who acts. */
  readonly actionBits: number
  /** Of the policies that apply. */
  readonly policyBits: number
}

/** How bad the event would be if it were an attack, in bits: access level, criticality, privilege, and policies. */
export function impactOf(event: AccessEvent, policyBits: number): ActionImpact {
  let criticality = 0
  for (const resource of event.resources) if (resource.criticality > criticality) criticality = resource.criticality
  const action = accessLevelBits[event.api.access_level] * (event.api.outcome === 'failure' ? refusedShare : 1)
  const actionBits = action + criticality * criticalityStepBits + privilegeBits[event.identity.privilege]
  return { actionBits, policyBits }
}

/** Both parts of an impact together, in bits. */
export function impactBitsOf({ actionBits, policyBits }: ActionImpact): number {
  const bits = actionBits + policyBits
  return Math.min(bits, impactBitsMax)
}

/** What a case's severity is read from. */
export interface SeverityFacts {
  readonly surpriseBits: number
  readonly impactBits: number
  /** Whether a policy applies, and one of those that always page. */
  readonly isPolicy: boolean
  readonly isAlways: boolean
}

/** Severity by surprise and impact together, in OCSF's words. A policy is a fact, so it never counts for nothing. */
export function severityOf({ surpriseBits, impactBits, isPolicy, isAlways }: SeverityFacts): Severity {
  const bits = surpriseBits + impactBits
  if (bits >= 22) return 'Critical'
  if (bits >= 17) return 'High'
  if (bits >= 13 || isAlways) return 'Medium'
  if (bits >= 9 || isPolicy) return 'Low'
  return 'Informational'
}

export const severities: readonly Severity[] = ['Informational', 'Low', 'Medium', 'High', 'Critical']

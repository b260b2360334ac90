import type { Config } from '@ostiary/runtime'
import type { PrincipalName } from '@ostiary/runtime/kafka'
import type { Admin } from 'kafkajs'

/** What a check came to. */
export interface Outcome {
  /** `skipped` where what it looks at is not set, or cannot be asked: no fault, and nothing is known either. */
  readonly state: 'ok' | 'warning' | 'failure' | 'skipped'
  /** What was found; for a warning or a failure also what to do. */
  readonly detail: string
}

/** A check by its name, and what it came to. */
export interface CheckRow extends Outcome {
  readonly check: string
}

/** What is examined. */
export interface Patient {
  readonly config: Config
  readonly env: NodeJS.ProcessEnv
  readonly keyFile: string
  /** Whether somebody named the key, or is to run the service that has one: then it has to be there. */
  readonly keyNeeded: boolean
  /** Whose rights are to be looked at. */
  readonly principal: PrincipalName | undefined
  readonly principalPrefix: string
  /** Gives the same connection to the cluster each time. */
  readonly admin: () => Promise<Admin>
}

/** One question. It changes nothing of what it asks about. */
export interface Check {
  readonly name: string
  /** Checks before it that must not have failed. */
  readonly after?: readonly string[]
  readonly run: (patient: Patient) => Outcome | Promise<Outcome>
}

export function ok(detail: string): Outcome {
  return { state: 'ok', detail }
}

export function warning(detail: string): Outcome {
  return { state: 'warning', detail }
}

export function failure(detail: string): Outcome {
  return { state: 'failure', detail }
}

export function skipped(detail: string): Outcome {
  return { state: 'skipped', detail }
}

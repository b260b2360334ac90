import type { Alert } from '@ostiary/schemas'

/**
 * Where alerts go. Idempotent by (finding_uid, revision): the highest revision is what is true, and a repeat changes
 * nothing. Pushes back by its promises, and has everything written when `close` resolves.
 */
export interface Sink {
  /** What kind of sink this is: its name in configuration, metrics and the registry. */
  readonly id: string
  /** Takes an alert. To be awaited before the next one. */
  write(alert: Alert): Promise<void>
  /** Writes out what is held and lets go of everything. */
  close(): Promise<void>
}

/** Turns an alert into one line of text without a line break. */
export type AlertLine = (alert: Alert) => string

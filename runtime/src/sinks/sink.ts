import type { Alert } from '@ostiary/schemas'

/**
 * Where alerts go. Idempotent by (finding_uid, revision): the highest revision is what is true, and a repeat changes
 * nothing. Pushes back by its promises, and has everything written when `close` resolves.
 */
export interface Sink {
  /** What kind of sink this is: its name in configuration, metrics and the registry. */
  readonly id: string
  /** Findings that found no room, of a sink that holds them until it is closed. */
  readonly leftOut?: number
  /** Takes an alert. To be awaited before the next one. */
  write(alert: Alert): Promise<void>
  /** Writes out what is held and lets go of everything. */
  close(): Promise<void>
}

/**
 * A sink that passes alerts on while it is open, each revision in its turn. When one of its promises rejects with a
 * retriable error, whatever was written since the last `flush` that resolved has to be written again.
 */
export interface ForwardingSink extends Sink {
  readonly counts: Readonly<SinkCounts>
  /** Resolves when the other side has confirmed everything that was written, or refused it for good. */
  flush(): Promise<void>
}

/** What became of alerts, by name of the outcome, since the sink was opened. */
export interface SinkCounts {
  /** Confirmed by the other side. */
  sent: number
  /** Not sent, since this revision or a newer one had been. */
  repeated: number
  /** Not sent, since the sink is not for their disposition. */
  passedOver: number
  /** Refused for good by the other side. */
  refused: number
  /** Known to be lost on the way, where the protocol has no repeats. */
  lost: number
  /** Attempts made again; no alert's outcome. */
  retries: number
}

export function newSinkCounts(): SinkCounts {
  return { sent: 0, repeated: 0, passedOver: 0, refused: 0, lost: 0, retries: 0 }
}

/** Turns an alert into one line of text without a line break. */
export type AlertLine = (alert: Alert) => string

import { setTimeout as pause } from 'node:timers/promises'
import { OstiaryError } from '@ostiary/schemas'
import type { Logger } from '../log/logger.ts'

/** What an attempt came to: `away` may be mended by time, `refused` never. */
export type Attempt =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'refused'; readonly why: string }
  | { readonly outcome: 'away'; readonly why: string; readonly afterMs?: number | undefined }

export interface RetryOptions {
  readonly log: Logger
  /** Ends the attempts, and the one under way. */
  readonly signal?: AbortSignal | undefined
  /** How long a delivery is tried before it is given up; without it, until it is taken or the signal aborts. */
  readonly giveUpMs?: number | undefined
  /** Longest wait before the second attempt; each further wait may be twice as long. */
  readonly retryFirstMs?: number | undefined
  readonly retryMaxMs?: number | undefined
  readonly onRetry?: (() => void) | undefined
  /** The receiver is away, with the reason, or answers again. */
  readonly onAway?: ((why: string | undefined) => void) | undefined
}

const firstMsByDefault = 500
const maxMsByDefault = 60_000
/** Longest wait that a receiver can ask for. */
const afterMsMax = 3_600_000

/**
 * Tries until the other side takes or refuses what it is given. Waits double from one attempt to the next, and are drawn
 * from their upper half so that many senders do not come back at once.
 *
 * @throws OstiaryError `sink.unavailable`, retriable, when it is given up or stopped
 */
export async function keepTrying(
  action: string,
  attempt: () => Promise<Attempt>,
  options: RetryOptions,
): Promise<Exclude<Attempt, { outcome: 'away' }>> {
  const { log, signal, giveUpMs = Number.POSITIVE_INFINITY, onRetry, onAway } = options
  const startedMs = performance.now()
  for (let attempts = 1; ; attempts++) {
    if (signal?.aborted) throw unavailable(action, 'stopped before it was confirmed')
    const result = await attempt()
    if (result.outcome !== 'away') {
      if (attempts > 1) {
        log.info({ attempts }, `${action}: the receiver answers again`)
        onAway?.(undefined)
      }
      return result
    }
    onAway?.(result.why)
    const waitMs = waitMsOf(attempts, result.afterMs, options)
    if (performance.now() - startedMs + waitMs > giveUpMs)
      throw unavailable(action, `${result.why}; given up after ${attempts} attempts`)
    // At every power of two, so that an outage of days is told about and yet fills no disk.
    if ((attempts & (attempts - 1)) === 0)
      log.warn({ attempts, waitMs: Math.round(waitMs), why: result.why }, `${action}: no success, trying again`)
    try {
      await pause(waitMs, undefined, signal === undefined ? {} : { signal })
    } catch {
      throw unavailable(action, `stopped before it was confirmed; last: ${result.why}`)
    }
    onRetry?.()
  }
}

function waitMsOf(attempts: number, afterMs: number | undefined, options: RetryOptions): number {
  const { retryFirstMs = firstMsByDefault, retryMaxMs = maxMsByDefault } = options
  const ceilingMs = Math.min(retryFirstMs * 2 ** Math.min(attempts - 1, 30), retryMaxMs)
  return Math.max(ceilingMs * (0.5 + Math.random() / 2), Math.min(afterMs ?? 0, afterMsMax))
}

function unavailable(action: string, why: string): OstiaryError {
  return new OstiaryError('sink.unavailable', `Cannot ${action}: ${why}`, { retriable: true })
}

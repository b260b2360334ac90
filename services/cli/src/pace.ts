import { setTimeout as sleep } from 'node:timers/promises'

/** Waits shorter than this are saved up: a timer is not exact, and a batch of records costs no more than one. */
const waitMsMin = 20

/** Spreads records over time: so many a second, counted from the first, so that no rounding adds up. */
export class Pace {
  readonly #perSecond: number
  readonly #nowMs: () => number
  #startMs: number | undefined
  #count = 0

  /** @param perSecond 0 for as fast as may be */
  constructor(perSecond: number, nowMs: () => number = () => performance.now()) {
    this.#perSecond = perSecond
    this.#nowMs = nowMs
  }

  /** Counts one record; a promise where it is too early for it. */
  next(signal: AbortSignal): Promise<void> | undefined {
    const waitMs = this.earlyMs()
    return waitMs < waitMsMin ? undefined : sleep(waitMs, undefined, { signal }).catch(() => undefined)
  }

  /** Counts one record, and says how much too early it is. */
  earlyMs(): number {
    if (this.#perSecond === 0) return 0
    const nowMs = this.#nowMs()
    this.#startMs ??= nowMs
    return this.#startMs + (this.#count++ * 1000) / this.#perSecond - nowMs
  }
}

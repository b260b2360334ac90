/** How far behind the end of its log the reader of one partition is. */
export interface Lag {
  readonly records: number
  readonly seconds: number
}

const none: Lag = { records: 0, seconds: 0 }

/**
 * Follows one partition's reader. Ends of transactions count as records of the log and are none: a reader has passed them
 * when the client says so.
 */
export class PartitionLag {
  #passed = -1
  #readToEndMs: number
  #lag: Lag = none

  /** @param nowMs when the partition fell to its reader */
  constructor(nowMs: number) {
    this.#readToEndMs = nowMs
  }

  /** The reader has nothing to do before this offset. */
  passed(offset: number): void {
    if (offset > this.#passed) this.#passed = offset
  }

  /**
   * What is left. A record that waits came after the reader was last seen at the end, and after the one it processed last.
   *
   * @param next first offset that is not processed
   * @param end offset that the next record will get
   * @param newestMs append of what was processed last, 0 for nothing
   */
  look(next: number, end: number, newestMs: number, nowMs: number): Lag {
    const records = Math.max(0, end - Math.max(next, this.#passed))
    if (records === 0) this.#readToEndMs = nowMs
    const sinceMs = Math.max(newestMs, this.#readToEndMs)
    this.#lag = records === 0 ? none : { records, seconds: Math.max(0, nowMs - sinceMs) / 1000 }
    return this.#lag
  }

  /** What was seen last, grown by the time since: nobody has looked while a broker is away. */
  at(nowMs: number, lookedMs: number): Lag {
    if (this.#lag.records === 0) return none
    return { records: this.#lag.records, seconds: this.#lag.seconds + Math.max(0, nowMs - lookedMs) / 1000 }
  }
}

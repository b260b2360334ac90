import * as ascii from './ascii.ts'

/** Where a scan stands after the bytes it was given. */
export type ScanOutcome = 'more' | 'closed' | 'broken' | 'mismatch'

/** Bytes that mean something outside a string. */
const structural = new Uint8Array(256)
for (const byte of [
  ascii.quote,
  ascii.newline,
  ascii.openBrace,
  ascii.closeBrace,
  ascii.openBracket,
  ascii.closeBracket,
]) {
  structural[byte] = 1
}

/**
 * Finds the end of one JSON object or array byte by byte, over any number of chunks, with strings and escapes respected.
 * It does not validate; it stops early only where valid JSON cannot go on, so that one broken record costs one item and not
 * the rest of the file: at a line end inside a string, and at a line that opens with `{` where no value can stand.
 */
export class ValueScan {
  tooDeep = false
  outcome: ScanOutcome = 'more'
  readonly #depthMax: number
  #closer: number = ascii.closeBrace
  #depth = 0
  #inString = false
  #lastSolid = 0
  /** The scan stands before a byte whose meaning depends on the next one, which is not there yet. */
  #stalled = false

  constructor(depthMax: number) {
    this.#depthMax = depthMax
  }

  /** Begins at an opening bracket, which is yet to be scanned. */
  startAt(opener: number): void {
    this.#begin(opener === ascii.openBrace ? ascii.closeBrace : ascii.closeBracket, 0)
  }

  /** Begins inside an object, right behind the value of one of its members. */
  startInObject(): void {
    this.#begin(ascii.closeBrace, 1)
    this.#lastSolid = ascii.closeBracket
  }

  #begin(closer: number, depth: number): void {
    this.tooDeep = false
    this.outcome = 'more'
    this.#closer = closer
    this.#depth = depth
    this.#inString = false
    this.#lastSolid = 0
  }

  /**
   * Scans from `from` and returns where it stopped, with the reason in `outcome`: behind the closing bracket (`closed`), at the
   * line end that breaks the value (`broken`), behind a bracket of the wrong kind (`mismatch`), or at the first byte that
   * cannot be judged without the next chunk (`more`).
   */
  scan(buffer: Buffer, from: number, end: number): number {
    let at = from
    this.outcome = 'more'
    while (at < end) {
      at = this.#inString ? this.#scanString(buffer, at, end) : this.#scanStructure(buffer, at, end, from)
      if (this.outcome !== 'more' || this.#stalled) break
    }
    this.#stalled = false
    if (this.outcome === 'more') this.#lastSolid = this.#solidBefore(buffer, at, from)
    return at
  }

  #scanString(buffer: Buffer, from: number, end: number): number {
    let at = from
    while (at < end) {
      const byte = buffer[at]!
      if (byte === ascii.quote) {
        this.#inString = false
        return at + 1
      }
      if (byte === ascii.newline) {
        this.outcome = 'broken'
        return at
      }
      if (byte === ascii.backslash) {
        if (at + 1 >= end) {
          this.#stalled = true
          return at
        }
        // An escaped line end is no escape: the line end must be seen.
        if (buffer[at + 1] !== ascii.newline) at++
      }
      at++
    }
    return at
  }

  #scanStructure(buffer: Buffer, from: number, end: number, floor: number): number {
    let depth = this.#depth
    let at = from
    while (at < end) {
      const byte = buffer[at]!
      if (structural[byte] === 0) {
        at++
        continue
      }
      if (byte === ascii.quote) {
        this.#inString = true
        at++
        break
      }
      if (byte === ascii.newline) {
        if (at + 1 >= end) {
          this.#stalled = true
          break
        }
        if (buffer[at + 1] === ascii.openBrace && !this.#mayPrecedeObject(buffer, at, floor, depth)) {
          this.outcome = 'broken'
          break
        }
        at++
      } else if (byte === ascii.openBrace || byte === ascii.openBracket) {
        depth++
        if (depth > this.#depthMax) this.tooDeep = true
        at++
      } else {
        depth--
        at++
        if (depth === 0) {
          this.outcome = byte === this.#closer ? 'closed' : 'mismatch'
          break
        }
      }
    }
    this.#depth = depth
    return at
  }

  #mayPrecedeObject(buffer: Buffer, at: number, floor: number, depth: number): boolean {
    const byte = this.#solidBefore(buffer, at, floor)
    if (byte === ascii.colon) return true
    // Right inside the object that is scanned, a comma is followed by a key.
    if (depth === 1 && this.#closer === ascii.closeBrace) return false
    return byte === ascii.comma || byte === ascii.openBracket
  }

  #solidBefore(buffer: Buffer, at: number, floor: number): number {
    for (let back = at - 1; back >= floor; back--) {
      const byte = buffer[back]!
      if (!ascii.isBlank(byte)) return byte
    }
    return this.#lastSolid
  }
}

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
   * cannot be judged without the next chunk (`more`). One loop over local variables, as every byte of an archive passes here.
   */
  scan(buffer: Buffer, from: number, end: number): number {
    let at = from
    let depth = this.#depth
    let deepest = 0
    let inString = this.#inString
    let outcome: ScanOutcome = 'more'
    while (at < end) {
      if (inString) {
        at = stringStop(buffer, at, end)
        if (at >= end) break
        const byte = buffer[at]!
        if (byte === ascii.quote) {
          inString = false
          at++
        } else if (byte === ascii.newline) {
          outcome = 'broken'
          break
        } else {
          if (at + 1 >= end) break
          // An escaped line end is no escape: the line end must be seen.
          at += buffer[at + 1] === ascii.newline ? 1 : 2
        }
        continue
      }
      while (at < end && structural[buffer[at]!] === 0) at++
      if (at >= end) break
      const byte = buffer[at]!
      if (byte === ascii.quote) {
        inString = true
      } else if (byte === ascii.newline) {
        if (at + 1 >= end) break
        if (buffer[at + 1] === ascii.openBrace && !this.#mayPrecedeObject(buffer, at, from, depth)) {
          outcome = 'broken'
          break
        }
      } else if (byte === ascii.openBrace || byte === ascii.openBracket) {
        depth++
        if (depth > deepest) deepest = depth
      } else {
        depth--
        if (depth === 0) {
          at++
          outcome = byte === this.#closer ? 'closed' : 'mismatch'
          break
        }
      }
      at++
    }
    this.#depth = depth
    this.#inString = inString
    this.outcome = outcome
    if (deepest > this.#depthMax) this.tooDeep = true
    if (outcome === 'more') this.#lastSolid = this.#solidBefore(buffer, at, from)
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

/** The next byte in a string that is no plain character. */
function stringStop(buffer: Buffer, from: number, end: number): number {
  let at = from
  while (at < end) {
    const byte = buffer[at]!
    if (byte === ascii.quote || byte === ascii.backslash || byte === ascii.newline) break
    at++
  }
  return at
}

import * as ascii from './ascii.ts'
import { isOneShallowObject, wordsOf } from './one-object-line.ts'

const backslash = 0x5c

/** Whether JSON is nested deeper than so many arrays and objects; looks no further than it has to. Total, for any bytes. */
export function isDeeperThan(depthMax: number, bytes: Buffer): boolean {
  // Nearly every record has fewer brackets than it may have levels, which is far cheaper to see.
  if (isOneShallowObject(bytes, wordsOf(bytes, bytes.length), 0, bytes.length, depthMax)) return false
  let depth = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]!
    if (byte === ascii.quote) {
      // Strings are most of a record, and the engine finds their ends faster than a loop does.
      at = endOfString(bytes, at + 1)
      if (at < 0) return false
    } else if (byte === ascii.openBrace || byte === ascii.openBracket) {
      depth += 1
      if (depth > depthMax) return true
    } else if (byte === ascii.closeBrace || byte === ascii.closeBracket) depth -= 1
  }
  return false
}

function endOfString(bytes: Buffer, from: number): number {
  let at = bytes.indexOf(ascii.quote, from)
  while (at >= 0) {
    let escapes = 0
    while (bytes[at - 1 - escapes] === backslash && at - 1 - escapes >= from) escapes += 1
    if (escapes % 2 === 0) return at
    at = bytes.indexOf(ascii.quote, at + 1)
  }
  return -1
}

import * as ascii from './ascii.ts'

/**
 * Keys whose array holds records: CloudTrail files, LookupEvents answers, Azure's list answers and diagnostic exports.
 * Only these, and only at the beginning of an object, make it a wrapper: no real audit record opens with one of them.
 */
const wrapperKeys: readonly string[] = ['Records', 'Events', 'value', 'records']

/** Members that may stand before the array: paging tokens and the like. Anything else says that the object is a record. */
const headerKeys: readonly string[] = ['NextToken', 'nextToken', 'nextLink', 'count', '@nextLink']
const headerPrefixes: readonly string[] = ['@odata.', 'odata.']

/** Members before the array must fit in this; tokens and links are of a few kilobytes. */
export const headerBytesMax: number = 16 * 1024
const keyBytesMax = 64

/** First letters of the keys above, so that a record is told from its third byte. */
const openingLetters = new Uint8Array(256)
for (const key of [...wrapperKeys, ...headerKeys, ...headerPrefixes]) openingLetters[key.charCodeAt(0)] = 1

export const undecided = -1
export const noWrapper = 0

/**
 * Whether the object that opens at `start` is a wrapper: the place behind the `[` of its array, `noWrapper`, or `undecided`
 * when the bytes up to `end` do not tell yet. The answer depends on the content only, never on where a chunk ends.
 */
export function wrapperOpening(buffer: Buffer, start: number, end: number): number {
  if (start + 2 < end && buffer[start + 1] === ascii.quote && openingLetters[buffer[start + 2]!] === 0) return noWrapper
  const limit = Math.min(end, start + headerBytesMax)
  const short = limit < start + headerBytesMax ? undecided : noWrapper
  let at = start + 1
  for (;;) {
    at = skipBlanks(buffer, at, limit)
    if (at >= limit) return short
    if (buffer[at] !== ascii.quote) return noWrapper
    const keyEnd = stringEnd(buffer, at, limit)
    if (keyEnd === noWrapper) return noWrapper
    if (keyEnd === undecided) return limit - at > keyBytesMax ? noWrapper : short
    if (keyEnd - at > keyBytesMax) return noWrapper
    const key = buffer.toString('latin1', at + 1, keyEnd - 1)
    at = skipBlanks(buffer, keyEnd, limit)
    if (at >= limit) return short
    if (buffer[at] !== ascii.colon) return noWrapper
    at = skipBlanks(buffer, at + 1, limit)
    if (at >= limit) return short
    if (wrapperKeys.includes(key)) return buffer[at] === ascii.openBracket ? at + 1 : noWrapper
    if (!headerKeys.includes(key) && !headerPrefixes.some((prefix) => key.startsWith(prefix))) return noWrapper
    const valueEnd = scalarEnd(buffer, at, limit)
    if (valueEnd === noWrapper) return noWrapper
    if (valueEnd === undecided) return short
    at = skipBlanks(buffer, valueEnd, limit)
    if (at >= limit) return short
    if (buffer[at] !== ascii.comma) return noWrapper
    at++
  }
}

function skipBlanks(buffer: Buffer, from: number, end: number): number {
  let at = from
  while (at < end && ascii.isBlank(buffer[at]!)) at++
  return at
}

/** Behind the closing quote of the string that opens at `from`. */
function stringEnd(buffer: Buffer, from: number, end: number): number {
  let at = from + 1
  while (at < end) {
    const byte = buffer[at]!
    if (byte === ascii.quote) return at + 1
    if (byte === ascii.newline) return noWrapper
    at += byte === ascii.backslash && buffer[at + 1] !== ascii.newline ? 2 : 1
  }
  return undecided
}

/** Behind a string, number or word; an object or array there says that this is no wrapper. */
function scalarEnd(buffer: Buffer, from: number, end: number): number {
  if (buffer[from] === ascii.quote) return stringEnd(buffer, from, end)
  let at = from
  while (at < end) {
    const byte = buffer[at]!
    const isWordByte =
      (byte >= 0x30 && byte <= 0x39) ||
      (byte >= 0x61 && byte <= 0x7a) ||
      byte === 0x2b ||
      byte === 0x2d ||
      byte === 0x2e ||
      byte === 0x45
    if (!isWordByte) return at > from ? at : noWrapper
    at++
  }
  return undecided
}

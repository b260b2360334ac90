/** Bytes that the reading looks for. */
export const newline = 0x0a
export const carriageReturn = 0x0d
export const quote = 0x22
export const backslash = 0x5c
export const comma = 0x2c
export const colon = 0x3a
export const openBrace = 0x7b
export const closeBrace = 0x7d
export const openBracket = 0x5b
export const closeBracket = 0x5d

/** Space, tab, line ends, and NUL: files that were allocated ahead or cut by a crash are padded with it. */
export function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === newline || byte === carriageReturn || byte === 0x09 || byte === 0
}

/** What ends a piece of a list that is no value: the next element, the end of the list or of the line. */
export function endsListJunk(byte: number): boolean {
  return byte === comma || byte === closeBracket || byte === openBrace || byte === newline
}

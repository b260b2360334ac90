import * as ascii from './ascii.ts'

/** A view of a buffer four bytes at a time; `first` is the place in the buffer of the first byte of the first word. */
export interface WordView {
  readonly words: Int32Array
  readonly first: number
}

const noWords = new Int32Array(0)

export function wordsOf(buffer: Buffer, end: number): WordView {
  const first = -buffer.byteOffset & 3
  const count = Math.max(0, end - first) >> 2
  // A few bytes may end before the first whole word begins, where no view can be put.
  return { words: count === 0 ? noWords : new Int32Array(buffer.buffer, buffer.byteOffset + first, count), first }
}

/**
 * Whether a line that starts with `{` and ends with `}` can hold neither two objects nor anything nested deeper than `depthMax`:
 * it has at most that many opening brackets, and no `{` follows a `}`. Braces inside strings count as well, so `false` only means
 * that the line has to be scanned exactly. Cheap, because it looks at four bytes at a time: in `[` and `{` all bits but one
 * are the same, and a word has such a byte if and only if the classic zero-byte test of its difference finds one.
 */
export function isOneShallowObject(
  buffer: Buffer,
  view: WordView,
  start: number,
  end: number,
  depthMax: number,
): boolean {
  const { words, first } = view
  let opened = 0
  let at = start
  while (at < end) {
    const word = (at - first) >> 2
    if (word >= 0 && word < words.length) {
      let next = word
      const last = Math.min(words.length, (end - first + 3) >> 2)
      while (next < last) {
        const difference = (words[next]! & 0xdfdfdfdf) ^ 0x5b5b5b5b
        if (((difference - 0x01010101) & ~difference & 0x80808080) !== 0) break
        next++
      }
      at = Math.max(at, first + next * 4)
      if (next === last) continue
    }
    // A word with a bracket, or one of the few bytes before the first and behind the last whole word.
    const stop = Math.min(end, at + 4 - ((at - first) & 3))
    for (; at < stop; at++) {
      const byte = buffer[at]!
      if (byte !== ascii.openBrace && byte !== ascii.openBracket) continue
      opened++
      if (opened > depthMax) return false
      if (byte === ascii.openBrace && at > start && follows(buffer, at, ascii.closeBrace)) return false
    }
  }
  return true
}

function follows(buffer: Buffer, at: number, wanted: number): boolean {
  let back = at - 1
  while (back >= 0 && ascii.isBlank(buffer[back]!)) back--
  return buffer[back] === wanted
}

/** Characters of a pattern and of a text; longer ones never match, which keeps the work per match bounded. */
export const globLengthMax = 2048

/**
 * Whether a text matches a pattern in which `*` stands for any characters, also none; letters match in either case
 * (ASCII). Goes back to the last star only, so the work is at most the product of the lengths.
 */
export function matchesGlob(pattern: string, text: string): boolean {
  if (pattern.length > globLengthMax || text.length > globLengthMax) return false
  let star = -1
  let resume = 0
  let at = 0
  let from = 0
  while (from < text.length) {
    if (at < pattern.length && pattern[at] === '*') {
      star = at
      resume = from
      at += 1
    } else if (at < pattern.length && fold(pattern.charCodeAt(at)) === fold(text.charCodeAt(from))) {
      at += 1
      from += 1
    } else if (star >= 0) {
      at = star + 1
      resume += 1
      from = resume
    } else {
      return false
    }
  }
  while (pattern[at] === '*') at += 1
  return at === pattern.length
}

function fold(code: number): number {
  return code >= 65 && code <= 90 ? code + 32 : code
}

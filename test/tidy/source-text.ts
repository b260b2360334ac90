/** A program's text with parts of it blanked out: same length, same lines, so that offsets hold. */
export interface SourceText {
  /** Without comments. */
  readonly uncommented: string
  /** Without comments and without what stands in strings, templates and regular expressions. */
  readonly code: string
}

/** Words and signs after which a slash begins a regular expression and not a division. */
const beforeRegex = /(?:^|[=(,:;!&|?{}[+\-*%<>~^]|\b(?:return|typeof|case|in|of|void|do|else|yield|await))$/

/**
 * Takes a program apart just well enough for rules about its text. TypeScript 7 has no compiler interface; what this
 * cannot tell from a line (a regular expression after a closing parenthesis) the house does not write.
 */
export function readSource(text: string): SourceText {
  const reader = new SourceReader(text)
  reader.readCode(0, false)
  return { uncommented: reader.uncommented.join(''), code: reader.code.join('') }
}

/** Line number, from 1, of an offset. */
export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let i = 0; i < offset; i++) if (text[i] === '\n') line += 1
  return line
}

class SourceReader {
  readonly #text: string
  readonly uncommented: string[]
  readonly code: string[]

  constructor(text: string) {
    this.#text = text
    this.uncommented = text.split('')
    this.code = text.split('')
  }

  /** Reads from `at` to the end, or to the brace that closes a template's expression; gives where it stopped. */
  readCode(at: number, inTemplate: boolean): number {
    const text = this.#text
    let depth = 0
    let i = at
    while (i < text.length) {
      const two = text.slice(i, i + 2)
      if (two === '//' || (i === 0 && two === '#!')) i = this.#blankComment(i, this.#indexOf('\n', i))
      else if (two === '/*') i = this.#blankComment(i, this.#indexOf('*/', i + 2) + 2)
      else if (text[i] === "'" || text[i] === '"') i = this.#readQuoted(i, text[i]!)
      else if (text[i] === '`') i = this.#readTemplate(i)
      else if (text[i] === '/' && this.#regexMayBegin(i)) i = this.#readRegex(i)
      else {
        if (text[i] === '{') depth += 1
        if (text[i] === '}') {
          if (inTemplate && depth === 0) return i
          depth -= 1
        }
        i += 1
      }
    }
    return i
  }

  #indexOf(word: string, from: number): number {
    const found = this.#text.indexOf(word, from)
    return found < 0 ? this.#text.length : found
  }

  #regexMayBegin(at: number): boolean {
    let from = at
    while (from > 0 && /\s/.test(this.code[from - 1]!)) from -= 1
    return beforeRegex.test(this.code.slice(Math.max(0, from - 12), from).join(''))
  }

  #blankComment(from: number, to: number): number {
    this.#blank(this.uncommented, from, to)
    this.#blank(this.code, from, to)
    return to
  }

  #blank(chars: string[], from: number, to: number): void {
    for (let i = from; i < Math.min(to, chars.length); i++) if (chars[i] !== '\n') chars[i] = ' '
  }

  #readQuoted(from: number, quote: string): number {
    let i = from + 1
    while (i < this.#text.length && this.#text[i] !== quote) i += this.#text[i] === '\\' ? 2 : 1
    this.#blank(this.code, from + 1, i)
    return i + 1
  }

  #readTemplate(from: number): number {
    let i = from + 1
    let blankFrom = i
    while (i < this.#text.length && this.#text[i] !== '`') {
      if (this.#text.startsWith('${', i)) {
        this.#blank(this.code, blankFrom, i)
        i = this.readCode(i + 2, true)
        blankFrom = i + 1
      }
      i += this.#text[i] === '\\' ? 2 : 1
    }
    this.#blank(this.code, blankFrom, i)
    return i + 1
  }

  #readRegex(from: number): number {
    let i = from + 1
    let inClass = false
    while (i < this.#text.length && this.#text[i] !== '\n') {
      const char = this.#text[i]!
      if (char === '\\') i += 1
      else if (char === '[') inClass = true
      else if (char === ']') inClass = false
      else if (char === '/' && !inClass) break
      i += 1
    }
    this.#blank(this.code, from + 1, i)
    return i + 1
  }
}

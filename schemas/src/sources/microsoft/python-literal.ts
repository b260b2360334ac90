/** Deepest nesting that is read. */
const depthMax = 16
/** Most characters of a literal that is read. */
export const literalLengthMax = 65_536

interface Reader {
  readonly text: string
  at: number
}

/** Stands for text that is no literal, since every value can be one. */
const malformed: unique symbol = Symbol('malformed')

const names: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['None', null],
  ['True', true],
  ['False', false],
  ['null', null],
  ['true', true],
  ['false', false],
  ['nan', null],
])

const escapes: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/**
 * Reads a Python literal of dicts, lists, strings, numbers, None, True and False: what a notebook writes when it exports
 * a table whose columns hold objects. `undefined` when the text is something else. Total and bounded.
 */
export function pythonLiteral(text: string): unknown {
  if (text.length > literalLengthMax) return undefined
  const reader: Reader = { text, at: 0 }
  const value = readValue(reader, 0)
  skipSpace(reader)
  return value === malformed || reader.at < text.length ? undefined : value
}

function readValue(reader: Reader, depth: number): unknown {
  skipSpace(reader)
  const first = reader.text[reader.at]
  if (first === undefined || depth > depthMax) return malformed
  if (first === '{') return readDict(reader, depth)
  if (first === '[' || first === '(') return readList(reader, depth, first === '[' ? ']' : ')')
  if (first === "'" || first === '"') return readString(reader, first)
  return readWord(reader)
}

function readDict(reader: Reader, depth: number): unknown {
  const entries: [string, unknown][] = []
  reader.at += 1
  for (;;) {
    if (takes(reader, '}')) return Object.fromEntries(entries)
    const key = readValue(reader, depth + 1)
    if (typeof key !== 'string' || !takes(reader, ':')) return malformed
    const value = readValue(reader, depth + 1)
    if (value === malformed) return malformed
    entries.push([key, value])
    if (!takes(reader, ',') && !sees(reader, '}')) return malformed
  }
}

function readList(reader: Reader, depth: number, end: string): unknown {
  const values: unknown[] = []
  reader.at += 1
  for (;;) {
    if (takes(reader, end)) return values
    const value = readValue(reader, depth + 1)
    if (value === malformed) return malformed
    values.push(value)
    if (!takes(reader, ',') && !sees(reader, end)) return malformed
  }
}

function readString(reader: Reader, quote: string): unknown {
  const { text } = reader
  let value = ''
  for (let at = reader.at + 1; at < text.length; at++) {
    const letter = text[at]!
    if (letter === quote) {
      reader.at = at + 1
      return value
    }
    if (letter === '\\') {
      at += 1
      const escaped = text[at] ?? ''
      value += escapes.get(escaped) ?? escaped
    } else {
      value += letter
    }
  }
  return malformed
}

function readWord(reader: Reader): unknown {
  const from = reader.at
  while (reader.at < reader.text.length && /[\w.+-]/.test(reader.text[reader.at]!)) reader.at += 1
  const word = reader.text.slice(from, reader.at)
  const named = names.get(word)
  if (named !== undefined) return named
  const number = word === '' ? Number.NaN : Number(word)
  return Number.isFinite(number) ? number : malformed
}

function takes(reader: Reader, letter: string): boolean {
  if (!sees(reader, letter)) return false
  reader.at += 1
  return true
}

function sees(reader: Reader, letter: string): boolean {
  skipSpace(reader)
  return reader.text[reader.at] === letter
}

function skipSpace(reader: Reader): void {
  while (reader.at < reader.text.length && reader.text.charCodeAt(reader.at) <= 32) reader.at += 1
}

import { dirname, join } from 'node:path/posix'
import { lineAt, readSource } from './source-text.ts'

/** One import or re-export of a file. */
export interface ImportLine {
  readonly file: string
  readonly line: number
  /** What it names: `./x.ts`, `node:fs`, `@ostiary/schemas`. */
  readonly specifier: string
  /** The names it takes, as the other side calls them; empty for `* as x`, a side effect or a call of `import`. */
  readonly names: readonly string[]
}

const statement = /\b(?:import|export)\b(?:\s+type\b)?\s*(?:([\w$*{][^'"`;()=]*?)\s*\bfrom\s*)?(['"])([^'"\n]+)\2/g
const call = /\b(?:import|require)\s*\(\s*(['"])([^'"\n]+)\1/g

/** Every import, re-export, `import()` and type import of a program, in the order of the text. */
export function importsOf(file: string, text: string): readonly ImportLine[] {
  const { uncommented, code } = readSource(text)
  const found: ImportLine[] = []
  const add = (index: number, specifier: string, names: readonly string[]): void => {
    if (/\S/.test(code[index] ?? ' ')) found.push({ file, line: lineAt(text, index), specifier, names })
  }
  for (const match of uncommented.matchAll(statement)) add(match.index, match[3]!, namesIn(match[1] ?? ''))
  for (const match of uncommented.matchAll(call)) add(match.index, match[2]!, [])
  return found.sort((a, b) => a.line - b.line)
}

function namesIn(clause: string): string[] {
  const braces = /\{([^}]*)\}/.exec(clause)
  const named = (braces?.[1] ?? '')
    .split(',')
    .map((name) => name.trim().replace(/^type\s+/, ''))
    .filter((name) => name !== '')
    .map((name) => name.split(/\s+as\s+/)[0]!)
  return /^[\w$]+/.test(clause) ? ['default', ...named] : named
}

/** Path from the root of what a relative import names; `undefined` for a package. */
export function targetOf({ file, specifier }: ImportLine): string | undefined {
  return specifier.startsWith('.') ? join(dirname(file), specifier) : undefined
}

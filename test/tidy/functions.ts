import { lineAt, readSource } from './source-text.ts'

/** One function with a body in braces. */
export interface FunctionSpan {
  /** Its name, or what stands before its arrow. */
  readonly name: string
  readonly line: number
  /** From the brace that opens its body to the one that closes it. */
  readonly lines: number
}

const named = /\bfunction\b\s*\*?\s*([\w$]*)\s*(?:<[^(){}]*>)?\s*\(/g
const method = /^[ \t]+(?:(?:static|async|override|get|set|readonly)\s+)*\*?\s*(#?[\w$]+)\s*(?:<[^(){}]*>)?\(/gm
const arrow = /=>\s*\{/g
const notMethods = new Set(['if', 'for', 'while', 'switch', 'catch', 'return', 'function', 'super', 'with'])

/** Every function of a program, so far as a reader of text can tell; an arrow without braces is part of its caller. */
export function functionsOf(text: string): readonly FunctionSpan[] {
  const { code } = readSource(text)
  const found = new Map<number, FunctionSpan>()
  const add = (name: string, open: number): void => {
    const close = closing(code, open)
    const line = lineAt(code, open)
    found.set(open, { name, line, lines: lineAt(code, close) - line + 1 })
  }
  for (const match of code.matchAll(arrow)) add(lineBefore(text, match.index), match.index + match[0].length - 1)
  for (const pattern of [named, method])
    for (const match of code.matchAll(pattern)) {
      if (pattern === method && notMethods.has(match[1]!)) continue
      const open = bodyAfter(code, closing(code, match.index + match[0].length - 1) + 1)
      if (open >= 0) add(match[1] || 'function', open)
    }
  return [...found.values()].sort((a, b) => a.line - b.line)
}

function lineBefore(text: string, offset: number): string {
  return text.slice(text.lastIndexOf('\n', offset) + 1, offset).trim()
}

const pairs: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' }

/** Offset of the bracket that closes the one at `open`; the text's end where none does. */
function closing(code: string, open: number): number {
  const begin = code[open]!
  const end = pairs[begin]
  let depth = 0
  for (let i = open; i < code.length; i++) {
    if (code[i] === begin) depth += 1
    else if (code[i] === end) {
      depth -= 1
      if (depth === 0) return i
    }
  }
  return code.length
}

/** Offset of the body's brace after a parameter list and a return type; −1 where there is no body: a call or a signature. */
function bodyAfter(code: string, from: number): number {
  let i = skipSpace(code, from)
  if (code[i] === '{') return i
  if (code[i] !== ':') return -1
  let last = ':'
  for (i += 1; i < code.length; i++) {
    const char = code[i]!
    if (/\s/.test(char)) {
      if (char === '\n' && !/[:|&<,=>]/.test(last) && /[^|&{=\s]/.test(code[skipSpace(code, i)] ?? ' ')) return -1
      continue
    }
    if (char === '{' && !/[:|&<,]/.test(last)) return last === '>' && code.slice(i - 3, i).trim() === '=>' ? -1 : i
    if (pairs[char] !== undefined) i = closing(code, i)
    else if (/[;)}\]]/.test(char)) return -1
    last = char
  }
  return -1
}

function skipSpace(code: string, from: number): number {
  let i = from
  while (i < code.length && /\s/.test(code[i]!)) i += 1
  return i
}

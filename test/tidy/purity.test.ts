// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are programs.
import { describe, expect, test } from 'vitest'
import { importsOf } from './imports.ts'
import { lineAt, readSource } from './source-text.ts'
import { isTestFile, sourceFiles, textOf } from './tracked-files.ts'

/** What the pure rooms may take from outside, each for a reason; anything else is I/O until it is argued for here. */
const allowedImports: Readonly<Record<string, { readonly why: string; readonly names?: readonly string[] }>> = {
  'node:crypto': {
    why: 'hashes and HMACs are functions of their input; randomBytes, randomUUID and key generation are not',
    names: ['createHash', 'createHmac', 'createSecretKey', 'KeyObject'],
  },
  'ipaddr.js': { why: 'parses addresses; no I/O, no dependencies' },
}

/** Of Math: what is exact, or was measured to give the same bits on Node 20, 22 and 24. */
const allowedMath = new Set(
  'E LN2 LN10 LOG2E LOG10E PI SQRT2 abs ceil clz32 exp floor fround imul log log1p max min round sign sqrt tanh trunc'.split(
    ' ',
  ),
)

interface Ban {
  readonly pattern: RegExp
  readonly cure: string
  /** Looks into strings and regular expressions too. */
  readonly inStrings?: boolean
}

const bans: readonly Ban[] = [
  {
    pattern: /\bDate\b/g,
    cure: 'time is an input: take event.time; read strings with parse-time, write them with wording.utc',
  },
  {
    pattern: /\bMath\.random\b|\brandom(?:Bytes|UUID|Int)\b/g,
    cure: 'chance is an input: derive it from the event by hash',
  },
  { pattern: /\*\*/g, cure: 'powers differ between versions of V8: multiply, or use Math.exp and Math.log' },
  {
    pattern: /\bIntl\b|\.toLocale\w+|\.localeCompare\b/g,
    cure: 'locales differ between machines: compare by code units, spell words out',
  },
  {
    pattern: /\.normalize\(/g,
    cure: 'Unicode tables differ between versions of Node: compare the text as it was sent',
  },
  {
    pattern: /\\[pP]\{/g,
    cure: 'Unicode tables differ between versions of Node: list the characters',
    inStrings: true,
  },
  {
    pattern: /\bprocess\b|\bglobalThis\b|\bperformance\b/g,
    cure: 'the machine is no input: pass what you need as an option',
  },
  {
    pattern: /\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b/g,
    cure: 'the core is synchronous: waiting belongs in runtime',
  },
  { pattern: /\basync\b|\bawait\b|\bPromise\b/g, cure: 'the core is synchronous: I/O belongs in runtime' },
  {
    pattern: /\bfetch\s*\(|\bconsole\.(?:log|error|warn|info|debug|table|trace)\b|\bcrypto\.|\bWebSocket\b/g,
    cure: 'the core does no I/O: return it, and let runtime act',
  },
  { pattern: /\beval\b|\bnew Function\b|\brequire\b|\bimport\s*\(/g, cure: 'import at the head of the file' },
]

/** Every breach of purity in a program, with its line and cure. */
function impurities(file: string, text: string): string[] {
  const source = readSource(text)
  const found: string[] = []
  const say = (offset: number, what: string, cure: string): void => {
    found.push(`${file}:${lineAt(text, offset)}: ${what}: ${cure}`)
  }
  for (const { pattern, cure, inStrings } of bans)
    for (const match of (inStrings === true ? source.uncommented : source.code).matchAll(pattern))
      say(match.index, match[0].trim(), cure)
  for (const match of source.code.matchAll(/\bMath\b(?:\.(\w+))?/g))
    if (!allowedMath.has(match[1] ?? ''))
      say(
        match.index,
        match[0],
        'not proven to give the same bits on every version of Node: use + − × ÷ sqrt exp log log1p tanh',
      )
  for (const { line, specifier, names } of importsOf(file, text)) {
    if (specifier.startsWith('.') || specifier.startsWith('@ostiary/')) continue
    const allowed = allowedImports[specifier]
    const unknown = allowed?.names === undefined ? [] : names.filter((name) => !allowed.names!.includes(name))
    if (allowed === undefined || unknown.length > 0 || (allowed.names !== undefined && names.length === 0))
      found.push(
        `${file}:${line}: import of ${[...unknown, specifier].join(' from ')}: the pure rooms do no I/O: move it to runtime`,
      )
  }
  return found
}

const pureFiles = sourceFiles.filter((path) => /^(schemas|models)\/src\//.test(path) && !isTestFile(path))

test('schemas and models/src are pure: equal inputs give equal bits, on every machine', () => {
  expect(pureFiles.length).toBeGreaterThan(50)
  expect(pureFiles.flatMap((file) => impurities(file, textOf(file)!))).toEqual([])
})

describe('the rule itself', () => {
  test.each([
    'const a = Date.now()',
    "const a = new Date('2026-01-01')",
    'const a = Math.random()',
    'const a = Math.pow(2, 3)',
    'const { pow } = Math',
    'const a = 2 ** 3',
    'const a = new Intl.Collator()',
    'const a = b.toLocaleLowerCase()',
    'const a = b.sort((x, y) => x.localeCompare(y))',
    "const a = process.env['A']",
    'const a = `${process.pid}`',
    'setTimeout(f, 1)',
    "void fetch('b')",
    'const a = /\\p{L}/u',
    "const a = new RegExp('\\\\p{L}', 'u')",
    "import { readFileSync } from 'node:fs'",
    "import { randomBytes } from 'node:crypto'",
    "import * as crypto from 'node:crypto'",
    "import { z } from 'zod'",
    'export async function f(): Promise<void> {}',
  ])('refuses %s', (text) => {
    expect(impurities('x.ts', text)).not.toEqual([])
  })

  test.each([
    '/** Date.now, Math.pow and a ** b may not be used. */',
    "const a = 'the process ends on this Date'",
    'const a = Math.log1p(b) * Math.LOG2E',
    "import { createHash, type KeyObject } from 'node:crypto'",
    "import ipaddr from 'ipaddr.js'",
    "import type { A } from '@ostiary/schemas'",
  ])('lets pass %s', (text) => {
    expect(impurities('x.ts', text)).toEqual([])
  })
})

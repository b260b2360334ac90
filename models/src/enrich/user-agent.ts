import type { UserAgentKind } from '@ostiary/schemas'
import { awsServices } from './provider-services.ts'
import { browserRules, type FamilyRule, familyRules, osRules } from './user-agent-families.ts'

/** A user agent reduced to words of closed lists; nothing the caller wrote is left but a version's digits. */
export interface ParsedUserAgent {
  /** One of the families, `service:<AWS service>`, `none`, or `other:<keyed hash>`. */
  readonly family: string
  /** `major.minor`, for browsers `major`; `''` when none is stated. */
  readonly version: string
  readonly os: string
  readonly kind: UserAgentKind
}

/** Characters of a user agent that are looked at. */
export const userAgentLengthMax = 512

/** Digits kept of each part of a version: a longer number is no version. */
const versionDigitsMax = 5

const absent: ParsedUserAgent = { family: '', version: '', os: '', kind: 'unknown' }

/**
 * Parses a user agent by looking for known words, without regular expressions that could be made to run long.
 *
 * @param hashOf keyed hash of an unknown user agent: equal ones stay comparable while the text stays behind
 */
export function parseUserAgent(userAgent: string, hashOf: (userAgent: string) => string): ParsedUserAgent {
  const text = strip(userAgent.slice(0, userAgentLengthMax))
  if (text === '') return absent
  const lower = text.toLowerCase()
  const service = lower.endsWith('.amazonaws.com') ? lower.slice(0, lower.indexOf('.')) : ''
  if (service !== '' && service !== 'signin' && awsServices.has(service)) {
    return { family: `service:${service}`, version: '', os: '', kind: 'service' }
  }
  const console = service === '' ? undefined : consoleHost(lower)
  if (console !== undefined) return console
  // Google's front end notes that the caller takes compressed answers; alone, it names no program.
  if (lower === '(gzip)' || lower === 'gzip(gfe)') return { family: 'none', version: '', os: '', kind: 'unknown' }
  const os = osOf(lower)
  if (lower.startsWith('mozilla')) {
    const browser = findRule(browserRules, lower)
    if (browser === undefined) return { family: 'browser', version: '', os, kind: 'browser' }
    const version = versionOf(lower, browser.rule.versionAfter ?? browser.token)
    const shown = browser.rule.kind === 'browser' ? majorOf(version) : version
    return { family: browser.rule.family, version: shown, os, kind: browser.rule.kind }
  }
  const found = findRule(familyRules, lower)
  if (found === undefined) return { family: `other:${hashOf(withoutDigits(text))}`, version: '', os, kind: 'other' }
  const version = versionOf(lower, found.rule.versionAfter ?? found.token)
  return { family: found.rule.family, version, os, kind: found.rule.kind }
}

function consoleHost(lower: string): ParsedUserAgent | undefined {
  const isConsole = lower.startsWith('console.') || lower.startsWith('signin.')
  return isConsole ? { family: 'aws-console', version: '', os: '', kind: 'console' } : undefined
}

/** Takes off CloudTrail's brackets and what Google's front end appends. */
function strip(userAgent: string): string {
  let text = userAgent.trim()
  while (text.endsWith(',gzip(gfe)')) text = text.slice(0, -',gzip(gfe)'.length)
  if (text.startsWith('[')) text = text.slice(1, text.endsWith(']') ? -1 : undefined)
  return text.trim()
}

/** The first rule one of whose tokens stands at the start of a word. */
function findRule(rules: readonly FamilyRule[], lower: string): { rule: FamilyRule; token: string } | undefined {
  for (const rule of rules) {
    for (const token of rule.tokens) {
      if (indexOfWord(lower, token) >= 0) return { rule, token }
    }
  }
  return undefined
}

function indexOfWord(lower: string, token: string): number {
  for (let at = lower.indexOf(token); at >= 0; at = lower.indexOf(token, at + 1)) {
    if (at === 0 || !isLetter(lower.charCodeAt(at - 1)) || !isLetter(token.charCodeAt(0))) return at
  }
  return -1
}

function isLetter(code: number): boolean {
  return code >= 97 && code <= 122
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

function osOf(lower: string): string {
  for (const rule of osRules) {
    for (const token of rule.tokens) if (lower.includes(token)) return rule.os
  }
  return ''
}

/** `major.minor` after a token and at most three characters that join it to its version (`/`, `/v`, ` `, `#`). */
function versionOf(lower: string, token: string): string {
  const at = indexOfWord(lower, token)
  if (at < 0) return ''
  let from = at + token.length
  for (let skipped = 0; skipped < 3 && !isDigit(lower.charCodeAt(from)); skipped += 1) from += 1
  const major = digitsAt(lower, from)
  if (major === '') return ''
  const dot = from + major.length
  const minor = lower[dot] === '.' ? digitsAt(lower, dot + 1) : ''
  return minor === '' ? major : `${major}.${minor}`
}

/** The run of digits at an offset; `''` if there is none or it is too long to be part of a version. */
function digitsAt(text: string, from: number): string {
  let to = from
  while (to < text.length && isDigit(text.charCodeAt(to))) to += 1
  return to - from > versionDigitsMax ? '' : text.slice(from, to)
}

function majorOf(version: string): string {
  const dot = version.indexOf('.')
  return dot < 0 ? version : version.slice(0, dot)
}

/** Unknown user agents that differ in numbers only (versions, run ids) are the same program. */
function withoutDigits(text: string): string {
  return text.replace(/[0-9]+/g, '#')
}

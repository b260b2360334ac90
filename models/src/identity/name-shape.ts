/**
 * What a name looks like. Only `plain` and `email` may belong to a person; all others are made by machines for one run,
 * one instance or one moment, so they must never become the key of an identity: every run would be a newcomer.
 */
export type NameShape = 'empty' | 'email' | 'instance' | 'uuid' | 'hex' | 'timestamp' | 'sdk' | 'numbered' | 'plain'

/** Longer names are cut before their shape is read. */
const shapeLengthMax = 256

/** Digits in one run from which a name counts as numbered: a Unix time, a date, a run id. */
const digitRunMin = 8

const instanceName = /^m?i-(?:[0-9a-f]{8}|[0-9a-f]{17})$/
const uuidName = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/
const hexToken = /^[0-9a-f]+$/
const sdkPrefixes = [
  'botocore-session-',
  'aws-sdk-',
  'aws-go-sdk-',
  'awscli-session',
  'assumeroleprovider-',
  'boto3',
  'default_session',
  'provider_session',
]

/** The shape of a session's or a person's name. Total: any string has one. */
export function nameShape(name: string): NameShape {
  if (name === '') return 'empty'
  const text = name.slice(0, shapeLengthMax).toLowerCase()
  if (isEmail(text)) return 'email'
  if (instanceName.test(text)) return 'instance'
  if (uuidName.test(text)) return 'uuid'
  if (sdkPrefixes.some((prefix) => text.startsWith(prefix))) return 'sdk'
  if (isTimestamp(text)) return 'timestamp'
  if (text.split(/[^0-9a-z]/).some(isHashToken)) return 'hex'
  return longestDigitRun(text) >= digitRunMin ? 'numbered' : 'plain'
}

/** Whether a name of this shape was made by a machine. */
export function isMachineShape(shape: NameShape): boolean {
  return shape !== 'plain' && shape !== 'email' && shape !== 'empty'
}

/**
 * Whether a part of a name is a hash rather than a word: hexadecimal, with at least one digit and one letter, from eight
 * characters on, or anything hexadecimal from sixteen on.
 */
export function isHashToken(token: string): boolean {
  if (token.length < 8 || !hexToken.test(token)) return false
  if (token.length >= 16) return true
  return /[0-9]/.test(token) && /[a-f]/.test(token)
}

function isEmail(text: string): boolean {
  const at = text.indexOf('@')
  if (at < 1 || at !== text.lastIndexOf('@')) return false
  const dot = text.indexOf('.', at)
  return dot > at + 1 && dot < text.length - 1 && !text.includes(' ')
}

/** Eight digits or more, and hardly anything else than what separates the parts of a date. */
function isTimestamp(text: string): boolean {
  let digits = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57) digits += 1
    else if (!'-_:.tz+'.includes(text[at] ?? '')) return false
  }
  return digits >= digitRunMin
}

function longestDigitRun(text: string): number {
  let longest = 0
  let run = 0
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    run = code >= 48 && code <= 57 ? run + 1 : 0
    if (run > longest) longest = run
  }
  return longest
}

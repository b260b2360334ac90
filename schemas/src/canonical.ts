import { createHash } from 'node:crypto'

/** Most keys whose JSON text is remembered, and their most letters; records bring keys of their own, so all are forgotten when it is full. */
const quotedKeysMax = 1024
const quotedKeyLengthMax = 64
const quotedKeys: Map<string, string> = new Map()

/** A key as JSON text with its colon. Ours are the same few again and again, and quoting them is most of the work. */
function quotedKey(key: string): string {
  const known = quotedKeys.get(key)
  if (known !== undefined) return known
  const quoted = `${JSON.stringify(key)}:`
  if (key.length > quotedKeyLengthMax) return quoted
  if (quotedKeys.size >= quotedKeysMax) quotedKeys.clear()
  quotedKeys.set(key, quoted)
  return quoted
}

/**
 * Canonical JSON text of a value, after RFC 8785 (JSON Canonicalization Scheme): keys in UTF-16 code unit order, no white
 * space, numbers as ECMAScript prints them. Properties that are `undefined` are left out. The nesting of the value must be
 * bounded by the caller (records are, by `depthMax`).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  let members = ''
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) members += `${i === 0 ? '' : ','}${canonicalJson(value[i])}`
    return `[${members}]`
  }
  const object = value as Record<string, unknown>
  for (const key of Object.keys(object).sort()) {
    const member = object[key]
    if (member !== undefined) members += `${members === '' ? '' : ','}${quotedKey(key)}${canonicalJson(member)}`
  }
  return `{${members}}`
}

/** SHA-256 of the UTF-8 bytes of a value's canonical JSON, as 64 lower-case hex digits. */
export function canonicalSha256(value: unknown): string {
  return textSha256(canonicalJson(value))
}

/** SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hex digits. */
export function textSha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

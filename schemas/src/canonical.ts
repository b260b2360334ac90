import { createHash } from 'node:crypto'

/**
 * Canonical JSON text of a value, after RFC 8785 (JSON Canonicalization Scheme): keys in UTF-16 code unit order, no white
 * space, numbers as ECMAScript prints them. Properties that are `undefined` are left out. The nesting of the value must be
 * bounded by the caller (records are, by `depthMax`).
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null'
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`
  const object = value as Record<string, unknown>
  const members: string[] = []
  for (const key of Object.keys(object).sort()) {
    const member = object[key]
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${canonicalJson(member)}`)
  }
  return `{${members.join(',')}}`
}

/** SHA-256 of the UTF-8 bytes of a value's canonical JSON, as 64 lower-case hex digits. */
export function canonicalSha256(value: unknown): string {
  return textSha256(canonicalJson(value))
}

/** SHA-256 of the UTF-8 bytes of a text, as 64 lower-case hex digits. */
export function textSha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

import type { JsonObject, Source } from '@ostiary/schemas'

/** A text that is in no fixture: where it shows, the field it was written into was read. */
export const canary = 'SECRET-CANARY-7f3a'

/** How a field bears on an event: its value shows in it, or only decides other values. */
export type Bearing = 'kept' | 'looked at'

function isTree(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object'
}

/** Every leaf of a record, as its keys from the top. */
export function leavesOf(value: unknown, keys: readonly string[] = []): readonly (readonly string[])[] {
  if (!isTree(value)) return [keys]
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...keys, key]))
}

/** A copy of the record with one member replaced; throws where there is no such place. */
export function withMember(record: JsonObject, keys: readonly string[], value: unknown): JsonObject {
  const copy = structuredClone(record) as Record<string, unknown>
  let at: Record<string, unknown> = copy
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>
  at[keys.at(-1)!] = value
  return copy
}

/** A path as an allow-list writes it: `resources[].ARN`. */
function pathOf(record: JsonObject, keys: readonly string[]): string {
  let path = ''
  let at: unknown = record
  for (const key of keys) {
    path += Array.isArray(at) ? '[]' : path === '' ? key : `.${key}`
    at = (at as Record<string, unknown>)[key]
  }
  return path
}

/** The fields of a record that bear on its event, found by writing the canary into each leaf in turn. */
export function bearingFields(source: Source, record: JsonObject): ReadonlyMap<string, Bearing> {
  const before = JSON.stringify(source.normalise(record))
  const found = new Map<string, Bearing>()
  for (const keys of leavesOf(record)) {
    const after = JSON.stringify(source.normalise(withMember(record, keys, canary)))
    if (after === before) continue
    const path = pathOf(record, keys)
    if (after.includes(canary)) found.set(path, 'kept')
    else if (!found.has(path)) found.set(path, 'looked at')
  }
  return found
}

/** Names under which services hide what must never be read. */
const secretNames = [
  'password',
  'secretString',
  'sessionToken',
  'privateKey',
  'authorization',
  'client_secret',
] as const

/** The record with canaries in each of its objects, under names that no format has there, and nested. */
export function withSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecrets)
  if (!isTree(value)) return value
  const copy: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) copy[key] = withSecrets(member)
  for (const name of secretNames) if (!(name in copy)) copy[name] = canary
  copy['nested-secrets'] = { deeper: [{ token: canary }] }
  return copy
}

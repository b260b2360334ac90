import type { JsonObject } from '../../source.ts'
import { isObject, objectOf, textOf } from '../read-json.ts'

/** Deepest level of a payload that is read; what lies deeper is left out. Policies and instances need seven. */
const payloadDepthMax = 10

/** The payload's member in a LogEntry, in its snake_case form, and as a sink to BigQuery names it. */
const payloadKeys = ['protoPayload', 'proto_payload', 'protopayload_auditlog'] as const

/** Whether the entry carries a payload of a defined type, as audit logs do, rather than text or free JSON. */
export function hasPayload(record: JsonObject): boolean {
  return payloadKeys.some((key) => key in record)
}

/** The audit log inside a log entry, with its keys as Google's JSON form writes them; `undefined` when it is no object. */
export function payloadOf(record: JsonObject): JsonObject | undefined {
  for (const key of payloadKeys) {
    const payload = record[key]
    if (isObject(payload)) return unpackedJson(isSnakeCase(payload) ? objectInCamelCase(payload, 0) : payload)
  }
  return undefined
}

/**
 * The type that the payload states. Shippers that cannot store `@` in a key write `at_sign_type` or `at_type`; BigQuery
 * has no such member, since the column's name is the type.
 */
export function payloadTypeOf(payload: JsonObject): string {
  return textOf(payload['@type']) || textOf(payload['at_sign_type']) || textOf(payload['at_type'])
}

function isSnakeCase(payload: JsonObject): boolean {
  return 'method_name' in payload || 'service_name' in payload || 'authentication_info' in payload
}

function objectInCamelCase(object: JsonObject, depth: number): JsonObject {
  const entries: [string, unknown][] = []
  for (const [key, value] of Object.entries(object)) entries.push([camelCase(key), inCamelCase(value, depth + 1)])
  return Object.fromEntries(entries)
}

function inCamelCase(value: unknown, depth: number): unknown {
  if (depth > payloadDepthMax) return undefined
  if (Array.isArray(value)) return value.map((one) => inCamelCase(one, depth + 1))
  return isObject(value) ? objectInCamelCase(value, depth) : value
}

/** `principal_email` is `principalEmail`. Keys that start with an underscore or hold none stay. */
function camelCase(key: string): string {
  return key.replace(/(?<=[a-z0-9])_([a-z0-9])/g, (_whole, letter: string) => letter.toUpperCase())
}

/** BigQuery keeps members of no fixed type as JSON text, and names service data after its type. */
function unpackedJson(payload: JsonObject): JsonObject {
  const unpacked: Record<string, unknown> = {}
  for (const key of ['metadata', 'request', 'response'] as const) {
    const text = payload[`${key}Json`]
    if (typeof text === 'string' && payload[key] === undefined) unpacked[key] = parsed(text)
  }
  if (payload['serviceData'] === undefined) {
    const policy = objectOf(payload['servicedata_v1_iam'])
    if ('policyDelta' in policy) unpacked['serviceData'] = policy
  }
  return Object.keys(unpacked).length === 0 ? payload : { ...payload, ...unpacked }
}

/** Longest JSON text inside a payload that is parsed; a log entry holds at most 256 KiB. */
const innerJsonLengthMax = 262_144

function parsed(text: string): unknown {
  if (text.length > innerJsonLengthMax) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

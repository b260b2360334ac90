import type { JsonObject } from '../../source.ts'

/** Names of `google.rpc.Code`, by number. */
const codeNames = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
] as const

/**
 * The canonical name of a status's code: `PERMISSION_DENIED`; `''` for success, which is an empty status or none. A code
 * outside the list is `CODE_<number>`. BigQuery's JSON writes numbers as text.
 */
export function errorCodeOf(status: JsonObject): string {
  const value = status['code']
  const code = typeof value === 'string' && /^[0-9]{1,6}$/.test(value) ? Number(value) : value
  if (typeof code !== 'number' || !Number.isSafeInteger(code) || code <= 0) return ''
  return codeNames[code] ?? `CODE_${code}`
}

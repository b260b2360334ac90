import type { JsonObject } from '../../source.ts'
import { isObject } from '../read-json.ts'
import { literalLengthMax, pythonLiteral } from './python-literal.ts'

const nothing: JsonObject = Object.freeze({})
const empty: readonly unknown[] = Object.freeze([])

/**
 * A column that holds an object or a list: as itself, as JSON text (Log Analytics' string columns) or as a Python literal
 * (tables exported by a notebook). Anything else, and text of more than 65,536 characters, is returned as it is.
 */
export function nestedValue(value: unknown): unknown {
  if (typeof value !== 'string' || value.length > literalLengthMax) return value
  const first = value.trimStart()[0]
  if (first !== '{' && first !== '[') return value
  try {
    return JSON.parse(value)
  } catch {
    return pythonLiteral(value)
  }
}

/** The nested value as an object; an empty one when it is absent or something else. */
export function nestedObject(value: unknown): JsonObject {
  const nested = nestedValue(value)
  return isObject(nested) ? nested : nothing
}

/** The nested value as an array; an empty one when it is absent or something else. */
export function nestedArray(value: unknown): readonly unknown[] {
  const nested = nestedValue(value)
  return Array.isArray(nested) ? nested : empty
}

/** The first of several columns that holds an object with members; an empty one when none does. */
export function firstNestedObject(values: readonly unknown[]): JsonObject {
  for (const value of values) {
    const nested = nestedObject(value)
    for (const _key in nested) return nested
  }
  return nothing
}

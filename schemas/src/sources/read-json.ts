import type { JsonObject } from '../source.ts'

/** Longest text that is taken from a record; what is longer is cut, since no field that is kept needs more. */
export const textLengthMax = 2048

const nothing: JsonObject = Object.freeze({})

// Each takes a member's value, not the object and a key: a place in the code that reads one key is fast, one for all keys is not.

/** A member as text; `''` when it is absent or of another type. */
export function textOf(value: unknown): string {
  if (typeof value !== 'string') return ''
  return value.length > textLengthMax ? value.slice(0, textLengthMax) : value
}

/** A member as an object; an empty one when it is absent or of another type. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : nothing
}

/** A member as an array; empty when it is absent or of another type. */
export function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

import type { JsonObject } from '../source.ts'

/** Longest text that is taken from a record; what is longer is cut, since no field that is kept needs more. */
export const textLengthMax = 2048

const nothing: JsonObject = Object.freeze({})

/** The member as text; `''` when it is absent or of another type. */
export function textAt(object: JsonObject, key: string): string {
  const value = object[key]
  if (typeof value !== 'string') return ''
  return value.length > textLengthMax ? value.slice(0, textLengthMax) : value
}

/** The member as an object; an empty one when it is absent or of another type. */
export function objectAt(object: JsonObject, key: string): JsonObject {
  const value = object[key]
  return isObject(value) ? value : nothing
}

/** The member as an array; empty when it is absent or of another type. */
export function arrayAt(object: JsonObject, key: string): readonly unknown[] {
  const value = object[key]
  return Array.isArray(value) ? value : []
}

export function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}

import type { JsonObject, Outcome } from '../../source.ts'
import { isObject, textLengthMax } from '../read-json.ts'

/** Names of one field in the forms a record comes in: Graph and REST, diagnostic settings, Log Analytics, SDK exports. */
export type FieldNames = readonly string[]

/** The first member of these names that holds something; `undefined` when none does. */
export function pick(object: JsonObject, names: FieldNames): unknown {
  for (const name of names) {
    const value = object[name]
    if (value !== undefined && value !== null && value !== '') return value
  }
  return undefined
}

/** The first of these members that is text, or the text in its `value`; a number as its digits. `''` when none is. */
export function pickText(object: JsonObject, names: FieldNames): string {
  for (const name of names) {
    const text = asText(object[name])
    if (text !== '') return text
  }
  return ''
}

/** Text, the `value` of `{value, localizedValue}`, or the digits of a whole number; `''` for anything else. */
export function asText(value: unknown): string {
  const inner = isObject(value) ? value['value'] : value
  if (typeof inner === 'number') return Number.isSafeInteger(inner) ? String(inner) : ''
  if (typeof inner !== 'string') return ''
  return inner.length > textLengthMax ? inner.slice(0, textLengthMax) : inner
}

/** Rejects a record that lacks a field: `record.wrong_type` where it is there as something else than text. */
export function lacking(record: JsonObject, names: FieldNames, log: string): Outcome {
  const held = names.find((name) => record[name] !== undefined && record[name] !== null && record[name] !== '')
  if (held !== undefined) {
    return { kind: 'rejected', reason: 'record.wrong_type', detail: `Cannot read ${log} record: "${held}" is not text` }
  }
  const wanted = names.map((name) => `"${name}"`).join(' or ')
  return { kind: 'rejected', reason: 'record.missing_field', detail: `Cannot read ${log} record without ${wanted}` }
}

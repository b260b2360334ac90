import type { SourceId } from '../clear-event.ts'
import type { RejectReason } from '../error-codes.ts'
import type { JsonObject, Outcome, Source } from '../source.ts'
import { openEnvelope } from './envelopes/open-envelope.ts'
import { sources } from './index.ts'
import { isObject } from './read-json.ts'

/** Most envelopes around a record: a queue's message that holds a notification that holds an event in a list is four. */
export const envelopeDepthMax = 4
/** Most values one input may unfold to, all its envelopes together. */
export const envelopeRecordsMax = 10_000
/** Most keys of an unknown record that are named, and most letters of each. */
const namedKeysMax = 12
const namedKeyLengthMax = 40

type Emit = (outcome: Outcome, record: JsonObject) => void

interface Unfolding {
  readonly emit: Emit
  readonly forced: Source | undefined
  left: number
}

const noRecord: JsonObject = Object.freeze({})

/**
 * Normalises one parsed JSON value: takes it out of its envelopes, asks the sources in their order which of them
 * recognises it, and calls `emit` with what became of each inner record, together with that record; with `{}` where
 * there is none. Total: whatever the value, it throws nothing of its own and emits at least once.
 *
 * An envelope that holds nothing is filtered as a heartbeat. Beyond `envelopeRecordsMax` records one rejection
 * (`bytes.oversized`) stands for the rest of a list; beyond `envelopeDepthMax` envelopes one (`json.too_deep`) stands
 * for what is inside.
 *
 * With `forced`, what neither that source recognises nor an envelope explains is normalised by that source.
 */
export function normaliseRecord(parsed: unknown, emit: Emit, forced?: SourceId): void {
  if (forced === undefined && isObject(parsed)) {
    // Nearly every record is a bare one: it is asked for before anything else is looked at.
    const source = recogniser(parsed)
    if (source !== undefined) {
      emit(source.normalise(parsed), parsed)
      return
    }
  }
  const source = forced === undefined ? undefined : sources.find((one) => one.id === forced)
  unfold({ emit, forced: source, left: envelopeRecordsMax }, parsed, 0)
}

function recogniser(record: JsonObject): Source | undefined {
  for (const source of sources) if (source.recognises(record)) return source
  return undefined
}

function unfold(unfolding: Unfolding, value: unknown, depth: number): void {
  const { emit, forced } = unfolding
  if (!isObject(value)) {
    reject(emit, 'json.not_object', `Cannot read a record: it is ${typeWord(value)}, not an object`, noRecord)
    return
  }
  const source = forced === undefined ? recogniser(value) : forced.recognises(value) ? forced : undefined
  if (source !== undefined) {
    emit(source.normalise(value), value)
    return
  }
  const opened = openEnvelope(value)
  if (opened === undefined) {
    if (forced === undefined) reject(emit, 'source.unsupported', unsupported(value), value)
    else emit(forced.normalise(value), value)
    return
  }
  if (opened.kind === 'nothing') {
    emit({ kind: 'filtered', reason: opened.reason }, value)
    return
  }
  if (depth === envelopeDepthMax) {
    const detail = `Cannot read a record inside more than ${envelopeDepthMax} envelopes`
    reject(emit, 'json.too_deep', detail, value)
    return
  }
  if (opened.kind === 'text') unfoldText(unfolding, opened.text, value, depth)
  else unfoldList(unfolding, opened.values, value, depth)
}

function unfoldText(unfolding: Unfolding, text: string, envelope: JsonObject, depth: number): void {
  let inner: unknown
  try {
    inner = JSON.parse(text)
  } catch {
    // The parser's own message would quote the text, so it is left out.
    reject(unfolding.emit, 'json.invalid', `Cannot read the text inside an envelope: it is not JSON`, envelope)
    return
  }
  unfold(unfolding, inner, depth + 1)
}

function unfoldList(unfolding: Unfolding, values: readonly unknown[], envelope: JsonObject, depth: number): void {
  if (values.length === 0) unfolding.emit({ kind: 'filtered', reason: 'heartbeat' }, envelope)
  for (let i = 0; i < values.length; i++) {
    if (unfolding.left === 0) {
      const detail = `Cannot read ${values.length - i} records of an envelope: it unfolds to more than ${envelopeRecordsMax}`
      reject(unfolding.emit, 'bytes.oversized', detail, envelope)
      return
    }
    unfolding.left -= 1
    unfold(unfolding, values[i], depth + 1)
  }
}

function reject(emit: Emit, reason: RejectReason, detail: string, record: JsonObject): void {
  emit({ kind: 'rejected', reason, detail }, record)
}

/** Names the keys and none of the values: a rejection is read by people who may not read the record. */
function unsupported(record: JsonObject): string {
  const keys = Object.keys(record)
  const named = keys.slice(0, namedKeysMax).map((key) => JSON.stringify(key.slice(0, namedKeyLengthMax)))
  const more = keys.length > namedKeysMax ? ` and ${keys.length - namedKeysMax} more` : ''
  return keys.length === 0
    ? 'Cannot read a record: it is an empty object'
    : `Cannot read a record: no source recognises its keys ${named.join(', ')}${more}`
}

function typeWord(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'an array'
  return `a ${typeof value}`
}

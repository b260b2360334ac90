import { envelopeDepthMax } from '@ostiary/schemas'
import type { Dice } from './dice.ts'

/** A value to throw at the sources, and what must come of it: one word for each record in it, in order. */
export interface Wrapped {
  readonly value: unknown
  readonly words: readonly string[]
  /** Envelopes around the innermost record. */
  readonly depth: number
}

type Wrap = (inner: unknown) => unknown

const objectWraps: readonly Wrap[] = [
  (inner) => ({ 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.x', detail: inner }),
  (inner) => ({ _index: 'x', _source: inner }),
  (inner) => ({ EventSource: 'aws:sns', Sns: inner }),
]
const textWraps: readonly Wrap[] = [
  (inner) => ({ EventId: 'x', CloudTrailEvent: JSON.stringify(inner) }),
  (inner) => ({ id: '1', timestamp: 1, message: ` ${JSON.stringify(inner)}` }),
  (inner) => ({ Type: 'Notification', Message: JSON.stringify(inner) }),
  (inner) => ({ MessageId: 'x', Body: JSON.stringify(inner) }),
  (inner) => ({ subscription: 's', message: { data: Buffer.from(JSON.stringify(inner)).toString('base64') } }),
  (inner) => ({ eventSource: 'aws:kinesis', kinesis: { data: Buffer.from(JSON.stringify(inner)).toString('base64') } }),
]
const listKeys = ['Records', 'records', 'value', 'Events', 'events', 'entries', 'receivedMessages'] as const

/** Members that may make an envelope of a record that no source recognises. */
export const envelopeKeys: ReadonlySet<string> = new Set([
  ...listKeys,
  'detail',
  '_source',
  'Sns',
  'CloudTrailEvent',
  'message',
  'Message',
  'Body',
  'body',
  'kinesis',
  'logEvents',
  'messageType',
  'Type',
  'Event',
  'digestStartTime',
])

/** Puts a value into an envelope. Only an object can be told in one, and only below `envelopeDepthMax` of them. */
export function wrap(dice: Dice, inner: Wrapped): Wrapped {
  const value = dice.of(dice.oneIn(2) ? objectWraps : textWraps)(inner.value)
  return below(value, [inner])
}

/** Puts values into a list; the first must be an object, for a list of plain values is no batch of records. */
export function wrapList(dice: Dice, inner: readonly Wrapped[]): Wrapped {
  const values = inner.map((one) => one.value)
  const value = dice.oneIn(4)
    ? { messageType: 'DATA_MESSAGE', logGroup: 'x', logEvents: values }
    : { [dice.of(listKeys)]: values, nextToken: 'x' }
  return below(value, inner)
}

function below(value: unknown, inner: readonly Wrapped[]): Wrapped {
  const depth = 1 + Math.max(0, ...inner.map((one) => one.depth))
  return { value, words: inner.length === 0 ? ['heartbeat'] : inner.flatMap((one) => one.words), depth }
}

/** Whether the innermost records of a value can still be reached, one envelope more around it. */
export function canWrap(inner: Wrapped): boolean {
  return inner.depth < envelopeDepthMax
}

/** A text envelope whose text was cut: one record that is not JSON. */
export function cutWrap(dice: Dice, inner: unknown): Wrapped {
  const text = JSON.stringify(inner)
  const cut = text.slice(0, 1 + dice.below(text.length - 1))
  return { value: { Type: 'Notification', Message: cut }, words: ['json.invalid'], depth: 1 }
}

import type { FilterReason, JsonObject } from '../../source.ts'
import { isObject } from '../read-json.ts'
import { base64Text } from './base64-text.ts'

/** What an envelope holds: values, the JSON text of one value, or nothing that anybody did. */
export type Opened =
  | { readonly kind: 'values'; readonly values: readonly unknown[] }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'nothing'; readonly reason: FilterReason }

type Opener = (record: JsonObject) => Opened | undefined

const heartbeat: Opened = { kind: 'nothing', reason: 'heartbeat' }

function one(value: unknown): Opened {
  return { kind: 'values', values: [value] }
}

/** Text that opens like a JSON object; other text is what a log line says, not a record. */
function jsonText(value: unknown): Opened | undefined {
  if (typeof value !== 'string') return undefined
  let at = 0
  while (at < value.length && value.charCodeAt(at) <= 32) at++
  return value[at] === '{' ? { kind: 'text', text: value } : undefined
}

/** A digest file of CloudTrail's log file validation lies beside the logs and tells hashes, not accesses. */
const digest: Opener = (record) =>
  'digestStartTime' in record && 'digestS3Bucket' in record ? { kind: 'nothing', reason: 'digest' } : undefined

/** A CloudWatch Logs subscription: data messages hold log events, control messages only test the connection. */
const subscription: Opener = (record) => {
  if (record['messageType'] === 'CONTROL_MESSAGE') return heartbeat
  return Array.isArray(record['logEvents']) ? { kind: 'values', values: record['logEvents'] } : undefined
}

/** What S3 and SNS send when a notification is set up. */
const handshake: Opener = (record) => {
  const type = record['Type']
  if (record['Event'] === 's3:TestEvent') return heartbeat
  return type === 'SubscriptionConfirmation' || type === 'UnsubscribeConfirmation' ? heartbeat : undefined
}

/** SNS, as it posts and as a function receives it (`{Sns: {…}}`). */
const notification: Opener = (record) => {
  if (isObject(record['Sns'])) return one(record['Sns'])
  const text = record['Message']
  return record['Type'] === 'Notification' && typeof text === 'string' ? { kind: 'text', text } : undefined
}

/** SQS, as `ReceiveMessage` answers (`Body`) and as a function receives it (`body`). */
const queueMessage: Opener = (record) =>
  jsonText(record['Body']) ?? ('receiptHandle' in record ? jsonText(record['body']) : undefined)

const eventBridge: Opener = (record) =>
  'detail-type' in record && isObject(record['detail']) ? one(record['detail']) : undefined

/** An answer of `LookupEvents`, one event of it. */
const lookupEvent: Opener = (record) => jsonText(record['CloudTrailEvent'])

/** Google Pub/Sub, as it pushes (`{message: {data}}`) and as it is pulled; a Kinesis record is built the same way. */
const base64Message: Opener = (record) => {
  const message = isObject(record['message']) ? record['message'] : record['kinesis']
  const data = isObject(message) ? message['data'] : undefined
  return typeof data === 'string' ? jsonText(base64Text(data)) : undefined
}

/** A log event of CloudWatch Logs, or a line as Logstash and Fluent Bit ship it. */
const logLine: Opener = (record) => jsonText(record['message'])

/** A hit of a search in Elasticsearch. */
const searchHit: Opener = (record) => (isObject(record['_source']) ? one(record['_source']) : undefined)

/** Lists: CloudTrail and Lambda, Azure's Event Hub and REST, LookupEvents, CloudWatch, Google's entries.list, Pub/Sub. */
const listKeys = ['Records', 'records', 'value', 'Events', 'events', 'entries', 'receivedMessages'] as const

const list: Opener = (record) => {
  for (const key of listKeys) {
    const values = record[key]
    // A list of plain values is a field of some record, not a batch of records.
    if (Array.isArray(values) && (values.length === 0 || isObject(values[0]))) return { kind: 'values', values }
  }
  return undefined
}

const openers: readonly Opener[] = [
  digest,
  subscription,
  handshake,
  notification,
  queueMessage,
  eventBridge,
  lookupEvent,
  base64Message,
  logLine,
  searchHit,
  list,
]

/** Opens the outermost envelope of a record that no source recognises; `undefined` when it is in none. */
export function openEnvelope(record: JsonObject): Opened | undefined {
  for (const open of openers) {
    const opened = open(record)
    if (opened !== undefined) return opened
  }
  return undefined
}

import type { RejectReason } from '../../error-codes.ts'
import type { JsonObject, Outcome, Source } from '../../source.ts'
import { parseTime } from '../parse-time.ts'
import { objectAt, textAt } from '../read-json.ts'
import { factsOf } from './facts.ts'
import { principalOf } from './principal.ts'
import { resourcesOf } from './resources.ts'

const serviceSuffix = '.amazonaws.com'

function rejected(reason: RejectReason, detail: string): Outcome {
  return { kind: 'rejected', reason, detail }
}

/** `s3.amazonaws.com` is `s3`. */
function serviceOf(eventSource: string): string {
  return eventSource.endsWith(serviceSuffix) ? eventSource.slice(0, -serviceSuffix.length) : eventSource
}

/** A sign-in that failed carries no error code, only a response. */
function signInFailed(record: JsonObject): boolean {
  return textAt(objectAt(record, 'responseElements'), 'ConsoleLogin') === 'Failure'
}

function readOnlyOf(record: JsonObject): boolean | undefined {
  const value = record['readOnly']
  if (typeof value === 'boolean') return value
  if (value === 'true') return true
  return value === 'false' ? false : undefined
}

/** Every required member must be text: `record.wrong_type` where it is something else, `record.missing_field` where it is absent. */
function lacking(record: JsonObject, key: string): Outcome {
  const value = record[key]
  return value === undefined || value === null || value === ''
    ? rejected('record.missing_field', `Cannot read CloudTrail record without "${key}"`)
    : rejected('record.wrong_type', `Cannot read CloudTrail record: "${key}" is not text`)
}

function normalise(record: JsonObject): Outcome {
  const eventSource = textAt(record, 'eventSource')
  if (eventSource === '') return lacking(record, 'eventSource')
  const operation = textAt(record, 'eventName')
  if (operation === '') return lacking(record, 'eventName')
  const timeText = textAt(record, 'eventTime') || textAt(record, '@timestamp')
  if (timeText === '') return lacking(record, 'eventTime')
  const timeMs = parseTime(timeText)
  if (timeMs === undefined) return rejected('record.invalid_time', `Cannot read event time "${timeText.slice(0, 64)}"`)
  const service = serviceOf(eventSource)
  const eventType = textAt(record, 'eventType')
  const errorCode = textAt(record, 'errorCode')
  const signIn = eventType === 'AwsConsoleSignIn' || service === 'signin'
  const principal = principalOf(record)
  return {
    kind: 'event',
    event: {
      source: 'aws.cloudtrail',
      eventUid: textAt(record, 'eventID'),
      timeMs,
      kind: signIn ? 'authentication' : 'api',
      service,
      operation,
      region: textAt(record, 'awsRegion'),
      readOnly: readOnlyOf(record),
      errorCode,
      failed: errorCode !== '' || (signIn && signInFailed(record)),
      principal,
      sourceAddress: textAt(record, 'sourceIPAddress'),
      userAgent: textAt(record, 'userAgent'),
      targetAccountUid: textAt(record, 'recipientAccountId') || principal.accountUid,
      resources: resourcesOf(service, record),
      facts: factsOf(service, operation, record),
    },
  }
}

/** Notifications of S3, SQS and Kinesis have the same keys; their `eventSource` reads `aws:s3`. */
function isNotification(eventSource: unknown): boolean {
  return typeof eventSource === 'string' && eventSource.startsWith('aws:')
}

/** AWS CloudTrail records: management, data, Insights and network-activity events, and console sign-ins. */
export const awsCloudtrail: Source = {
  id: 'aws.cloudtrail',
  recognises: (record) =>
    'eventSource' in record &&
    'eventName' in record &&
    ('userIdentity' in record || 'eventVersion' in record || 'awsRegion' in record) &&
    !isNotification(record['eventSource']),
  normalise,
}

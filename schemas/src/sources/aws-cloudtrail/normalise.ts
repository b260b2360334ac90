import type { ClearEvent, ClearPrincipal } from '../../clear-event.ts'
import type { RejectReason } from '../../error-codes.ts'
import type { JsonObject, Outcome, Source } from '../../source.ts'
import { parseTime } from '../parse-time.ts'
import { objectOf, textOf } from '../read-json.ts'
import { factsOf } from './facts.ts'
import { insightOf, isInsight } from './insight.ts'
import { principalOf } from './principal.ts'
import { resourcesOf } from './resources.ts'
import { isSignIn, signInFailed } from './sign-in.ts'

const serviceSuffix = '.amazonaws.com'
/** Insights are what CloudTrail has to say, so CloudTrail is who says it. */
const insightSpeaker = 'cloudtrail.amazonaws.com'

function rejected(reason: RejectReason, detail: string): Outcome {
  return { kind: 'rejected', reason, detail }
}

/** `s3.amazonaws.com` is `s3`. */
function serviceOf(eventSource: string): string {
  return eventSource.endsWith(serviceSuffix) ? eventSource.slice(0, -serviceSuffix.length) : eventSource
}

function readOnlyOf(record: JsonObject): boolean | undefined {
  const value = record['readOnly']
  if (typeof value === 'boolean') return value
  if (value === 'true') return true
  return value === 'false' ? false : undefined
}

/** A record that updates an earlier one has that one's id, so that the event counts once. */
function eventUidOf(record: JsonObject): string {
  return textOf(objectOf(record['addendum'])['originalEventID']) || textOf(record['eventID'])
}

/** Every required member must be text: `record.wrong_type` where it is something else, `record.missing_field` where it is absent. */
function lacking(record: JsonObject, key: string): Outcome {
  const value = record[key]
  return value === undefined || value === null || value === ''
    ? rejected('record.missing_field', `Cannot read CloudTrail record without "${key}"`)
    : rejected('record.wrong_type', `Cannot read CloudTrail record: "${key}" is not text`)
}

/** The record's time in ms, or why it has none. */
function timeOf(record: JsonObject): number | Outcome {
  const text = textOf(record['eventTime']) || textOf(record['@timestamp'])
  if (text === '') return lacking(record, 'eventTime')
  return parseTime(text) ?? rejected('record.invalid_time', `Cannot read event time "${text.slice(0, 64)}"`)
}

function normalise(record: JsonObject): Outcome {
  if (isInsight(record)) return normaliseInsight(record)
  const eventSource = textOf(record['eventSource'])
  if (eventSource === '') return lacking(record, 'eventSource')
  const operation = textOf(record['eventName'])
  if (operation === '') return lacking(record, 'eventName')
  const timeMs = timeOf(record)
  if (typeof timeMs !== 'number') return timeMs
  const service = serviceOf(eventSource)
  const errorCode = textOf(record['errorCode'])
  const signIn = isSignIn(service, operation, record)
  const principal = principalOf(record)
  return {
    kind: 'event',
    event: {
      source: 'aws.cloudtrail',
      eventUid: eventUidOf(record),
      timeMs,
      kind: signIn ? 'authentication' : 'api',
      service,
      operation,
      region: textOf(record['awsRegion']),
      readOnly: readOnlyOf(record),
      errorCode,
      failed: errorCode !== '' || (signIn && signInFailed(operation, record)),
      principal,
      sourceAddress: textOf(record['sourceIPAddress']),
      userAgent: textOf(record['userAgent']),
      targetAccountUid: textOf(record['recipientAccountId']) || principal.accountUid,
      resources: resourcesOf(service, record),
      facts: factsOf(service, operation, record),
    },
  }
}

/** An Insights record: an event of CloudTrail's own about an operation, not a call of that operation. */
function normaliseInsight(record: JsonObject): Outcome {
  const { eventSource, operation } = insightOf(record)
  if (operation === '') return rejected('record.missing_field', 'Cannot read Insights record without "insightDetails"')
  const timeMs = timeOf(record)
  if (typeof timeMs !== 'number') return timeMs
  const accountUid = textOf(record['recipientAccountId'])
  const event: ClearEvent = {
    source: 'aws.cloudtrail',
    eventUid: eventUidOf(record),
    timeMs,
    kind: 'api',
    service: serviceOf(eventSource || insightSpeaker),
    operation,
    region: textOf(record['awsRegion']),
    readOnly: undefined,
    errorCode: '',
    failed: false,
    principal: insightPrincipal(accountUid),
    sourceAddress: insightSpeaker,
    userAgent: '',
    targetAccountUid: accountUid,
    resources: [],
    facts: ['insight'],
  }
  return { kind: 'event', event }
}

function insightPrincipal(accountUid: string): ClearPrincipal {
  return {
    kind: 'AWSService',
    uid: insightSpeaker,
    issuerUid: '',
    sessionName: '',
    vouchedName: '',
    vouchedBy: '',
    invokedBy: insightSpeaker,
    accountUid,
    credentialUid: '',
    credentialType: 'service',
    mfa: undefined,
    sessionCreatedMs: undefined,
    chained: false,
    federation: '',
  }
}

/**
 * CloudTrail's own keys: other clouds copied `eventSource`, `eventName` and `userIdentity`, and notifications of S3, SQS
 * and Kinesis have them and `awsRegion` as well, with an `eventSource` like `aws:s3`.
 */
function isTrailRecord(record: JsonObject): boolean {
  if (!('eventSource' in record && 'eventName' in record)) return false
  if (!('awsRegion' in record || 'sourceIPAddress' in record)) return false
  const eventSource = record['eventSource']
  return typeof eventSource !== 'string' || !eventSource.startsWith('aws:')
}

/** AWS CloudTrail records: management, data, Insights and network-activity events, and console sign-ins. */
export const awsCloudtrail: Source = {
  id: 'aws.cloudtrail',
  recognises: (record) => isTrailRecord(record) || isInsight(record),
  normalise,
}

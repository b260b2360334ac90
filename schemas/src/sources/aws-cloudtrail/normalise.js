import { parseTime } from '../parse-time.js'
import { objectAt, textAt } from '../read-json.js'
import { factsOf } from './facts.js'
import { insightOf, isInsight } from './insight.js'
import { principalOf } from './principal.js'
import { resourcesOf } from './resources.js'
import { isSignIn, signInFailed } from './sign-in.js'

const serviceSuffix = '.amazonaws.com'
/** Insights are what CloudTrail has to say, so CloudTrail is who says it. */
const insightSpeaker = 'cloudtrail.amazonaws.com'
function rejected(reason, detail) {
  return { kind: 'rejected', reason, detail }
}
/** `s3.amazonaws.com` is `s3`. */
function serviceOf(eventSource) {
  return eventSource.endsWith(serviceSuffix) ? eventSource.slice(0, -serviceSuffix.length) : eventSource
}
function readOnlyOf(record) {
  const value = record['readOnly']
  if (typeof value === 'boolean') return value
  if (value === 'true') return true
  return value === 'false' ? false : undefined
}
/** A record that updates an earlier one has that one's id, so that the event counts once. */
function eventUidOf(record) {
  return textAt(objectAt(record, 'addendum'), 'originalEventID') || textAt(record, 'eventID')
}
/** Every required member must be text: `record.wrong_type` where it is something else, `record.missing_field` where it is absent. */
function lacking(record, key) {
  const value = record[key]
  return value === undefined || value === null || value === ''
    ? rejected('record.missing_field', `Cannot read CloudTrail record without "${key}"`)
    : rejected('record.wrong_type', `Cannot read CloudTrail record: "${key}" is not text`)
}
/** The record's time in ms, or why it has none. */
function timeOf(record) {
  const text = textAt(record, 'eventTime') || textAt(record, '@timestamp')
  if (text === '') return lacking(record, 'eventTime')
  return parseTime(text) ?? rejected('record.invalid_time', `Cannot read event time "${text.slice(0, 64)}"`)
}
function normalise(record) {
  if (isInsight(record)) return normaliseInsight(record)
  const eventSource = textAt(record, 'eventSource')
  if (eventSource === '') return lacking(record, 'eventSource')
  const operation = textAt(record, 'eventName')
  if (operation === '') return lacking(record, 'eventName')
  const timeMs = timeOf(record)
  if (typeof timeMs !== 'number') return timeMs
  const service = serviceOf(eventSource)
  const errorCode = textAt(record, 'errorCode')
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
      region: textAt(record, 'awsRegion'),
      readOnly: readOnlyOf(record),
      errorCode,
      failed: errorCode !== '' || (signIn && signInFailed(operation, record)),
      principal,
      sourceAddress: textAt(record, 'sourceIPAddress'),
      userAgent: textAt(record, 'userAgent'),
      targetAccountUid: textAt(record, 'recipientAccountId') || principal.accountUid,
      resources: resourcesOf(service, record),
      facts: factsOf(service, operation, record),
    },
  }
}
/** An Insights record: an event of CloudTrail's own about an operation, not a call of that operation. */
function normaliseInsight(record) {
  const { eventSource, operation } = insightOf(record)
  if (operation === '') return rejected('record.missing_field', 'Cannot read Insights record without "insightDetails"')
  const timeMs = timeOf(record)
  if (typeof timeMs !== 'number') return timeMs
  const accountUid = textAt(record, 'recipientAccountId')
  const event = {
    source: 'aws.cloudtrail',
    eventUid: eventUidOf(record),
    timeMs,
    kind: 'api',
    service: serviceOf(eventSource || insightSpeaker),
    operation,
    region: textAt(record, 'awsRegion'),
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
function insightPrincipal(accountUid) {
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
/** Notifications of S3, SQS and Kinesis have the same keys; their `eventSource` reads `aws:s3`. */
function isNotification(eventSource) {
  return typeof eventSource === 'string' && eventSource.startsWith('aws:')
}
/** AWS CloudTrail records: management, data, Insights and network-activity events, and console sign-ins. */
export const awsCloudtrail = {
  id: 'aws.cloudtrail',
  recognises: (record) =>
    ('eventSource' in record &&
      'eventName' in record &&
      ('userIdentity' in record || 'eventVersion' in record || 'awsRegion' in record) &&
      !isNotification(record['eventSource'])) ||
    isInsight(record),
  normalise,
}
//# sourceMappingURL=normalise.js.map

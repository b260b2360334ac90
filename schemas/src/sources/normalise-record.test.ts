import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { JsonObject, Outcome } from '../source.ts'
import { envelopeDepthMax, envelopeRecordsMax, normaliseRecord } from './normalise-record.ts'

const trail = {
  eventVersion: '1.11',
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ines', accountId: '111122223333' },
  eventTime: '2026-03-02T08:00:00Z',
  eventSource: 's3.amazonaws.com',
  eventName: 'ListBuckets',
  awsRegion: 'eu-west-1',
  sourceIPAddress: '198.51.100.7',
  eventID: '00000000-0000-4000-8000-000000000001',
}
const text = JSON.stringify(trail)
const base64 = Buffer.from(text).toString('base64')

function outcomesOf(value: unknown, forced?: 'aws.cloudtrail'): [Outcome, JsonObject][] {
  const outcomes: [Outcome, JsonObject][] = []
  normaliseRecord(value, (outcome, record) => outcomes.push([outcome, record]), forced)
  return outcomes
}

/** One word for each outcome: the event's operation, or the reason. */
function words(value: unknown): string[] {
  return outcomesOf(value).map(([outcome]) => (outcome.kind === 'event' ? outcome.event.operation : outcome.reason))
}

test.each<[string, unknown]>([
  ['nothing', trail],
  ['EventBridge', { version: '0', 'detail-type': 'AWS API Call via CloudTrail', source: 'aws.s3', detail: trail }],
  ['a CloudWatch Logs subscription', { messageType: 'DATA_MESSAGE', logEvents: [{ id: '1', message: text }] }],
  ['a CloudWatch Logs event', { timestamp: 1, message: ` ${text}` }],
  ['LookupEvents', { EventId: 'x', CloudTrailEvent: text, Resources: [{}] }],
  ['an answer of LookupEvents', { Events: [{ CloudTrailEvent: text }] }],
  ['Records', { Records: [trail] }],
  ['records', { records: [trail] }],
  ['value', { value: [trail], nextLink: 'https://example.com' }],
  ['entries', { entries: [trail] }],
  ['SNS', { Type: 'Notification', MessageId: 'x', Message: text }],
  ['SNS to a function', { Records: [{ EventSource: 'aws:sns', Sns: { Type: 'Notification', Message: text } }] }],
  ['SQS', { MessageId: 'x', Body: text }],
  ['SQS to a function', { Records: [{ eventSource: 'aws:sqs', receiptHandle: 'x', body: text, awsRegion: 'x' }] }],
  ['Pub/Sub push', { message: { data: base64, messageId: '1' }, subscription: 'projects/p/subscriptions/s' }],
  ['Pub/Sub pull', { receivedMessages: [{ ackId: 'x', message: { data: base64 } }] }],
  ['Elasticsearch', { _index: 'cloudtrail', _id: 'x', _source: trail }],
  [
    'SQS, SNS and EventBridge',
    {
      Body: JSON.stringify({
        Type: 'Notification',
        Message: JSON.stringify({ 'detail-type': 'x', detail: { Records: [trail] } }),
      }),
    },
  ],
])('a record in %s is read as itself', (_name, value) => {
  expect(outcomesOf(value)).toEqual(outcomesOf(trail))
  expect(words(value)).toEqual(['ListBuckets'])
})

test('each record of a list has its outcome, in order', () => {
  const value = { Records: [trail, 7, { ...trail, eventName: 'GetObject' }, {}, null, { ...trail, eventTime: '?' }] }
  expect(words(value)).toEqual([
    'ListBuckets',
    'json.not_object',
    'GetObject',
    'source.unsupported',
    'json.not_object',
    'record.invalid_time',
  ])
})

test.each<[string, unknown, string]>([
  [
    'a control message',
    { messageType: 'CONTROL_MESSAGE', logEvents: [{ message: 'CWL CONTROL MESSAGE' }] },
    'heartbeat',
  ],
  ['a test event of S3', { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: 'b' }, 'heartbeat'],
  ['a subscription of SNS', { Type: 'SubscriptionConfirmation', Message: 'x' }, 'heartbeat'],
  ['an empty list', { Records: [] }, 'heartbeat'],
  ['a digest file', { digestStartTime: 'x', digestEndTime: 'y', digestS3Bucket: 'b', logFiles: [{}] }, 'digest'],
])('%s is filtered', (_name, value, reason) => {
  expect(words(value)).toEqual([reason])
  expect(outcomesOf(value)[0]![0].kind).toBe('filtered')
})

test.each<[string, unknown, string]>([
  ['text', 'abc', 'json.not_object'],
  ['null', null, 'json.not_object'],
  ['an array', [trail], 'json.not_object'],
  ['an array in a message', { Type: 'Notification', Message: '[1]' }, 'json.not_object'],
  ['a message that is no JSON', { Type: 'Notification', Message: 'CloudTrail validation message.' }, 'json.invalid'],
  ['a message that is cut', { message: text.slice(0, 40) }, 'json.invalid'],
  ['a log line', { message: 'user logged in' }, 'source.unsupported'],
  ['an event in a member called event', { source: 'x', event: trail }, 'source.unsupported'],
  ['a list of words', { value: ['a', 'b'] }, 'source.unsupported'],
  [
    'compressed data',
    { message: { data: 'H4sIAAAAAAAAA6tWKkktLlGyUlAqS8wpTtVRKi1OLYrPTFGyMqwFAFzZc8kbAAAA' } },
    'source.unsupported',
  ],
  [
    'a notification of S3',
    {
      Records: [
        {
          eventVersion: '2.1',
          eventSource: 'aws:s3',
          eventName: 'ObjectCreated:Put',
          userIdentity: {},
          awsRegion: 'x',
        },
      ],
    },
    'source.unsupported',
  ],
])('%s is rejected', (_name, value, reason) => {
  expect(words(value)).toEqual([reason])
})

test('a rejection names the keys and none of the values', () => {
  const [[outcome, record]] = outcomesOf({ alpha: 'secret-1', beta: { gamma: 'secret-2' } }) as [[Outcome, JsonObject]]
  expect(outcome).toEqual({
    kind: 'rejected',
    reason: 'source.unsupported',
    detail: 'Cannot read a record: no source recognises its keys "alpha", "beta"',
  })
  expect(record).toEqual({ alpha: 'secret-1', beta: { gamma: 'secret-2' } })
})

test('envelopes are opened to a depth and to a number of records', () => {
  let nested: unknown = trail
  for (let i = 0; i < envelopeDepthMax; i++) nested = { _source: nested }
  expect(words(nested)).toEqual(['ListBuckets'])
  expect(words({ _source: nested })).toEqual(['json.too_deep'])

  const many = words({ Records: Array.from({ length: envelopeRecordsMax + 5 }, () => trail) })
  expect(many.length).toBe(envelopeRecordsMax + 1)
  expect(many.at(-1)).toBe('bytes.oversized')
  // A list of lists has one allowance, so that no input unfolds without bound.
  const lists = Array.from({ length: 200 }, () => ({ Records: Array.from({ length: 200 }, () => ({})) }))
  expect(words({ Records: lists }).length).toBeLessThanOrEqual(envelopeRecordsMax + 201)
})

test('a forced source reads what it does not recognise, inside envelopes as well', () => {
  const reasonsOf = (value: unknown) =>
    outcomesOf(value, 'aws.cloudtrail').map(([outcome]) => (outcome.kind === 'event' ? 'event' : outcome.reason))
  expect(reasonsOf({ alpha: 1 })).toEqual(['record.missing_field'])
  expect(reasonsOf({ Records: [trail, { alpha: 1 }] })).toEqual(['event', 'record.missing_field'])
  expect(reasonsOf({ message: text })).toEqual(['event'])
})

test('any JSON value has at least one outcome, and the same ones twice', () => {
  const keys = fc.constantFrom('Records', 'message', 'detail', 'detail-type', 'Body', '_source', 'data', 'Type', 'x')
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.constantFrom<unknown>(trail, text, base64, null, 1, 'Notification', '{"Records":[{}]}', '{'),
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(keys, tie('tree'), { maxKeys: 5 }),
    ),
  }))
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), tree), (value) => {
      const outcomes = outcomesOf(value)
      expect(outcomes.length).toBeGreaterThan(0)
      expect(outcomesOf(value)).toEqual(outcomes)
    }),
    { numRuns: 500 },
  )
})

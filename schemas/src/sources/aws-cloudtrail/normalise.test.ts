import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { ClearEvent } from '../../clear-event.ts'
import type { JsonObject, Outcome } from '../../source.ts'
import { awsCloudtrail } from './normalise.ts'

interface Fixture {
  readonly about: string
  readonly record: JsonObject
  readonly outcome: Outcome
}

const folder = new URL('./fixtures/', import.meta.url)
const fixtures: ReadonlyMap<string, Fixture> = new Map(
  readdirSync(folder).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as Fixture,
  ]),
)

function record(name: string): JsonObject {
  return fixtures.get(name)!.record
}

function eventOf(value: JsonObject): ClearEvent {
  const outcome = awsCloudtrail.normalise(value)
  if (outcome.kind !== 'event') throw new Error(JSON.stringify(outcome))
  return outcome.event
}

test.each([...fixtures])('%s', (_name, fixture) => {
  expect(awsCloudtrail.recognises(fixture.record)).toBe(true)
  // Absent members cannot be written in JSON.
  expect(JSON.parse(JSON.stringify(awsCloudtrail.normalise(fixture.record)))).toEqual(fixture.outcome)
})

describe('who acted', () => {
  const account = '111122223333'
  test.each<[string, Partial<ClearEvent['principal']>]>([
    ['root', { kind: 'Root', uid: `arn:aws:iam::${account}:root`, accountUid: account }],
    ['iam-user', { kind: 'IAMUser', uid: `arn:aws:iam::${account}:user/ines`, credentialType: 'long_term' }],
    ['iam-user-via-service', { kind: 'IAMUser', invokedBy: 'cloudformation.amazonaws.com' }],
    ['iam-user-console-session', { credentialType: 'console', mfa: true, sessionCreatedMs: 1772438100000 }],
    ['assumed-role', { issuerUid: `arn:aws:iam::${account}:role/deploy`, sessionName: 'run-17', vouchedName: '' }],
    ['assumed-role-sso', { vouchedName: 'ines@example.com', vouchedBy: 'sso' }],
    ['assumed-role-source-identity', { vouchedName: 'ines', vouchedBy: 'sourceIdentity', chained: true }],
    [
      'assumed-role-on-behalf',
      { vouchedName: 'aaaa1111-bb22-cc33-dd44-eeeeee555555', vouchedBy: 'object_id', chained: false },
    ],
    ['assumed-role-web-identity', { credentialType: 'web_identity', vouchedName: '' }],
    ['federated-user', { issuerUid: `arn:aws:iam::${account}:user/ines`, sessionName: 'guest' }],
    ['directory', { kind: 'Directory', uid: 'S-1-5-21-0000000001' }],
    ['aws-account', { kind: 'AWSAccount', uid: 'AROAEXAMPLEOTHER:visit', accountUid: '444455556666' }],
    ['aws-service', { kind: 'AWSService', uid: 'lambda.amazonaws.com', credentialType: 'service' }],
    ['aws-service-event', { kind: 'AWSService', uid: 'AWS Internal', accountUid: account }],
    ['identity-center-user', { vouchedName: 'aaaa1111-bb22-cc33-dd44-eeeeee555555', vouchedBy: 'object_id' }],
    ['saml-user', { vouchedName: 'ines@example.com', vouchedBy: 'saml', federation: 'EXAMPLEHASH=' }],
    ['web-identity-user', { vouchedName: '', sessionName: '', credentialType: 'web_identity' }],
    ['unknown-portal-user', { uid: 'ines@example.com', vouchedName: 'ines@example.com', vouchedBy: 'sso' }],
  ])('%s', (name, expected) => {
    expect(eventOf(record(name)).principal).toMatchObject(expected)
  })

  test('a failed sign-in counts for the same user as a successful one', () => {
    const { uid } = eventOf(record('console-login')).principal
    expect(eventOf(record('console-login-failure')).principal.uid).toBe(uid)
    const china = { ...record('console-login-failure'), awsRegion: 'cn-north-1' }
    expect(eventOf(china).principal.uid).toBe('arn:aws-cn:iam::111122223333:user/ines')
  })

  test('a name that nobody has stays hidden', () => {
    expect(eventOf(record('console-login-hidden-name')).principal).toMatchObject({
      uid: 'HIDDEN_DUE_TO_SECURITY_REASONS',
      vouchedName: '',
    })
    const portal = record('unknown-portal-failure')
    const userIdentity = { ...(portal['userIdentity'] as JsonObject), userName: 'HIDDEN_DUE_TO_SECURITY_REASONS' }
    expect(eventOf({ ...portal, userIdentity }).principal.vouchedName).toBe('')
  })

  test('a service event that names not even the service has no id of the account', () => {
    const event = eventOf({ ...record('aws-service-event'), userIdentity: { accountId: '111122223333' } })
    expect(event.principal).toMatchObject({ kind: 'AWSService', uid: '', accountUid: '111122223333' })
  })
})

describe('signing in', () => {
  test.each([
    ['console-login', false],
    ['console-login-failure', true],
    ['console-login-hidden-name', true],
    ['check-mfa-failure', true],
    ['switch-role', false],
    ['unknown-portal-user', false],
    ['unknown-portal-failure', true],
  ])('%s is an authentication that failed: %s', (name, failed) => {
    expect(eventOf(record(name))).toMatchObject({ kind: 'authentication', failed, errorCode: '' })
  })

  test('switching roles takes one on only when it succeeds', () => {
    const switched = record('switch-role')
    expect(eventOf(switched).facts).toEqual(['role.assumed'])
    expect(eventOf({ ...switched, responseElements: { SwitchRole: 'Failure' } })).toMatchObject({
      facts: [],
      failed: true,
    })
  })
})

describe('records that are no calls', () => {
  test('Insights tell of an operation without being one', () => {
    expect(eventOf(record('insight'))).toMatchObject({
      service: 'ec2',
      operation: 'RunInstances.ApiCallRateInsight',
      facts: ['insight'],
      failed: false,
    })
    expect(eventOf(record('insight-data-store'))).toMatchObject({
      service: 'iam',
      operation: 'GetRole.ApiErrorRateInsight',
      errorCode: '',
    })
    expect(awsCloudtrail.normalise({ ...record('insight'), insightDetails: 7 })).toMatchObject({
      reason: 'record.missing_field',
    })
    expect(awsCloudtrail.normalise({ ...record('insight'), eventTime: 'soon' })).toMatchObject({
      reason: 'record.invalid_time',
    })
  })

  test('the endpoint of network activity is a resource, that of a management event is not', () => {
    const refused = record('network-activity')
    const endpoint = { uid: 'vpce-0123456789abcdef0', type: 'AWS::EC2::VPCEndpoint', accountUid: '111122223333' }
    expect(eventOf(refused).resources).toEqual([endpoint])
    expect(eventOf({ ...refused, eventCategory: 'Management' }).resources).toEqual([])
  })
})

describe('ids and times', () => {
  test('a record that updates another has its id; one that is only late has its own', () => {
    expect(eventOf(record('updated-record')).eventUid).toBe('22222222-0000-4000-8000-999999999999')
    expect(eventOf(record('delayed-record')).eventUid).toBe(record('delayed-record')['eventID'])
  })

  test('@timestamp stands in for eventTime, and never overrules it', () => {
    const late = record('timestamp-member')
    expect(eventOf(late).timeMs).toBe(1_772_443_800_250)
    expect(eventOf({ ...late, eventTime: '2026-03-02T09:00:00Z' }).timeMs).toBe(1_772_442_000_000)
  })
})

describe('what is not CloudTrail', () => {
  test.each<[string, JsonObject]>([
    ['a notification of S3', { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', awsRegion: 'eu-west-1' }],
    ['a record of Alibaba Cloud', { eventSource: 'ram.aliyuncs.com', eventName: 'CreateUser', userIdentity: {} }],
    ['a row of LookupEvents', { EventSource: 's3.amazonaws.com', EventName: 'ListBuckets' }],
  ])('%s', (_name, value) => {
    expect(awsCloudtrail.recognises(value)).toBe(false)
  })
})

test('parameters nested deeper than the stack do not throw', () => {
  let nested: unknown = '0.0.0.0/0'
  for (let i = 0; i < 100_000; i++) nested = [nested]
  expect(eventOf({ ...record('delayed-record'), requestParameters: { nested } }).facts).toEqual([])
})

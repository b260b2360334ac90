import type { AccessEvent } from '@ostiary/schemas'
import { accessEventSchema, factNames } from '@ostiary/schemas'
import fc from 'fast-check'

/** First and last event time of the arbitraries: a window of 200 days, so that gaps of every length come up. */
const firstMs = Date.UTC(2025, 0, 1)
const lastMs = firstMs + 200 * 86_400_000

type SchemaField = { readonly name: string; readonly type: unknown }

/** The symbols of an enum of the event's schema, by the path of the field. */
function symbols<T extends string>(record: string, field: string): fc.Arbitrary<T> {
  const parent = accessEventSchema.fields.find((other) => other.name === record)!.type as {
    readonly fields: readonly SchemaField[]
  }
  const type = parent.fields.find((other) => other.name === field)!.type as { readonly symbols: readonly T[] }
  return fc.constantFrom(...type.symbols)
}

/** A value that mostly repeats, and now and then is anything at all. */
function text(...usual: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    { weight: 1, arbitrary: fc.constant('') },
  )
}

const accountUid = text('111122223333', '444455556666')

/** An instant within the window, or within minutes of `nearMs` where that is given. */
function time(): fc.Arbitrary<number> {
  return fc.oneof(
    fc.integer({ min: firstMs, max: lastMs }),
    fc.integer({ min: firstMs + 86_400_000, max: firstMs + 90_000_000 }),
  )
}

const identity: fc.Arbitrary<AccessEvent['identity']> = fc.record({
  uid: text('id-1', 'id-2'),
  type: symbols<AccessEvent['identity']['type']>('identity', 'type'),
  type_evidence: text('SSO session of a person', 'console sign-in', 'instance profile session'),
  issuer_uid: text('iss-1'),
  peer_group: text('grp-1'),
  team: text('payments'),
  zone: text('Europe/Berlin'),
  privilege: symbols<AccessEvent['identity']['privilege']>('identity', 'privilege'),
  account_uid: accountUid,
})

const session: fc.Arbitrary<AccessEvent['session']> = fc.record({
  uid: text('ses-1', 'ses-2', 'ses-3'),
  credential_uid: text('key-1', 'key-2'),
  credential_type: symbols<AccessEvent['session']['credential_type']>('session', 'credential_type'),
  mfa: symbols<AccessEvent['session']['mfa']>('session', 'mfa'),
  created_time: fc.option(fc.integer({ min: firstMs, max: lastMs })),
  chained: fc.boolean(),
})

const api: fc.Arbitrary<AccessEvent['api']> = fc.record({
  service: text('s3', 'iam', 'signin', 'cloudtrail', 'secretsmanager'),
  operation: text('ListBuckets', 'GetObject', 'CreateAccessKey', 'StopLogging', 'DeactivateMFADevice'),
  access_level: symbols<AccessEvent['api']['access_level']>('api', 'access_level'),
  outcome: symbols<AccessEvent['api']['outcome']>('api', 'outcome'),
  error_code: text('AccessDenied', 'NoSuchBucket'),
  region: text('eu-central-1', 'us-east-1'),
  target_account_uid: accountUid,
})

const src: fc.Arbitrary<AccessEvent['src']> = fc.record({
  ip: text('ip-1', 'ip-2'),
  subnet_uid: text('net-1', 'net-2', 'net-3'),
  asn: fc.oneof(fc.constantFrom(0, 64500, 64501, 16509), fc.integer({ min: 0, max: 2_147_483_647 })),
  as_org: text('Example Access', 'Example Cloud'),
  country: text('DE', 'US', 'SG', 'ZZ'),
  network_type: symbols<AccessEvent['src']['network_type']>('src', 'network_type'),
  svc_name: text('cloudformation.amazonaws.com'),
  indicator: fc.oneof({ weight: 9, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constant('scanner') }),
})

const userAgent: fc.Arbitrary<AccessEvent['user_agent']> = fc.record({
  family: text('aws-cli', 'Boto3', 'Chrome', 'other:0123456789abcdef'),
  version: text('2'),
  os: text('linux'),
  kind: symbols<AccessEvent['user_agent']['kind']>('user_agent', 'kind'),
})

const resource: fc.Arbitrary<AccessEvent['resources'][number]> = fc.record({
  uid: text('res-1', 'res-2'),
  type: text('AWS::S3::Bucket'),
  account_uid: accountUid,
  criticality: fc.integer({ min: 0, max: 4 }),
})

/** Any access event that fits the schema, of a few identities, mostly with values that repeat. */
export const accessEvent: fc.Arbitrary<AccessEvent> = fc.record({
  event_uid: fc.uuid(),
  tenant_uid: fc.constant('default'),
  source: fc.constantFrom('aws.cloudtrail', 'azure.activity', 'entra.signin', 'entra.audit', 'gcp.audit'),
  class_uid: fc.constantFrom(6003, 3002),
  time: time(),
  late_ms: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 90_000_000 })),
  identity,
  session,
  api,
  src,
  user_agent: userAgent,
  resources: fc.array(resource, { maxLength: 3 }),
  facts: fc.subarray([...factNames], { maxLength: 3 }),
})

/** A stream of access events: mostly in order of time, as a door that reorders lets them through, with stragglers. */
export function accessEvents(lengthMax: number): fc.Arbitrary<readonly AccessEvent[]> {
  const straggles = fc.integer({ min: 0, max: 9 })
  return fc.array(fc.tuple(accessEvent, straggles), { minLength: 1, maxLength: lengthMax }).map((drawn) => {
    const inOrder = drawn.filter(([, straggle]) => straggle > 0).map(([event]) => event)
    const stragglers = drawn.filter(([, straggle]) => straggle === 0).map(([event]) => event)
    return [...inOrder.sort((a, b) => a.time - b.time), ...stragglers]
  })
}

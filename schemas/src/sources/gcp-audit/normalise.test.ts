import { readdirSync, readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { type ClearEvent, resourcesMax } from '../../clear-event.ts'
import type { JsonObject, Outcome } from '../../source.ts'
import { gcpAudit } from './normalise.ts'

interface Fixture {
  readonly about: string
  readonly record: JsonObject
  readonly outcome: Outcome
}

const folder = new URL('fixtures/', import.meta.url)
const fixtures = readdirSync(folder).map(
  (name) => [name, JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Fixture] as const,
)

test.each(fixtures)('fixture %s', (_name, fixture) => {
  expect(gcpAudit.recognises(fixture.record)).toBe(true)
  expect(gcpAudit.normalise(fixture.record)).toEqual(fixture.outcome)
})

const recordOf = (name: string): JsonObject => fixtures.find(([file]) => file === `${name}.json`)![1].record

/** The event of a log entry whose payload has these members. */
function eventOf(payload: object, entry: object = {}): ClearEvent {
  const outcome = gcpAudit.normalise({
    insertId: 'a',
    timestamp: '2026-03-02T08:00:00Z',
    logName: 'projects/shop-prod/logs/cloudaudit.googleapis.com%2Factivity',
    resource: { type: 'project', labels: { project_id: 'shop-prod' } },
    protoPayload: {
      '@type': 'type.googleapis.com/google.cloud.audit.AuditLog',
      serviceName: 'compute.googleapis.com',
      methodName: 'v1.compute.instances.list',
      authenticationInfo: { principalEmail: 'ines@example.com' },
      ...payload,
    },
    ...entry,
  })
  if (outcome.kind !== 'event') throw new Error(`${outcome.kind}: ${outcome.reason}`)
  return outcome.event
}

describe('principal', () => {
  const of = (authenticationInfo: object, metadata: object = {}) => eventOf({ authenticationInfo, metadata }).principal
  const app = 'app@shop-prod.iam.gserviceaccount.com'
  const hop = 'hop@shop-prod.iam.gserviceaccount.com'
  const link = (principalEmail: string) => ({ firstPartyPrincipal: { principalEmail } })

  it.each([
    ['ines@example.com', 'user'],
    [app, 'serviceAccount'],
    ['service-123456789012@compute-system.iam.gserviceaccount.com', 'serviceAgent'],
    ['service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com', 'serviceAgent'],
    ['123456789012@cloudservices.gserviceaccount.com', 'serviceAgent'],
    ['system@google.com', 'serviceAgent'],
    ['system:serviceaccount:kube-system:job-controller', 'serviceAccount'],
    ['shop-prod.svc.id.goog[shop/app]', 'serviceAccount'],
    ['system:anonymous', 'anonymous'],
  ])('%s is of kind %s', (principalEmail, kind) => {
    expect(of({ principalEmail }).kind).toBe(kind)
  })

  it('takes the email before the subject, and the subject where there is no email', () => {
    expect(of({ principalEmail: 'ines@example.com', principalSubject: 'user:other@example.com' }).uid).toBe(
      'ines@example.com',
    )
    expect(of({ principalSubject: `serviceAccount:${app}` }).uid).toBe(app)
    expect(of({ thirdPartyPrincipal: { thirdPartyClaims: { sub: 'ines' } } }).uid).toBe('ines')
  })

  it('finds the person in a chain of either order', () => {
    for (const chain of [
      [link('ines@example.com'), link(hop)],
      [link(hop), link('ines@example.com')],
    ]) {
      const principal = of({ principalEmail: app, serviceAccountDelegationInfo: chain })
      expect(principal).toMatchObject({ uid: app, issuerUid: app, vouchedName: 'ines@example.com', chained: true })
    }
  })

  it('takes the first of several service accounts', () => {
    const chain = [link(hop), link('second@shop-prod.iam.gserviceaccount.com')]
    expect(of({ principalEmail: app, serviceAccountDelegationInfo: chain }).vouchedName).toBe(hop)
  })

  it('is no impersonation when an account delegates to itself, or a chain is empty', () => {
    for (const chain of [[link(app)], [{}], [], 'x', [7]]) {
      const principal = of({ principalEmail: app, serviceAccountDelegationInfo: chain })
      expect(principal).toMatchObject({ vouchedName: '', vouchedBy: '', chained: false, issuerUid: '' })
    }
  })

  it('gives an anonymous call to a Kubernetes cluster no name', () => {
    expect(of({ principalEmail: 'system:anonymous' })).toMatchObject({ uid: '', credentialType: 'none' })
  })

  it('says the project of the account, not of the record', () => {
    expect(of({ principalEmail: 'etl@other.iam.gserviceaccount.com' }).accountUid).toBe('other')
    expect(of({ principalEmail: '1-compute@developer.gserviceaccount.com' }).accountUid).toBe('shop-prod')
  })
})

describe('status', () => {
  it.each([
    [{}, ''],
    [{ code: 0 }, ''],
    [{ code: 5 }, 'NOT_FOUND'],
    [{ code: 16, message: 'x' }, 'UNAUTHENTICATED'],
    [{ code: '7' }, 'PERMISSION_DENIED'],
    [{ code: 99 }, 'CODE_99'],
    [{ code: -1 }, ''],
    [{ code: 'seven' }, ''],
    [{ code: 1.5 }, ''],
    ['7', ''],
  ])('%j is %j', (status, code) => {
    const event = eventOf({ status })
    expect([event.errorCode, event.failed]).toEqual([code, code !== ''])
  })

  it('does not take an ungranted permission for a refusal: some checks only ask whether to log', () => {
    const authorizationInfo = [{ permission: 'sts.identityProviders.checkLogging', granted: false }]
    expect(eventOf({ authorizationInfo }).failed).toBe(false)
  })
})

test.each([
  [{ location: 'europe-west1' }, 'europe-west1'],
  [{ zone: 'us-central1-f' }, 'us-central1'],
  [{ location: 'EU' }, 'eu'],
  [{ region: 'asia-east1' }, 'asia-east1'],
  [{}, 'global'],
])('region of labels %j is %s', (labels, region) => {
  const event = eventOf({ resourceLocation: { currentLocations: ['global'] } }, { resource: { labels } })
  expect(event.region).toBe(region)
})

test.each([
  ['projects/shop-prod/logs/x', {}, 'shop-prod'],
  ['organizations/123/logs/x', {}, 'organizations/123'],
  ['folders/9/logs/x', {}, 'folders/9'],
  ['projects/a/logs/x', { project_id: 'b' }, 'b'],
  ['', {}, ''],
])('account of log %s with labels %j is %s', (logName, labels, account) => {
  expect(eventOf({}, { logName, resource: { labels } }).targetAccountUid).toBe(account)
})

test.each([
  [['ADMIN_READ'], 'data_access', true],
  [['DATA_READ', 'DATA_WRITE'], 'data_access', false],
  [[], 'activity', false],
  [[], 'data_access', undefined],
])('permissions of type %j in the log %s: readOnly %s', (types, log, readOnly) => {
  const authorizationInfo = types.map((permissionType) => ({ permissionType }))
  expect(
    eventOf({ authorizationInfo }, { logName: `projects/p/logs/cloudaudit.googleapis.com%2F${log}` }).readOnly,
  ).toBe(readOnly)
})

describe('resources', () => {
  it.each([
    ['projects/_/buckets/b/objects/a/b/c.txt', 'projects/_/buckets/b'],
    ['projects/1/secrets/s/versions/latest', 'projects/1/secrets/s'],
    ['projects/p/jobs/bquxjob_1', 'projects/p/jobs'],
    ['projects/p/locations/eu/operations/op-1', 'projects/p/locations/eu/operations'],
    ['//iam.googleapis.com/projects/p/serviceAccounts/a', 'projects/p/serviceAccounts/a'],
    ['projects/p/zones/z/instances/i', 'projects/p/zones/z/instances/i'],
  ])('%s is %s', (resourceName, uid) => {
    expect(eventOf({ resourceName }).resources.map((one) => one.uid)).toEqual([uid])
  })

  it('are bounded, distinct and of their own project', () => {
    const authorizationInfo = Array.from({ length: 3 * resourcesMax }, (_, i) => ({
      resource: `projects/p${i >> 1}/x`,
    }))
    const { resources } = eventOf({ resourceName: 'projects/123/x', authorizationInfo })
    expect(resources.length).toBe(resourcesMax)
    expect(new Set(resources.map((one) => one.uid)).size).toBe(resourcesMax)
    expect(resources.slice(0, 2).map((one) => one.accountUid)).toEqual(['shop-prod', 'p0'])
  })
})

describe('facts', () => {
  const of = (serviceName: string, methodName: string, more: object = {}) =>
    eventOf({ serviceName: `${serviceName}.googleapis.com`, methodName, ...more }).facts

  const bind = (role: string, member: string, action: unknown = 'ADD', key = 'serviceData') =>
    of('cloudresourcemanager', 'SetIamPolicy', {
      [key]: { policyDelta: { bindingDeltas: [{ action, role, member }] } },
    })

  it.each([
    ['roles/owner', true],
    ['roles/editor', true],
    ['roles/compute.admin', true],
    ['roles/iam.securityAdmin', true],
    ['roles/resourcemanager.organizationAdmin', true],
    ['roles/iam.serviceAccountTokenCreator', true],
    ['roles/storage.objectAdmin', false],
    ['roles/viewer', false],
    ['roles/ownership', false],
  ])('%s is an administrator role: %s', (role, admin) => {
    expect(bind(role, 'user:ada@example.com').includes('admin.policy')).toBe(admin)
  })

  it.each([
    ['user:ada@example.com', []],
    ['user:ada@EXAMPLE.com', []],
    ['user:guest@example.net', ['resource.shared']],
    ['group:g@gmail.com', ['resource.shared']],
    ['domain:example.net', ['resource.shared']],
    ['serviceAccount:a@shop-prod.iam.gserviceaccount.com', []],
    ['serviceAccount:a@other.iam.gserviceaccount.com', ['resource.shared']],
    ['serviceAccount:service-1@gcp-sa-pubsub.iam.gserviceaccount.com', []],
    ['allUsers', ['resource.public']],
    ['allAuthenticatedUsers', ['resource.public']],
  ])('%s gives %j', (member, facts) => {
    expect(bind('roles/viewer', member)).toEqual(['policy.attached', ...facts])
  })

  it('reads additions only, by name or number, in either place', () => {
    expect(bind('roles/owner', 'allUsers', 'REMOVE')).toEqual([])
    expect(bind('roles/owner', 'allUsers', 2)).toEqual([])
    expect(bind('roles/viewer', 'allUsers', 1, 'metadata')).toEqual(['policy.attached', 'resource.public'])
    expect(bind('roles/storage.legacyBucketOwner', 'projectOwner:shop-prod')).toEqual([])
    expect(bind('roles/viewer', 'projectViewer:other')).toEqual(['policy.attached', 'resource.shared'])
  })

  it('tells who may act as an account', () => {
    expect(bind('roles/iam.workloadIdentityUser', 'user:ada@example.com')).toEqual(['policy.attached', 'trust.changed'])
  })

  it('tells an exemption from the audit', () => {
    const delta = (action: string, exemptedMember: string) =>
      of('cloudresourcemanager', 'SetIamPolicy', {
        serviceData: { policyDelta: { auditConfigDeltas: [{ action, exemptedMember, logType: 'DATA_READ' }] } },
      })
    expect(delta('ADD', 'user:a@example.com')).toEqual(['audit.disabled'])
    expect(delta('REMOVE', '')).toEqual(['audit.disabled'])
    expect(delta('ADD', '')).toEqual([])
    expect(delta('REMOVE', 'user:a@example.com')).toEqual([])
  })

  it.each<[string, string, object, string[]]>([
    ['logging', 'google.logging.v2.ConfigServiceV2.UpdateSink', { sink: { exclusions: [{}] } }, ['audit.disabled']],
    ['logging', 'google.logging.v2.ConfigServiceV2.UpdateSink', { sink: { disabled: true } }, ['audit.disabled']],
    ['logging', 'google.logging.v2.ConfigServiceV2.UpdateSink', { sink: {} }, []],
    ['logging', 'google.logging.v2.ConfigServiceV2.CreateExclusion', {}, ['audit.disabled']],
    ['compute', 'v1.compute.subnetworks.patch', { logConfig: { enable: false } }, ['audit.disabled']],
    ['compute', 'v1.compute.subnetworks.patch', { logConfig: { enable: true } }, []],
    [
      'iam',
      'google.iam.admin.v1.CreateServiceAccountKey',
      { name: 'projects/-/serviceAccounts/ines@example.com' },
      ['credential.created'],
    ],
    ['storage', 'storage.hmacKeys.create', {}, ['credential.created']],
    ['compute', 'v1.compute.firewalls.insert', { alloweds: [{}], sourceRanges: ['10.0.0.0/8'] }, []],
    ['compute', 'v1.compute.firewalls.patch', { alloweds: [{}], sourceRanges: ['::/0'] }, ['resource.public']],
    ['compute', 'v1.compute.firewalls.insert', { denieds: [{}], sourceRanges: ['::/0'] }, []],
    ['compute', 'v1.compute.firewalls.insert', { alloweds: [{}], sourceRanges: ['::/0'], direction: 'EGRESS' }, []],
    [
      'cloudsql',
      'cloudsql.instances.update',
      {
        body: { settings: { ipConfiguration: { authorizedNetworks: [{ value: '0.0.0.0/0' }] } } },
      },
      ['resource.public'],
    ],
    [
      'storage',
      'storage.buckets.update',
      {
        encryption: { defaultKmsKeyName: 'projects/other/locations/eu/keyRings/r/cryptoKeys/k' },
      },
      ['encryption.external'],
    ],
    [
      'storage',
      'storage.buckets.update',
      {
        encryption: { defaultKmsKeyName: 'projects/shop-prod/locations/eu/keyRings/r/cryptoKeys/k' },
      },
      [],
    ],
    ['compute', 'beta.compute.instances.stop', {}, ['compute.stopped']],
    ['compute', 'v1.compute.snapshots.delete', {}, ['data.deleted']],
    ['storage', 'storage.buckets.delete', {}, ['data.deleted']],
    ['login', 'google.login.LoginService.2svDisable', {}, ['mfa.changed']],
    ['login', 'google.login.LoginService.loginSuccess', {}, ['console.login']],
    ['compute', 'v1.compute.instances.list', {}, []],
  ])('%s %s with %j gives %j', (service, method, request, facts) => {
    expect(of(service, method, { request })).toEqual(facts)
  })

  it('searches a request for keys to a limit', () => {
    let request: object = { diskEncryptionKey: { rawKey: 'x' } }
    for (let i = 0; i < 20; i++) request = { request }
    expect(of('compute', 'v1.compute.disks.insert', { request })).toEqual([])
  })
})

test('keeps no value that the allow-list does not name', () => {
  const text = JSON.stringify(gcpAudit.normalise(recordOf('external-key')))
  expect(text).not.toContain('SECRETSECRETSECRET')
  expect(JSON.stringify(gcpAudit.normalise(recordOf('data-access')))).not.toContain('lovelace')
})

test('the snake_case form and the BigQuery form read like the JSON form', () => {
  const payload = recordOf('set-iam-policy-owner')['protoPayload'] as JsonObject
  const snake = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(snake)
      : value !== null && typeof value === 'object'
        ? Object.fromEntries(
            Object.entries(value).map(([key, one]) => [
              key.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`),
              snake(one),
            ]),
          )
        : value
  const { protoPayload, insertId, logName, ...rest } = recordOf('set-iam-policy-owner')
  const expected = gcpAudit.normalise(recordOf('set-iam-policy-owner'))
  expect(
    gcpAudit.normalise({ ...rest, proto_payload: snake(protoPayload), insert_id: insertId, log_name: logName }),
  ).toEqual(expected)
  expect(gcpAudit.normalise({ ...rest, insertId, logName, protopayload_auditlog: payload })).toEqual(expected)
})

test('recognises log entries with a payload of a type, and nothing else', () => {
  expect(gcpAudit.recognises({ protoPayload: {} })).toBe(true)
  expect(gcpAudit.recognises({ proto_payload: {} })).toBe(true)
  expect(gcpAudit.recognises({ protopayload_auditlog: {} })).toBe(true)
  expect(gcpAudit.recognises({ jsonPayload: {}, logName: 'x', insertId: 'y' })).toBe(false)
  expect(gcpAudit.recognises({ eventSource: 's3.amazonaws.com', eventName: 'x', awsRegion: 'y' })).toBe(false)
})

test('is total', () => {
  const shapes = fc.constantFrom(...fixtures.map(([, fixture]) => fixture.record))
  /** The record with one member, at any depth, replaced by anything. */
  const spoilt = fc.tuple(shapes, fc.nat(), fc.jsonValue()).map(([record, at, value]) => {
    let left = at % 60
    const walk = (node: unknown): unknown => {
      if (left-- === 0) return value
      if (Array.isArray(node)) return node.map(walk)
      if (node === null || typeof node !== 'object') return node
      return Object.fromEntries(Object.entries(node).map(([key, one]) => [key, walk(one)]))
    }
    return walk(record)
  })
  const anything = fc.oneof(
    spoilt,
    fc.object(),
    fc.jsonValue().map((value) => ({ protoPayload: value, timestamp: '2026-03-02T08:00:00Z' })),
  )
  fc.assert(
    fc.property(anything, (record) => {
      if (record === null || typeof record !== 'object' || Array.isArray(record)) return
      const outcome = gcpAudit.normalise(record as JsonObject)
      if (outcome.kind !== 'event') return
      expect(Number.isSafeInteger(outcome.event.timeMs)).toBe(true)
      expect(outcome.event.resources.length).toBeLessThanOrEqual(resourcesMax)
      expect(outcome.event.failed).toBe(outcome.event.errorCode !== '')
    }),
    { numRuns: 2000 },
  )
})

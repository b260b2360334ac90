import { accessEventSchema, type ClearEvent, type SourceId } from '@ostiary/schemas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pseudonymViolations } from '../privacy/privacy-classes.ts'
import { emptyContext } from './context.ts'
import { createEnricher, type Enricher } from './enricher.ts'
import { combineTables } from './enrichment-tables.ts'
import { clearEvent } from './fixtures/clear-event.ts'
import { smallAddressTable } from './fixtures/small-address-table.ts'

const key = new Uint8Array(32)
const tables = combineTables({
  address: { sha256: 'a', table: smallAddressTable() },
  accessLevels: { sha256: 'b', table: new Map([['s3', new Map([['getobject', 'read']])]]) },
  context: {
    identities: [{ match: 'video-*', team: 'video', zone: 'Europe/Berlin', privilege: 'privileged' }],
    assets: [{ pattern: 'prod-*', criticality: 4 }],
    indicators: [{ value: '198.51.100.66', name: 'example list', networkType: 'tor' }],
  },
})
const bare = combineTables({
  address: { sha256: 'a', table: smallAddressTable() },
  accessLevels: { sha256: 'b', table: new Map() },
  context: emptyContext,
})

const enricher = (over = tables): Enricher => createEnricher({ tenantUid: 'default', key, tables: over })
const noHash = (): string => {
  throw new Error('asked for a hash although the event has an id')
}

describe('createEnricher', () => {
  it('fills every field', () => {
    const event = enricher()(
      clearEvent({
        facts: ['secret.read'],
        resources: [{ uid: 'prod-ledger', type: 'AWS::S3::Bucket', accountUid: '111122223333' }],
      }),
      noHash,
    )
    expect(pseudonymViolations(accessEventSchema, event)).toEqual([])
    expect(event).toMatchObject({
      event_uid: 'aaaaaaaa-0000-4000-8000-000000000001',
      tenant_uid: 'default',
      source: 'aws.cloudtrail',
      class_uid: 6003,
      time: 1_767_225_600_000,
      late_ms: 0,
      identity: {
        type: 'workload',
        type_evidence: 'instance profile session',
        team: 'video',
        zone: 'Europe/Berlin',
        privilege: 'privileged',
        account_uid: '111122223333',
      },
      session: { credential_type: 'temporary', mfa: 'unknown', created_time: 1_767_222_000_000, chained: false },
      api: { service: 's3', operation: 'GetObject', access_level: 'read', outcome: 'success', region: 'eu-central-1' },
      src: {
        asn: 14061,
        as_org: 'DigitalOcean, LLC',
        country: 'US',
        network_type: 'hosting',
        svc_name: '',
        indicator: '',
      },
      user_agent: { family: 'aws-cli', version: '2.15', os: 'linux', kind: 'cli' },
      resources: [{ type: 'AWS::S3::Bucket', account_uid: '111122223333', criticality: 4 }],
      facts: ['secret.read'],
    })
  })

  it('gives an event without an id the hash of its canonical bytes, and asks for it only then', () => {
    expect(enricher()(clearEvent({ eventUid: '' }), () => 'hash').event_uid).toBe('hash')
    expect(enricher()(clearEvent(), noHash).event_uid).not.toBe('hash')
  })

  it('tells a sign-in from a call, and a failure from a success', () => {
    const event = enricher()(clearEvent({ kind: 'authentication', failed: true, errorCode: 'Failed' }), noHash)
    expect(event.class_uid).toBe(3002)
    expect(event.api).toMatchObject({ outcome: 'failure', error_code: 'Failed' })
  })

  it('names services and private networks, and takes the word of an indicator', () => {
    const src = (sourceAddress: string) => enricher()(clearEvent({ sourceAddress }), noHash).src
    expect(src('ecs.amazonaws.com')).toMatchObject({
      network_type: 'provider_service',
      svc_name: 'ecs.amazonaws.com',
      ip: '',
    })
    expect(src('10.1.2.3')).toMatchObject({ network_type: 'private', asn: 0, country: '' })
    expect(src('198.51.100.66')).toMatchObject({ network_type: 'tor', indicator: 'example list', asn: 14061 })
    expect(src('')).toMatchObject({ network_type: 'unknown', ip: '' })
    expect(src('gce-internal-ip')).toMatchObject({ network_type: 'private', ip: '' })
    expect(src('host of ada')).toMatchObject({ network_type: 'unknown', svc_name: '' })
    expect(src('host of ada').ip).toMatch(/^ip-/)
  })

  it('derives a privilege from the role and says so, unless the context states one', () => {
    const issuerUid = 'arn:aws:iam::111122223333:role/OrgAdmin'
    const derived = enricher(bare)(clearEvent({ principal: { issuerUid } }), noHash).identity
    expect(derived.privilege).toBe('admin')
    expect(derived.type_evidence).toContain('privilege derived')
    const root = enricher(bare)(clearEvent({ principal: { kind: 'Root' } }), noHash).identity
    expect(root).toMatchObject({ privilege: 'admin', type_evidence: 'root user of the account' })
  })

  it('lets the team win over the role as peer group', () => {
    const group = (issuerUid: string, over = tables): string =>
      enricher(over)(clearEvent({ principal: { issuerUid } }), noHash).identity.peer_group
    const api = 'arn:aws:iam::111122223333:role/video-api'
    const web = 'arn:aws:iam::444455556666:role/video-web'
    expect(group(api)).toBe(group(web))
    expect(group(api, bare)).not.toBe(group(web, bare))
  })

  it('keeps an address apart from its neighbours but not its subnet', () => {
    const src = (sourceAddress: string) => enricher()(clearEvent({ sourceAddress }), noHash).src
    expect(src('192.0.2.1').ip).not.toBe(src('192.0.2.2').ip)
    expect(src('192.0.2.1').subnet_uid).toBe(src('192.0.2.2').subnet_uid)
    expect(src('192.0.2.1:443').ip).toBe(src('192.0.2.1').ip)
  })

  it('teaches the name book the person, not the key', () => {
    const book = new Map<string, string>()
    const learn = createEnricher({ tenantUid: 'default', key, tables, onName: (uid, clear) => book.set(uid, clear) })
    const event = learn(clearEvent({ principal: { vouchedName: 'ada@example.com', vouchedBy: 'sso' } }), noHash)
    expect(book.get(event.identity.uid)).toBe('ada@example.com')
    expect(book.get(event.src.ip)).toBe('198.51.100.7')
  })
})

/** A value that stands out, so that finding it in the output can only mean that it leaked. */
const secret = fc.oneof(fc.stringMatching(/^Zq[a-z]{3}-[A-Z]{4}$/), fc.stringMatching(/^zq[a-z]{3}-[a-z]{4}$/))
const kinds = [
  'AssumedRole',
  'IAMUser',
  'Root',
  'AWSService',
  'AWSAccount',
  'FederatedUser',
  'WebIdentityUser',
  'SAMLUser',
  'User',
  'ServicePrincipal',
  '',
]
const sources: readonly SourceId[] = ['aws.cloudtrail', 'azure.activity', 'entra.signin', 'entra.audit', 'gcp.audit']
const around = fc.constantFrom(
  (text: string) => text,
  (text: string) => `${text}@example.com`,
  (text: string) => `arn:aws:iam::111122223333:user/${text}`,
  (text: string) => `arn:aws:sts::111122223333:assumed-role/${text}/${text}`,
  (text: string) => `arn:aws:iam::111122223333:role/aws-service-role/AWSServiceRoleFor${text}`,
  (text: string) => `service-1@${text}.iam.gserviceaccount.com`,
  (text: string) => `principal://iam.googleapis.com/x/workloadIdentityPools/${text}/subject/repo:${text}`,
  (text: string) => `${text}.amazonaws.com`,
  (text: string) => `aws-cli/${text} console/${text} Mozilla/5.0 ${text}`,
)
const hidden = fc.tuple(secret, around).map(([text, wrap]) => wrap(text))

const hiddenEvent: fc.Arbitrary<ClearEvent> = fc
  .record({
    source: fc.constantFrom(...sources),
    sourceAddress: hidden,
    userAgent: hidden,
    resources: fc.array(fc.record({ uid: hidden, type: fc.constant('bucket'), accountUid: fc.constant('1') }), {
      maxLength: 2,
    }),
    principal: fc.record({
      kind: fc.constantFrom(...kinds),
      uid: hidden,
      issuerUid: fc.oneof(hidden, fc.constant('')),
      sessionName: hidden,
      vouchedName: fc.oneof(hidden, fc.constant('')),
      vouchedBy: fc.constantFrom('sso', 'saml', 'oidc', 'sourceIdentity', 'impersonation', 'object_id', ''),
      invokedBy: fc.oneof(hidden, fc.constant('')),
      credentialUid: hidden,
      federation: fc.oneof(hidden, fc.constant('')),
    }),
  })
  .map((changes) => clearEvent(changes))

describe('privacy', () => {
  it('lets no name, address, key, session, user agent or resource through', () => {
    const enrich = enricher()
    fc.assert(
      fc.property(hiddenEvent, (event) => {
        const out = enrich(event, noHash)
        expect(JSON.stringify(out).toLowerCase()).not.toMatch(/zq[a-z]{3}/)
        expect(pseudonymViolations(accessEventSchema, out)).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('lets no address through', () => {
    const enrich = enricher()
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (sourceAddress) => {
        const out = JSON.stringify(enrich(clearEvent({ sourceAddress }), noHash).src)
        // The unspecified address `::` is too short to tell from other text.
        expect(sourceAddress.length > 3 && out.includes(sourceAddress)).toBe(false)
      }),
    )
  })
})

describe('determinism', () => {
  it('gives the same event warm and cold, in any order', () => {
    const warm = enricher()
    // Few values each, so that caches are hit with everything else changed.
    const few = fc.constantFrom('a', 'b', 'i-0abc1234def567890', 'ada@example.com', '')
    const event = fc
      .record({
        source: fc.constantFrom(...sources),
        kind: fc.constantFrom('api' as const, 'authentication' as const),
        service: fc.constantFrom('s3', 'iam'),
        operation: fc.constantFrom('GetObject', 'PutObject', 'x/write'),
        readOnly: fc.constantFrom(true, false, undefined),
        sourceAddress: fc.constantFrom('192.0.2.1', 'ecs.amazonaws.com', 'codebuild.amazonaws.com'),
        userAgent: fc.constantFrom('aws-cli/2.0', 'Mozilla/5.0', ''),
        facts: fc.constantFrom<ClearEvent['facts'][]>([], ['console.login']),
        resources: fc.array(fc.record({ uid: few, type: few, accountUid: few }), { maxLength: 2 }),
        principal: fc.record({
          kind: fc.constantFrom(...kinds),
          uid: few,
          issuerUid: few,
          sessionName: few,
          vouchedName: few,
          vouchedBy: fc.constantFrom('sso', 'sourceIdentity', ''),
          invokedBy: few,
          accountUid: few,
          credentialUid: few,
          credentialType: fc.constantFrom('temporary' as const, 'console' as const),
          mfa: fc.constantFrom(true, false, undefined),
          sessionCreatedMs: fc.constantFrom(undefined, 1, 2),
          chained: fc.boolean(),
          federation: fc.constantFrom('', 'token.actions.githubusercontent.com'),
        }),
      })
      .map((changes) => clearEvent(changes))
    fc.assert(
      fc.property(event, (one) => {
        expect(warm(one, noHash)).toEqual(enricher()(one, noHash))
      }),
      { numRuns: 1000 },
    )
  })

  it('names tables by their content', () => {
    expect(tables.id).toMatch(/^[0-9a-f]{64}$/)
    expect(bare.id).not.toBe(tables.id)
  })
})

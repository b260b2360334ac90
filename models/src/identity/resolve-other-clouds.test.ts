import type { ClearEvent } from '@ostiary/schemas'
import { describe, expect, it } from 'vitest'
import { clearEvent } from '../enrich/fixtures/clear-event.ts'
import { resolveIdentity } from './resolve-identity.ts'

type Principal = Partial<ClearEvent['principal']>
const none: Principal = { uid: '', issuerUid: '', sessionName: '', accountUid: '' }

describe('Microsoft', () => {
  const objectId = '3F2504E0-4F89-41D3-9A0C-0305E82C3301'
  const resolve = (principal: Principal, source: ClearEvent['source'] = 'azure.activity') =>
    resolveIdentity(clearEvent({ source, principal: { ...none, ...principal } }), 'unknown')

  it('keys by the object id, in whatever case and source', () => {
    const activity = resolve({ kind: 'User', uid: objectId, vouchedName: 'ada@example.com', vouchedBy: 'object_id' })
    const signIn = resolve({ kind: 'User', uid: objectId.toLowerCase() }, 'entra.signin')
    expect(activity).toMatchObject({ key: `entra/${objectId.toLowerCase()}`, name: 'ada@example.com', type: 'human' })
    expect(signIn.key).toBe(activity.key)
  })

  it.each([
    ['User', 'human'],
    ['ServicePrincipal', 'workload'],
    ['ManagedIdentity', 'workload'],
    ['Application', 'workload'],
    ['Service', 'cloud_internal'],
    ['', 'unknown'],
  ])('kind %j is %s', (kind, type) => {
    expect(resolve({ kind, uid: objectId }).type).toBe(type)
  })

  it('knows CI by the federation of a service principal', () => {
    const principal: Principal = {
      kind: 'ServicePrincipal',
      uid: objectId,
      federation: 'https://vstoken.dev.azure.com/x',
    }
    expect(resolve(principal)).toMatchObject({ type: 'ci', evidence: 'Azure DevOps OIDC' })
  })

  it('keys by the name where no id is given', () => {
    expect(resolve({ kind: '', vouchedName: 'Ada@Example.com' })).toMatchObject({
      key: 'entra/ada@example.com',
      type: 'human',
    })
    expect(resolve({ accountUid: 'directory' }).key).toBe('entra/nobody/directory')
  })
})

describe('Google', () => {
  const resolve = (principal: Principal) =>
    resolveIdentity(clearEvent({ source: 'gcp.audit', principal: { ...none, ...principal } }), 'unknown')

  it.each([
    ['ada@example.com', 'human'],
    ['user:ada@example.com', 'human'],
    ['app@project.iam.gserviceaccount.com', 'workload'],
    ['123456789012-compute@developer.gserviceaccount.com', 'workload'],
    ['123456789012@cloudbuild.gserviceaccount.com', 'ci'],
    ['123456789012@cloudservices.gserviceaccount.com', 'cloud_internal'],
    ['service-123456789012@compute-system.iam.gserviceaccount.com', 'cloud_internal'],
    ['service-123456789012@gcp-sa-pubsub.iam.gserviceaccount.com', 'cloud_internal'],
    ['system@google.com', 'cloud_internal'],
    ['agent@system.gserviceaccount.com', 'cloud_internal'],
    ['project.svc.id.goog[team/app]', 'workload'],
    ['serviceAccount:app@project.iam.gserviceaccount.com', 'workload'],
    ['deleted:serviceAccount:app@project.iam.gserviceaccount.com', 'workload'],
    ['ada', 'unknown'],
    ['app@project.svc.id.goog', 'workload'],
  ])('%s is %s', (uid, type) => {
    expect(resolve({ uid }).type).toBe(type)
  })

  it('keys an impersonated call by the first principal of the chain', () => {
    const uid = 'app@project.iam.gserviceaccount.com'
    const resolved = resolve({ uid, vouchedName: 'Ada@example.com', vouchedBy: 'impersonation', chained: true })
    expect(resolved).toMatchObject({ key: 'google/ada@example.com', type: 'human', chained: true })
    expect(resolved.evidence).toBe('Google account of a person, by impersonation')
  })

  it('keys workload identity by repository and workforce identity by person', () => {
    const pool = 'iam.googleapis.com/projects/1/locations/global/workloadidentitypools/ci'
    const ci = resolve({ uid: `principal://${pool}/subject/repo:example/app:ref:refs/heads/main` })
    expect(ci).toMatchObject({ key: `google/${pool}/repo:example/app`, type: 'ci' })
    const force = 'iam.googleapis.com/locations/global/workforcePools/staff'
    expect(resolve({ uid: `principal://${force}/subject/ada@example.com` }).type).toBe('human')
  })

  it('gives nobody one identity per project', () => {
    expect(resolve({ accountUid: 'project' }).key).toBe('google/nobody/project')
  })
})

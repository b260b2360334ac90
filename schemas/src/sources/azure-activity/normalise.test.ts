import { describe, expect, it } from 'vitest'
import type { ClearEvent } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { azureActivity } from './normalise.ts'

const subscription = '1f0a9c3e-6b7d-4a25-8e41-2c3d4e5f6a7b'
const group = `/subscriptions/${subscription}/resourceGroups/shop-prod`
const objectId = '5b2e8f10-3c4d-4e6f-8a9b-0c1d2e3f4a5b'

function eventOf(members: JsonObject): ClearEvent {
  const outcome = azureActivity.normalise({
    time: '2026-03-02T08:00:00Z',
    resourceId: group,
    operationName: 'MICROSOFT.COMPUTE/DISKS/READ',
    category: 'Administrative',
    resultType: 'Success',
    ...members,
  })
  if (outcome.kind !== 'event') throw new Error(JSON.stringify(outcome))
  return outcome.event
}

describe('facts', () => {
  const of = (operationName: string, body: object = {}, properties: object = {}) =>
    eventOf({ operationName, properties: { ...properties, requestbody: JSON.stringify(body) } }).facts
  const role = (id: string) => ({ properties: { roleDefinitionId: `/providers/x/roleDefinitions/${id}` } })

  it.each([
    [
      'MICROSOFT.AUTHORIZATION/ROLEASSIGNMENTS/WRITE',
      role('18d7d88d-d35e-4fb5-a5c3-7773c20a72d9'),
      ['policy.attached', 'admin.policy'],
    ],
    [
      'Microsoft.Authorization/roleAssignments/write',
      role('acdd72a7-3385-48ef-bd42-f606fba81ae7'),
      ['policy.attached'],
    ],
    [
      'Microsoft.Authorization/roleDefinitions/write',
      { properties: { permissions: [{ actions: ['*'] }] } },
      ['policy.attached', 'admin.policy'],
    ],
    [
      'Microsoft.Authorization/roleDefinitions/write',
      { properties: { permissions: [{ actions: ['*/read'] }] } },
      ['policy.attached'],
    ],
    [
      'Microsoft.Insights/diagnosticSettings/write',
      { properties: { logs: [{ enabled: false }, { enabled: false }] } },
      ['audit.disabled'],
    ],
    [
      'Microsoft.Insights/diagnosticSettings/write',
      { properties: { logs: [{ enabled: false }, { enabled: true }] } },
      [],
    ],
    ['Microsoft.Insights/diagnosticSettings/write', { properties: { metrics: [{ enabled: false }] } }, []],
    ['Microsoft.KeyVault/vaults/providers/Microsoft.Insights/diagnosticSettings/delete', {}, ['audit.disabled']],
    ['Microsoft.Sql/servers/auditingSettings/write', { properties: { state: 'Disabled' } }, ['audit.disabled']],
    ['Microsoft.Sql/servers/auditingSettings/write', { properties: { state: 'Enabled' } }, []],
    ['Microsoft.Security/pricings/write', { properties: { pricingTier: 'Free' } }, ['audit.disabled']],
    [
      'Microsoft.Sql/servers/firewallRules/write',
      { properties: { startIpAddress: '0.0.0.0', endIpAddress: '255.255.255.255' } },
      ['resource.public'],
    ],
    [
      'Microsoft.Sql/servers/firewallRules/write',
      { properties: { startIpAddress: '0.0.0.0', endIpAddress: '0.0.0.0' } },
      [],
    ],
    ['Microsoft.Storage/storageAccounts/write', { properties: { allowBlobPublicAccess: true } }, ['resource.public']],
    [
      'Microsoft.Storage/storageAccounts/blobServices/containers/write',
      { properties: { publicAccess: 'Blob' } },
      ['resource.public'],
    ],
    ['Microsoft.Storage/storageAccounts/blobServices/containers/write', { properties: { publicAccess: 'None' } }, []],
    ['Microsoft.Storage/storageAccounts/listKeys/action', {}, ['secret.read']],
    ['Microsoft.Compute/disks/beginGetAccess/action', {}, ['secret.read']],
    ['Microsoft.Web/sites/config/list/action', {}, ['secret.read']],
    ['Microsoft.Resources/subscriptions/resourceGroups/list/action', {}, []],
    ['Microsoft.Storage/storageAccounts/regenerateKey/action', {}, ['credential.created']],
    ['Microsoft.Compute/snapshots/delete', {}, ['data.deleted']],
    ['Microsoft.Compute/virtualMachines/delete', {}, ['compute.stopped']],
    ['Microsoft.Compute/virtualMachines/write', {}, []],
    ['Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials/write', {}, ['trust.changed']],
  ])('%s %j: %j', (operation, body, facts) => expect(of(operation, body)).toEqual(facts))

  it('reads them in a member of any casing, and in a response', () => {
    const PascalBody = {
      Properties: { RoleDefinitionId: role('8e3af657-a8ff-443c-a75c-2fe8c4bcb635').properties.roleDefinitionId },
    }
    expect(of('Microsoft.Authorization/roleAssignments/write', PascalBody)).toContain('admin.policy')
    expect(of('Microsoft.Compute/virtualMachines/write', {}, { statusCode: 'Created' })).toEqual(['compute.started'])
  })

  it('tells none at the start of an operation', () => {
    expect(eventOf({ operationName: 'Microsoft.Compute/disks/delete', resultType: 'Start' }).facts).toEqual([])
    expect(eventOf({ operationName: 'Microsoft.Compute/disks/delete', resultType: 'Accept' }).facts).toEqual([
      'data.deleted',
    ])
  })
})

describe('caller', () => {
  const of = (claims: object, members: JsonObject = {}) => eventOf({ identity: { claims }, ...members }).principal

  it.each([
    [{ oid: objectId, upn: 'ada@example.com', scp: 'user_impersonation' }, 'User'],
    [{ oid: objectId, idtyp: 'app', appid: 'a' }, 'ServicePrincipal'],
    [{ oid: objectId, appid: 'a' }, 'ServicePrincipal'],
    [{ oid: objectId, appid: 'a', scp: 'user_impersonation' }, 'User'],
    [{ oid: objectId, idtyp: 'app', xms_mirid: '/subscriptions/x' }, 'ManagedIdentity'],
    [{ oid: objectId }, ''],
  ])('%j is of kind %j', (claims, kind) => {
    expect(of(claims)).toMatchObject({ kind, uid: objectId })
  })

  it('keys the same person alike in small letters and capitals', () => {
    expect(of({ oid: objectId.toUpperCase() }).uid).toBe(objectId)
  })

  it.each([
    ['pwd,mfa', true],
    ['["pwd","mfa"]', true],
    ['pwd', false],
    [['pwd', 'mfa'], true],
    [undefined, undefined],
  ])('a second factor by methods %j: %j', (amr, mfa) => {
    expect(of({ oid: objectId, upn: 'ada@example.com', amr }).mfa).toBe(mfa)
  })

  it('gives the time of a token only where it is one', () => {
    expect(of({ iat: '1772438100' }).sessionCreatedMs).toBe(1_772_438_100_000)
    for (const iat of ['9', '99999999999', 'now', {}, -1]) expect(of({ iat }).sessionCreatedMs).toBeUndefined()
  })

  it('takes a service by its name', () => {
    expect(eventOf({ caller: 'Microsoft.Advisor' }).principal).toMatchObject({
      kind: 'Service',
      uid: 'Microsoft.Advisor',
    })
    expect(eventOf({ category: 'ServiceHealth' }).principal).toMatchObject({
      kind: 'Service',
      uid: 'Microsoft.Compute',
    })
  })
})

describe('outcome', () => {
  it.each([
    [{ resultType: 'Failure', resultSignature: 'Failed.Forbidden' }, 'Forbidden'],
    [{ resultType: 'Failed', resultSignature: '403' }, '403'],
    [{ resultType: 'Failed', resultSignature: 'ada@example.com may not' }, 'Failed'],
    [{ resultType: 'Failed', properties: { statusCode: 'Conflict' } }, 'Conflict'],
    [{ resultType: 'Success', resultSignature: 'Succeeded.OK' }, ''],
    [{ resultType: 'Start' }, ''],
  ])('%j has the code %j', (members, errorCode) => {
    expect(eventOf(members)).toMatchObject({ errorCode, failed: errorCode !== '' })
  })
})

describe('recognises', () => {
  const record = {
    time: 'x',
    resourceId: group,
    operationName: 'Microsoft.Compute/disks/delete',
    category: 'Administrative',
  }

  it('the Activity Log', () => expect(azureActivity.recognises(record)).toBe(true))

  it.each([
    [{ category: 'kube-audit' }],
    [{ category: 'StorageRead', operationName: 'GetBlob' }],
    [{ category: 'Policy', operationName: 'Authentication Methods Policy Update' }],
    [{ category: 'AuditLogs', operationName: 'Add user' }],
    [{ category: 'SignInLogs', operationName: 'Sign-in activity' }],
    [{ category: 'AuditEvent', operationName: 'Other', resourceId: '/subscriptions/x/providers/Microsoft.Media/y' }],
    [{ category: 7 }],
  ])('not %j', (members) => expect(azureActivity.recognises({ ...record, ...members })).toBe(false))
})

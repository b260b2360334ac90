import { describe, expect, it } from 'vitest'
import type { ClearEvent } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { entraAudit } from './normalise.ts'

const ada = '5b2e8f10-3c4d-4e6f-8a9b-0c1d2e3f4a5b'
const grace = '2a2b2c2d-5555-4666-8777-888899990000'
const bot = '9d8c7b6a-5f4e-4d3c-b2a1-0f9e8d7c6b5a'

function eventOf(members: JsonObject): ClearEvent {
  const outcome = entraAudit.normalise({
    id: 'Directory_1',
    activityDateTime: '2026-03-02T10:00:01Z',
    activityDisplayName: 'Update user',
    initiatedBy: { user: { id: ada, userPrincipalName: 'ada@example.com' } },
    result: 'success',
    targetResources: [],
    ...members,
  })
  if (outcome.kind !== 'event') throw new Error(JSON.stringify(outcome))
  return outcome.event
}

const change = (displayName: string, newValue: unknown, oldValue: unknown = null) => ({
  displayName,
  newValue,
  oldValue,
})
const target = (id: string, ...modifiedProperties: object[]) => [{ id, type: 'User', modifiedProperties }]

describe('facts', () => {
  const of = (activityDisplayName: string, targetResources: readonly object[]) =>
    eventOf({ activityDisplayName, targetResources }).facts

  it.each([
    [
      'Add member to role',
      target(grace, change('Role.DisplayName', '"Global Administrator"')),
      ['policy.attached', 'admin.policy'],
    ],
    [
      'Add member to role',
      target(grace, change('Role.TemplateId', '"62e90394-69f5-4237-9190-012177145e10"')),
      ['policy.attached', 'admin.policy'],
    ],
    ['Add member to role', target(grace, change('Role.DisplayName', '"Reports Reader"')), ['policy.attached']],
    ['Remove member from role', target(grace, change('Role.DisplayName', '"Global Administrator"')), []],
    ['Add member to role in PIM requested (permanent)', target(grace), []],
    [
      'Add delegated permission grant',
      target(grace, change('DelegatedPermissionGrant.Scope', '"User.Read Directory.AccessAsUser.All"')),
      ['policy.attached', 'admin.policy'],
    ],
    ['Update user', target(grace, change('StrongAuthenticationRequirement', '[]')), ['mfa.changed']],
    ['Update user', target(grace, change('DisplayName', '["Grace"]')), []],
    ['Update application', target(grace, change('FederatedIdentityCredentials', '[{"Name":"x"}]')), ['trust.changed']],
    ['Add service principal credentials', target(grace), ['credential.created', 'credential.for_other']],
    ['Reset user password', target(ada), ['credential.created']],
    [
      'UPDATE APPLICATION - CERTIFICATES AND SECRETS MANAGEMENT',
      target(grace),
      ['credential.created', 'credential.for_other'],
    ],
  ])('%s %j: %j', (activity, targets, facts) => expect(of(activity, targets)).toEqual(facts))

  it('tells an added key from a removed one', () => {
    const activity = 'Update application – Certificates and secrets management '
    const added = change('KeyDescription', '["[a]","[b]"]', '["[a]"]')
    const removed = change('KeyDescription', '["[a]"]', '["[a]","[b]"]')
    const replaced = change('KeyDescription', '["[b]"]', '["[a]"]')
    expect(of(activity, target(grace, added))).toContain('credential.created')
    expect(of(activity, target(grace, replaced))).toContain('credential.created')
    expect(of(activity, target(grace, removed))).toEqual([])
  })
})

describe('initiator', () => {
  it.each([
    [
      { user: { id: ada.toUpperCase(), userPrincipalName: 'ada@example.com' } },
      { kind: 'User', uid: ada, vouchedBy: 'object_id' },
    ],
    [
      { user: null, app: { servicePrincipalId: bot, displayName: 'deploy-bot' } },
      { kind: 'ServicePrincipal', uid: bot, vouchedName: 'deploy-bot' },
    ],
    [
      { app: { displayName: 'Device Registration Service' } },
      { kind: 'Service', uid: 'Device Registration Service', vouchedBy: '' },
    ],
    [`{"user":{"id":"${ada}"}}`, { kind: 'User', uid: ada, vouchedName: '' }],
    [`{'user': {'id': '${ada}', 'userPrincipalName': None}}`, { kind: 'User', uid: ada }],
    [{}, { kind: '', uid: '' }],
    [7, { kind: '', uid: '' }],
  ])('%j', (initiatedBy, principal) => expect(eventOf({ initiatedBy }).principal).toMatchObject(principal))
})

describe('details', () => {
  it('takes the user agent and the address, and nothing else', () => {
    const additionalDetails = [
      { key: 'Justification', value: 'for Grace' },
      { key: 'User-Agent', value: 'curl/8.5.0' },
      { key: 'ipaddr', value: '198.51.100.8:51000' },
    ]
    const event = eventOf({ additionalDetails })
    expect(event).toMatchObject({ userAgent: 'curl/8.5.0', sourceAddress: '198.51.100.8' })
    expect(JSON.stringify(event)).not.toContain('for Grace')
  })

  it('keeps of a failure the word, not the sentence', () => {
    const event = eventOf({ result: 'failure', resultReason: 'grace@example.com may not' })
    expect(event).toMatchObject({ failed: true, errorCode: 'failure' })
    expect(eventOf({ result: 'failed for grace@example.com' }).errorCode).toBe('failure')
  })
})

describe('recognises', () => {
  const path = '/tenants/7c1d3a52/providers/Microsoft.aadiam'

  it.each([
    [{ category: 'AuditLogs', properties: { activityDateTime: 'x' } }],
    [{ category: 'AuditLogs', properties: '{}', resourceId: path }],
    [{ category: 'Policy', properties: {}, resourceId: path }],
    [{ activityDisplayName: 'Add user', activityDateTime: 'x' }],
    [{ ActivityDisplayName: 'Add user', InitiatedBy: '{}' }],
  ])('%j', (record) => expect(entraAudit.recognises(record)).toBe(true))

  it.each([
    [{ category: 'AuditLogs', operationName: 'Patch MobileApp', properties: { ActivityDate: 'x', Actor: {} } }],
    [{ category: 'SignInLogs', properties: { createdDateTime: 'x' }, resourceId: path }],
    [{ category: 'RiskyUsers', properties: {}, resourceId: path }],
    [
      {
        category: 'Policy',
        operationName: 'Microsoft.Authorization/policies/audit/action',
        properties: {},
        resourceId: '/subscriptions/x',
      },
    ],
    [{ category: 'AuditLogs' }],
  ])('not %j', (record) => expect(entraAudit.recognises(record)).toBe(false))
})

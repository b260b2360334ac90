import { describe, expect, it } from 'vitest'
import type { ClearEvent } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { entraSignin } from './normalise.ts'

const userId = '5b2e8f10-3c4d-4e6f-8a9b-0c1d2e3f4a5b'

function eventOf(members: JsonObject): ClearEvent {
  const outcome = entraSignin.normalise({
    createdDateTime: '2026-03-02T09:00:01Z',
    id: 'd2f1a0b9-1111-4222-8333-abcdefabcdef',
    userId,
    userPrincipalName: 'ada@example.com',
    appId: 'c0ffee00-1234-4abc-8def-001122334455',
    status: { errorCode: 0 },
    ...members,
  })
  if (outcome.kind !== 'event') throw new Error(JSON.stringify(outcome))
  return outcome.event
}

/** The same sign-in, as a row of a table of Log Analytics. */
const pascal = (members: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(members).map(([key, value]) => [key[0]!.toUpperCase() + key.slice(1), value]))

describe('forms', () => {
  const graph = {
    createdDateTime: '2026-03-02T09:00:01Z',
    id: 'd2f1a0b9-1111-4222-8333-abcdefabcdef',
    userId,
    userPrincipalName: 'ada@example.com',
    appId: 'c0ffee00-1234-4abc-8def-001122334455',
    appDisplayName: 'Azure Portal',
    userAgent: 'Mozilla/5.0',
    isInteractive: true,
    status: { errorCode: 50126 },
  }
  const diagnostic = { category: 'SignInLogs', time: '2026-03-02T09:05:00Z', properties: graph }
  const table = { Category: 'SignInLogs', ...pascal(graph), Status: "{'errorCode': 50126}" }

  it('agree in the event', () => {
    const event = entraSignin.normalise(graph)
    expect(event.kind).toBe('event')
    expect(entraSignin.normalise(diagnostic)).toEqual(event)
    expect(entraSignin.normalise({ ...diagnostic, properties: JSON.stringify(graph) })).toEqual(event)
    expect(entraSignin.normalise(table)).toEqual(event)
    for (const record of [graph, diagnostic, table]) expect(entraSignin.recognises(record)).toBe(true)
  })
})

describe('operation', () => {
  it.each([
    [{ isInteractive: true, appDisplayName: 'Azure Portal' }, 'InteractiveSignIn/Azure Portal'],
    [{ isInteractive: false, appDisplayName: 'Azure Portal' }, 'NonInteractiveSignIn/Azure Portal'],
    [{ appDisplayName: 'Azure Portal' }, 'InteractiveSignIn/Azure Portal'],
    [{ appDisplayName: 'of ada@example.com' }, 'InteractiveSignIn/c0ffee00-1234-4abc-8def-001122334455'],
    [{ appId: '' }, 'InteractiveSignIn'],
    [{ authenticationProtocol: 'deviceCode', appDisplayName: 'Azure CLI' }, 'DeviceCodeSignIn/Azure CLI'],
    [{ authenticationProtocol: 'ropc', appDisplayName: 'Azure CLI' }, 'PasswordGrantSignIn/Azure CLI'],
    [
      { signInEventTypes: ['managedIdentity'], resourceDisplayName: 'Azure Key Vault' },
      'ManagedIdentitySignIn/Azure Key Vault',
    ],
    [
      { userId: '', userPrincipalName: '', servicePrincipalId: 'b', resourceDisplayName: 'Microsoft Graph' },
      'ServicePrincipalSignIn/Microsoft Graph',
    ],
  ])('%j is %s', (members, operation) => expect(eventOf(members).operation).toBe(operation))
})

describe('second factor', () => {
  const satisfied = 'MFA requirement satisfied by claim in the token'

  it.each([
    [{ authenticationRequirement: 'multiFactorAuthentication' }, true],
    [{ authenticationRequirement: 'multiFactorAuthentication', status: { errorCode: 50074 } }, undefined],
    [{ authenticationRequirement: 'singleFactorAuthentication' }, false],
    [{ authenticationRequirement: 'singleFactorAuthentication', status: { errorCode: 50126 } }, undefined],
    [
      {
        authenticationRequirement: 'singleFactorAuthentication',
        status: { errorCode: 0, additionalDetails: satisfied },
      },
      true,
    ],
    [{ authenticationDetails: [{ authenticationStepResultDetail: satisfied, succeeded: true }] }, true],
    [{ authenticationDetails: [{ authenticationStepResultDetail: satisfied, succeeded: false }] }, undefined],
    [{}, undefined],
  ])('%j: %j', (members, mfa) => expect(eventOf(members).principal.mfa).toBe(mfa))
})

describe('facts and outcome', () => {
  it.each([
    [{ isInteractive: true }, ['console.login']],
    [{ isInteractive: false }, []],
    [{ isInteractive: false, riskLevelDuringSignIn: 'high' }, ['insight']],
    [{ isInteractive: true, riskLevelDuringSignIn: 'low' }, ['console.login']],
    [{ isInteractive: true, authenticationProtocol: 'deviceCode' }, ['console.login']],
  ])('%j tells %j', (members, facts) => expect(eventOf(members).facts).toEqual(facts))

  it.each([
    [{ status: { errorCode: 50126 } }, '50126'],
    [{ status: "{'errorCode': 50126}" }, '50126'],
    [{ status: null, resultType: '50053' }, '50053'],
    [{ status: { errorCode: 0 } }, ''],
    [{ status: { errorCode: 'ada@example.com' } }, ''],
  ])('%j has the code %j', (members, errorCode) => {
    expect(eventOf(members)).toMatchObject({ errorCode, failed: errorCode !== '' })
  })
})

describe('recognises', () => {
  it.each([
    [{ category: 'AuditLogs', properties: {} }],
    [{ createdDateTime: 'x', userPrincipalName: 'ada@example.com', id: userId }],
    [{ createdDateTime: 'x', appId: 'a', id: userId, servicePrincipalType: 'Application' }],
    [{ category: 'Administrative' }],
  ])('not %j', (record) => expect(entraSignin.recognises(record)).toBe(false))
})

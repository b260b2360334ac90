import { describe, expect, it } from 'vitest'
import { resourceOf } from './resources.ts'

const subscription = '1f0a9c3e-6b7d-4a25-8e41-2c3d4e5f6a7b'
const group = `/subscriptions/${subscription}/resourceGroups/Shop-Prod`
const guid = '0d1e2f3a-4b5c-4d6e-8f70-8192a3b4c5d6'

describe('resources', () => {
  it.each([
    [`/subscriptions/${subscription}`, `/subscriptions/${subscription}`, 'Microsoft.Resources/subscriptions'],
    [group, group, 'Microsoft.Resources/resourceGroups'],
    [
      `${group}/providers/Microsoft.Compute/disks/One/`,
      `${group}/providers/microsoft.compute/disks/one`,
      'Microsoft.Compute/disks',
    ],
    [`${group}/providers/Microsoft.Authorization/roleAssignments/${guid}`, group, 'Microsoft.Resources/resourceGroups'],
    [`${group}/providers/Microsoft.Resources/deployments/main-20260302`, group, 'Microsoft.Resources/resourceGroups'],
    [
      `${group}/providers/Microsoft.Automation/automationAccounts/night/jobs/${guid}`,
      `${group}/providers/microsoft.automation/automationaccounts/night`,
      'Microsoft.Automation/automationAccounts',
    ],
    [
      `${group}/providers/Microsoft.KeyVault/vaults/v/providers/Microsoft.Authorization/roleAssignments/${guid}`,
      `${group}/providers/microsoft.keyvault/vaults/v`,
      'Microsoft.KeyVault/vaults',
    ],
  ])('%s', (id, uid, type) => {
    const expected = { uid: uid.toLowerCase(), type, accountUid: subscription }
    expect(resourceOf(id)).toEqual(expected)
    expect(resourceOf(id.toUpperCase())).toEqual(expected)
  })

  it('keeps an assignment at the root of the directory, which lies in no subscription', () => {
    const id = `/providers/Microsoft.Authorization/roleAssignments/${guid}`
    expect(resourceOf(id)).toMatchObject({ uid: id.toLowerCase(), accountUid: '' })
  })

  it.each(['', 'disk', '/', `/${'x'.repeat(2000)}`])('%.20j is none', (id) => expect(resourceOf(id)).toBeUndefined())
})

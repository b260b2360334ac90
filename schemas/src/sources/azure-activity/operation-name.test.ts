import { describe, expect, it } from 'vitest'
import { isOperationPath, operationName, providerName } from './operation-name.ts'

describe('operation names', () => {
  it.each([
    'Microsoft.Compute/virtualMachines/write',
    'Microsoft.Authorization/roleAssignments/write',
    'Microsoft.DocumentDB/databaseAccounts/listKeys/action',
    'Microsoft.ContainerService/managedClusters/rbac.authorization.k8s.io/clusterRoleBindings/write',
    'Microsoft.Unheardof/widgets/write',
  ])('%s is one operation in any casing', (name) => {
    for (const text of [name, name.toUpperCase(), name.toLowerCase()]) expect(operationName(text)).toBe(name)
  })

  it('keeps what is not named like one', () => {
    expect(operationName('SecretGet')).toBe('SecretGet')
    expect(operationName('Create role assignment')).toBe('Create role assignment')
    expect(operationName('ada@example.com')).toBe('')
  })

  it('tells paths from sentences', () => {
    expect(isOperationPath('Microsoft.Compute/disks/delete')).toBe(true)
    for (const text of ['Authentication Methods Policy Update', 'Add/remove member', '', '/a.b/c']) {
      expect(isOperationPath(text)).toBe(false)
    }
  })

  it('names providers of others as they are', () =>
    expect(providerName('Dynatrace.Observability')).toBe('dynatrace.observability'))
})

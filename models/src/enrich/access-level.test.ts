import type { AccessLevel, ClearEvent } from '@ostiary/schemas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { accessLevelOf } from './access-level.ts'
import { parseAccessLevels } from './access-level-format.ts'
import { clearEvent } from './fixtures/clear-event.ts'

const table = parseAccessLevels(
  'cloudwatch\twrite\tputmetricalarm\n' +
    'iam\tpermissions\tattachuserpolicy,createuser\n' +
    'lambda\twrite\tcreatefunction\n' +
    's3\tlist\tlistallmybuckets,listbucket\n' +
    's3\tread\tgetobject\n' +
    's3\twrite\tputencryptionconfiguration\n' +
    'sts\twrite\tassumerole\n',
)

function level(source: ClearEvent['source'], service: string, operation: string, readOnly?: boolean): AccessLevel {
  return accessLevelOf(clearEvent({ source, service, operation, readOnly }), table)
}

describe('AWS', () => {
  it.each([
    ['s3', 'GetObject', undefined, 'read'],
    ['s3', 'ListBuckets', undefined, 'list'],
    ['s3', 'PutBucketEncryption', undefined, 'write'],
    ['lambda', 'CreateFunction20150331', undefined, 'write'],
    ['monitoring', 'PutMetricAlarm', undefined, 'write'],
    ['iam', 'AttachUserPolicy', false, 'permissions'],
    ['sts', 'AssumeRole', true, 'read'],
    // By the verb, where the table does not know the action.
    ['example', 'DescribeThings', undefined, 'list'],
    ['example', 'GetThing', undefined, 'read'],
    ['example', 'PutThing', undefined, 'write'],
    ['example', 'PutThingPolicy', undefined, 'permissions'],
    ['example', 'TagResource', undefined, 'tagging'],
    ['example', 'Getaway', undefined, 'unknown'],
    // The record corrects the verb, both ways.
    ['example', 'GetThing', false, 'write'],
    ['example', 'PutThing', true, 'read'],
    ['example', 'Frobnicate', false, 'write'],
    ['example', 'Frobnicate', true, 'read'],
  ] as const)('%s:%s read-only %s is %s', (service, operation, readOnly, expected) => {
    expect(level('aws.cloudtrail', service, operation, readOnly)).toBe(expected)
  })

  it('gives a sign-in no level', () => {
    const signIn = clearEvent({ kind: 'authentication', service: 'signin', operation: 'ConsoleLogin', readOnly: false })
    expect(accessLevelOf(signIn, table)).toBe('unknown')
  })
})

describe('other clouds', () => {
  it.each([
    ['azure.activity', 'Microsoft.Compute/virtualMachines/read', 'read'],
    ['azure.activity', 'MICROSOFT.COMPUTE/DISKS/WRITE', 'write'],
    ['azure.activity', 'Microsoft.Storage/storageAccounts/listKeys/action', 'read'],
    ['azure.activity', 'Microsoft.Compute/virtualMachines/start/action', 'write'],
    ['azure.activity', 'Microsoft.Authorization/roleAssignments/write', 'permissions'],
    ['azure.activity', 'Microsoft.Authorization/elevateAccess/action', 'permissions'],
    ['azure.activity', 'Microsoft.Resources/tags/write', 'tagging'],
    ['azure.activity', 'Something else', 'unknown'],
    ['entra.audit', 'Add member to role', 'permissions'],
    ['entra.audit', 'Consent to application', 'permissions'],
    ['entra.audit', 'Update user', 'write'],
    ['entra.audit', 'Get user', 'read'],
    ['entra.signin', 'Sign-in activity', 'unknown'],
    ['gcp.audit', 'v1.compute.firewalls.insert', 'write'],
    ['gcp.audit', 'google.iam.admin.v1.CreateServiceAccountKey', 'write'],
    ['gcp.audit', 'google.iam.admin.v1.CreateRole', 'permissions'],
    ['gcp.audit', 'storage.objects.get', 'read'],
    ['gcp.audit', 'storage.buckets.list', 'list'],
    ['gcp.audit', 'SetIamPolicy', 'permissions'],
    ['gcp.audit', 'storage.setIamPermissions', 'permissions'],
    ['gcp.audit', 'storage.testIamPermissions', 'read'],
    ['gcp.audit', 'compute.instances.setLabels', 'tagging'],
    ['gcp.audit', '', 'unknown'],
  ] as const)('%s %s is %s', (source, operation, expected) => {
    expect(level(source, 'any', operation)).toBe(expected)
  })
})

it('never calls a read-only record a write, whatever its name', () => {
  const operation = fc.oneof(fc.string(), fc.constantFrom('PutObject', 'SetIamPolicy', 'x/roleAssignments/write'))
  const source = fc.constantFrom<ClearEvent['source'][]>('aws.cloudtrail', 'azure.activity', 'entra.audit', 'gcp.audit')
  fc.assert(
    fc.property(source, operation, (id, name) => {
      expect(['read', 'list']).toContain(level(id, 's3', name, true))
    }),
  )
})

describe('parseAccessLevels', () => {
  it.each(['s3\tlist\tlistbucket', 's3\tlist\n', 's3\town\tx\n', '\tlist\tx\n', 's3\tlist\tx\ty\n'])(
    'refuses %j',
    (text) => {
      expect(() => parseAccessLevels(text)).toThrow('Cannot read line')
    },
  )
})

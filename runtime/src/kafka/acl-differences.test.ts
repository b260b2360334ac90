import kafkajs, { type AclEntry } from 'kafkajs'
import { expect, it } from 'vitest'
import { aclDifferences } from './acl-differences.ts'
import { aclEntries, aclRules, principals } from './acls.ts'

const { AclOperationTypes, AclPermissionTypes, ResourcePatternTypes } = kafkajs

function wantedOf(principal: string, prefix = ''): AclEntry[] {
  return aclEntries(
    aclRules(prefix).filter((rule) => rule.principal === principal),
    'ostiary-',
  )
}

const desk = wantedOf('desk')

it.each(principals)('what the rules make is what %s needs, and nothing beside it', (principal) => {
  const all = aclEntries(aclRules(''), 'ostiary-')
  expect(aclDifferences(wantedOf(principal), all)).toEqual({ missing: [], denied: [], beside: [] })
})

it('tells each rule that is missing, in words', () => {
  const { missing } = aclDifferences(desk, [])
  expect(missing).toHaveLength(desk.length)
  expect(missing).toContain('read topic access.findings')
  expect(missing).toContain('write transactional-id desk-access.findings-*')
})

it('wider rules do: of a prefix, of everything, for everybody, all operations', () => {
  const one = desk.find(({ resourceName }) => resourceName === 'access.findings')!
  const others = desk.filter((rule) => rule !== one)
  for (const wider of [
    { resourceName: 'access.', resourcePatternType: ResourcePatternTypes.PREFIXED },
    { resourceName: '*' },
    { principal: 'User:*' },
    { operation: AclOperationTypes.ALL },
  ])
    expect(aclDifferences(desk, [...others, { ...one, ...wider }]).missing).toEqual([])
  for (const other of [
    { resourceName: 'access.finding' },
    { resourceName: 'access.findings.', resourcePatternType: ResourcePatternTypes.PREFIXED },
    { principal: 'User:ostiary-detector' },
    { operation: AclOperationTypes.WRITE },
  ])
    expect(aclDifferences(desk, [...others, { ...one, ...other }]).missing).toEqual(['read topic access.findings'])
})

it('a denial outweighs what is allowed', () => {
  const denial = { ...desk[0]!, operation: AclOperationTypes.ALL, permissionType: AclPermissionTypes.DENY }
  expect(aclDifferences(desk, [...desk, denial]).denied.length).toBeGreaterThan(0)
})

it('what is allowed beside the rules is told, but for describing what may be read', () => {
  const read = desk.find(({ operation }) => operation === AclOperationTypes.READ)!
  const describe = { ...read, operation: AclOperationTypes.DESCRIBE }
  const foreign = { ...read, resourceName: 'access.raw' }
  expect(aclDifferences(desk, [...desk, describe, foreign]).beside).toEqual(['read topic access.raw'])
})

import kafkajs, { type AclEntry, type Admin } from 'kafkajs'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

/** What a cluster lacks of the rules of a principal, and what it allows beside them. */
export interface AclDifferences {
  /** As `Read topic access.raw`. */
  readonly missing: readonly string[]
  readonly denied: readonly string[]
  readonly beside: readonly string[]
}

/**
 * Compares the rules that one principal needs with all rules of a cluster.
 *
 * @param wanted rules of that principal, as `aclEntries` gives them
 */
export function aclDifferences(wanted: readonly AclEntry[], found: readonly AclEntry[]): AclDifferences {
  const own = found.filter(({ principal }) => principal === wanted[0]?.principal || principal === 'User:*')
  const allowed = own.filter(({ permissionType }) => permissionType === AclPermissionTypes.ALLOW)
  const denials = own.filter(({ permissionType }) => permissionType === AclPermissionTypes.DENY)
  return {
    missing: wanted.filter((rule) => !allowed.some((one) => covers(one, rule))).map(aclText),
    denied: wanted.filter((rule) => denials.some((one) => covers(one, rule))).map(aclText),
    beside: allowed
      .filter((one) => one.principal !== 'User:*' && !wanted.some((rule) => covers(rule, one)))
      .map(aclText),
  }
}

/** Whether whatever `narrow` speaks of, `wide` speaks of too. */
function covers(wide: AclEntry, narrow: AclEntry): boolean {
  const isNamed =
    wide.resourcePatternType === ResourcePatternTypes.PREFIXED
      ? narrow.resourceName.startsWith(wide.resourceName)
      : wide.resourceName === '*' ||
        (wide.resourceName === narrow.resourceName && narrow.resourcePatternType === wide.resourcePatternType)
  const isOperation =
    wide.operation === narrow.operation ||
    wide.operation === AclOperationTypes.ALL ||
    // Who may read, write or delete may describe.
    (narrow.operation === AclOperationTypes.DESCRIBE && wide.permissionType === AclPermissionTypes.ALLOW)
  return wide.resourceType === narrow.resourceType && isNamed && isOperation
}

function aclText({ operation, resourceType, resourceName, resourcePatternType }: AclEntry): string {
  const nameOf = (names: object, value: number): string =>
    Object.entries(names)
      .find(([, number]) => number === value)?.[0]
      .toLowerCase()
      .replace('_', '-') ?? String(value)
  const star = resourcePatternType === ResourcePatternTypes.PREFIXED ? '*' : ''
  return `${nameOf(AclOperationTypes, operation)} ${nameOf(AclResourceTypes, resourceType)} ${resourceName}${star}`
}

/**
 * All rules of a cluster.
 *
 * @throws what the client throws: not everybody may ask, and a cluster without an authorizer has none
 */
export async function findAcls(admin: Admin): Promise<readonly AclEntry[]> {
  const { resources } = await admin.describeAcls({
    resourceType: AclResourceTypes.ANY,
    resourcePatternType: ResourcePatternTypes.ANY,
    operation: AclOperationTypes.ANY,
    permissionType: AclPermissionTypes.ANY,
  })
  return resources.flatMap(({ acls, ...resource }) =>
    acls.map((acl) => ({ ...resource, ...acl, resourcePatternType: resource.resourcePatternType })),
  )
}

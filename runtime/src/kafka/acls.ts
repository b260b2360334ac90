import kafkajs, { type AclEntry } from 'kafkajs'
import { type ServiceName, type TopicName, topicNames, topics } from './topics.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

/** Who acts on a cluster: the services, and people by what they do. */
export const principals = [
  'collector',
  'enricher',
  'detector',
  'census',
  'desk',
  'forwarder',
  'analyst',
  'operator',
] as const
export type PrincipalName = (typeof principals)[number]

/** One right, in the words of `kafka-acls.sh`. */
export interface AclRule {
  readonly principal: PrincipalName
  readonly resource: 'topic' | 'group' | 'transactional-id'
  readonly name: string
  readonly pattern: 'literal' | 'prefixed'
  readonly operation: 'Read' | 'Write' | 'Describe' | 'Delete'
}

/** Services that write in transactions: each from its input topic. */
const transactional: Partial<Record<ServiceName, TopicName>> = {
  enricher: 'access.raw',
  detector: 'access.events',
  census: 'access.census',
  desk: 'access.findings',
}

/** Topics whose partitions a service counts, without reading them. */
const counted: Partial<Record<ServiceName, readonly TopicName[]>> = {
  enricher: ['access.events'],
  census: ['access.events'],
}

/** What people may read and write. */
const people: Readonly<
  Record<'analyst' | 'operator', { readonly read: readonly TopicName[]; readonly write: readonly TopicName[] }>
> = {
  analyst: { read: ['access.alerts', 'access.alerts.ocsf', 'access.exhibits', 'access.artefacts'], write: [] },
  operator: { read: ['access.dlq'], write: ['access.raw'] },
}

/** Everything that each principal needs, and nothing else: from the contracts of the topics. */
export function aclRules(topicPrefix: string): AclRule[] {
  const rules: AclRule[] = []
  const allow = (
    principal: PrincipalName,
    resource: AclRule['resource'],
    name: string,
    operations: readonly AclRule['operation'][],
    pattern: AclRule['pattern'] = 'literal',
  ): void => {
    for (const operation of operations)
      rules.push({ principal, resource, name: topicPrefix + name, pattern, operation })
  }
  for (const topic of topicNames) {
    for (const reader of topics[topic].readers) allow(reader, 'topic', topic, ['Read', 'Describe'])
    for (const writer of topics[topic].writers) allow(writer, 'topic', topic, ['Write', 'Describe'])
  }
  for (const [service, names] of Object.entries(counted))
    for (const topic of names) allow(service as ServiceName, 'topic', topic, ['Describe'])
  for (const [service, input] of Object.entries(transactional) as [ServiceName, TopicName][]) {
    allow(service, 'group', `ostiary-${service}`, ['Read', 'Describe'])
    // Throwaway groups, in which state and tables are read.
    allow(service, 'group', `ostiary-${service}-restore-`, ['Read', 'Describe', 'Delete'], 'prefixed')
    allow(service, 'transactional-id', `${service}-${input}-`, ['Write', 'Describe'], 'prefixed')
  }
  allow('forwarder', 'group', 'ostiary-forwarder-', ['Read', 'Describe'], 'prefixed')
  for (const [principal, { read, write }] of Object.entries(people) as [
    'analyst' | 'operator',
    (typeof people)['analyst'],
  ][]) {
    for (const topic of read) allow(principal, 'topic', topic, ['Read', 'Describe'])
    for (const topic of write) allow(principal, 'topic', topic, ['Write', 'Describe'])
    allow(principal, 'group', `ostiary-${principal}-`, ['Read', 'Describe', 'Delete'], 'prefixed')
  }
  return withoutRepeats(rules)
}

function withoutRepeats(rules: readonly AclRule[]): AclRule[] {
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()]
}

/** The rules as the client takes them. */
export function aclEntries(rules: readonly AclRule[], principalPrefix: string): AclEntry[] {
  const resourceTypes = {
    topic: AclResourceTypes.TOPIC,
    group: AclResourceTypes.GROUP,
    'transactional-id': AclResourceTypes.TRANSACTIONAL_ID,
  }
  const operations = {
    Read: AclOperationTypes.READ,
    Write: AclOperationTypes.WRITE,
    Describe: AclOperationTypes.DESCRIBE,
    Delete: AclOperationTypes.DELETE,
  }
  return rules.map(({ principal, resource, name, pattern, operation }) => ({
    principal: `User:${principalPrefix}${principal}`,
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    resourceType: resourceTypes[resource],
    resourceName: name,
    resourcePatternType: pattern === 'literal' ? ResourcePatternTypes.LITERAL : ResourcePatternTypes.PREFIXED,
    operation: operations[operation],
  }))
}

/** The rules as commands of Kafka's own tool, one for each principal and resource. */
export function aclCommands(rules: readonly AclRule[], principalPrefix: string): string[] {
  const grouped = new Map<string, AclRule[]>()
  for (const rule of rules) {
    const key = `${rule.principal} ${rule.resource} ${rule.name} ${rule.pattern}`
    grouped.set(key, [...(grouped.get(key) ?? []), rule])
  }
  return [...grouped.values()].map((group) => {
    const { principal, resource, name, pattern } = group[0]!
    const operations = group.map(({ operation }) => `--operation ${operation}`).join(' ')
    const kind = pattern === 'prefixed' ? ' --resource-pattern-type prefixed' : ''
    return `kafka-acls.sh --bootstrap-server "$BROKERS" --command-config admin.properties --add --allow-principal 'User:${principalPrefix}${principal}' ${operations} --${resource} '${name}'${kind}`
  })
}

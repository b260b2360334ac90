import kafkajs, { type AclEntry } from 'kafkajs'
import { type ServiceName, type TopicName, topicNames, topics } from './topics.ts'

const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs

/** Who acts on a cluster: the services, people by what they do, and tools that are told of alerts. */
export const principals = [
  'collector',
  'enricher',
  'detector',
  'census',
  'desk',
  'forwarder',
  'subscriber',
  'analyst',
  'operator',
  'modeller',
  'reviewer',
  'trainer',
] as const
export type PrincipalName = (typeof principals)[number]

/** One right, in the words of `kafka-acls.sh`. */
export interface AclRule {
  readonly principal: PrincipalName
  readonly resource: 'topic' | 'group' | 'transactional-id'
  readonly name: string
  readonly pattern: 'literal' | 'prefixed'
  readonly operation: 'Read' | 'Write' | 'Delete'
}

/** Services that write in transactions: each from its input topic. */
const transactional: Partial<Record<ServiceName, TopicName>> = {
  enricher: 'access.raw',
  detector: 'access.events',
  census: 'access.census',
  desk: 'access.findings',
}

/** What others than services may read and write. A tool needs no states of identities, which the exhibits hold. */
const others: Readonly<
  Record<
    Exclude<PrincipalName, ServiceName>,
    { readonly read: readonly TopicName[]; readonly write: readonly TopicName[] }
  >
> = {
  subscriber: { read: ['access.alerts', 'access.alerts.ocsf'], write: [] },
  analyst: { read: ['access.alerts', 'access.exhibits', 'access.artefacts'], write: [] },
  operator: { read: ['access.dlq'], write: ['access.raw'] },
  // Puts models in force: markers, and the bodies they name.
  modeller: { read: ['access.artefacts'], write: ['access.artefacts', 'access.events'] },
  // Says what alerts were, and keeps some quiet: the same, for labels and suppressions.
  reviewer: { read: ['access.alerts', 'access.artefacts'], write: ['access.artefacts', 'access.events'] },
  // Learns from past events, and takes the model away in a folder.
  trainer: { read: ['access.events'], write: [] },
}

/**
 * Everything that each principal needs, and nothing else: from the contracts of the topics. Kafka's authorizer lets whoever
 * may read, write or delete a thing describe it too, so there are no rules for that.
 */
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
    for (const reader of topics[topic].readers) allow(reader, 'topic', topic, ['Read'])
    for (const writer of topics[topic].writers) allow(writer, 'topic', topic, ['Write'])
  }
  for (const [service, input] of Object.entries(transactional) as [ServiceName, TopicName][]) {
    allow(service, 'group', `ostiary-${service}`, ['Read'])
    // Throwaway groups, in which state and tables are read.
    allow(service, 'group', `ostiary-${service}-restore-`, ['Read', 'Delete'], 'prefixed')
    allow(service, 'transactional-id', `${service}-${input}-`, ['Write'], 'prefixed')
  }
  allow('forwarder', 'group', 'ostiary-forwarder-', ['Read'], 'prefixed')
  for (const writer of ['modeller', 'reviewer'] as const)
    allow(writer, 'transactional-id', `${writer}-`, ['Write'], 'prefixed')
  for (const [name, { read, write }] of Object.entries(others)) {
    const principal = name as PrincipalName
    for (const topic of read) allow(principal, 'topic', topic, ['Read'])
    for (const topic of write) allow(principal, 'topic', topic, ['Write'])
    allow(principal, 'group', `ostiary-${principal}-`, ['Read', 'Delete'], 'prefixed')
  }
  return rules
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

/** The rules as commands of Kafka's own tool, as few as it allows: each of them starts a Java machine. */
export function aclCommands(rules: readonly AclRule[], principalPrefix: string): string[] {
  const operations = new Map<string, string[]>()
  for (const { principal, resource, name, pattern, operation } of rules) {
    const key = JSON.stringify([principal, resource, pattern, name])
    operations.set(key, [...(operations.get(key) ?? []), `--operation ${operation}`])
  }
  const names = new Map<string, string[]>()
  for (const [key, allowed] of operations) {
    const [principal, resource, pattern, name] = JSON.parse(key) as string[]
    const kind = pattern === 'prefixed' ? ' --resource-pattern-type prefixed' : ''
    const command = `--add --allow-principal 'User:${principalPrefix}${principal}' ${allowed.join(' ')}${kind}`
    const group = JSON.stringify([command, resource])
    names.set(group, [...(names.get(group) ?? []), `--${resource} '${name}'`])
  }
  return [...names].map(([group, resources]) => {
    const [command] = JSON.parse(group) as string[]
    return `kafka-acls.sh --bootstrap-server "$BROKERS" --command-config admin.properties ${command} ${resources.join(' ')}`
  })
}

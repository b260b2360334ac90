import {
  aclDifferences,
  aclEntries,
  aclRules,
  checkTopics,
  findAcls,
  SchemaClient,
  toOstiaryError,
} from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import type { Admin } from 'kafkajs'
import { type Check, failure, type Outcome, ok, type Patient, skipped, warning } from './check.ts'

/** Rules that are listed; the rest is counted. */
const listedMax = 8
const unset = 'no broker is set; set "brokers" or OSTIARY_BROKERS'
/** As the client numbers or names what the authorizer says. */
const noAuthorizer = 'SECURITY_DISABLED'
const notForUs = 'CLUSTER_AUTHORIZATION_FAILED'

async function brokerOutcome({ config, admin }: Patient): Promise<Outcome> {
  if (config.brokers === '') return skipped(unset)
  const { brokers, controller } = await asking(`connect to Kafka at ${config.brokers}`, async () =>
    (await admin()).describeCluster(),
  )
  const user = config.saslMechanism === 'none' ? 'nobody by name' : `"${config.saslUsername}"`
  const way = config.tls === 'yes' ? 'in TLS' : 'in clear'
  if (controller === null)
    return failure(`${brokers.length} brokers answer and none is the controller: look at the cluster`)
  return ok(`${brokers.length} brokers, asked ${way} as ${user}`)
}

/** The same as `ostiary topics check`, where the principal may ask. */
async function topicsOutcome({ config, env, admin }: Patient): Promise<Outcome> {
  if (config.brokers === '') return skipped(unset)
  if (config.registryUrl === '') return skipped('schemas belong to topics: set "registryUrl" or OSTIARY_REGISTRY_URL')
  const { topicPrefix } = config
  const job = { admin: await admin(), schemas: new SchemaClient(config, env), topicPrefix }
  try {
    const rows = await checkTopics(job)
    const differing = rows.filter(({ state }) => state === 'differs')
    if (differing.length === 0) return ok(`${rows.length} topics are as their contracts say`)
    return failure(
      [
        `${differing.length} of ${rows.length} topics are not as their contracts say; make them so with "ostiary topics apply"`,
        ...differing.map(({ topic, details }) => `${topic}: ${details.join('; ')}`),
      ].join('\n'),
    )
  } catch (error) {
    if (!(error instanceof OstiaryError && error.code === 'kafka.refused')) throw error
    return skipped(
      `this principal may not read the settings of topics; let an administrator run "ostiary topics check"`,
    )
  }
}

/** The rules of the principal where we may ask for them; else whether it sees what it should. */
async function rightsOutcome(patient: Patient): Promise<Outcome> {
  const { config, principal, principalPrefix } = patient
  if (config.brokers === '') return skipped(unset)
  if (principal === undefined) return skipped('give --principal to have its rights looked at')
  const admin = await patient.admin()
  const rules = aclRules(config.topicPrefix).filter((rule) => rule.principal === principal)
  let found: Awaited<ReturnType<typeof findAcls>>
  try {
    found = await findAcls(admin)
  } catch (error) {
    const { type } = error as { type?: string }
    if (type === noAuthorizer)
      return warning(
        'the cluster has no authorizer: whoever reaches it may do everything; see deploy/README.md, Rights',
      )
    if (type === notForUs) return seenOutcome(admin, rules, patient)
    throw toOstiaryError('read the access rules of the cluster', error)
  }
  const name = `${principalPrefix}${principal}`
  const { missing, denied, beside } = aclDifferences(aclEntries(rules, principalPrefix), found)
  if (missing.length > 0 || denied.length > 0)
    return failure(
      [
        `"${name}" lacks what it needs; make it so with "ostiary acls apply"`,
        ...(missing.length === 0 ? [] : [`not allowed: ${listOf(missing)}`]),
        ...(denied.length === 0 ? [] : [`denied: ${listOf(denied)}; take these rules away`]),
      ].join('\n'),
    )
  if (beside.length > 0)
    return warning(`"${name}" may do more than it needs: ${listOf(beside)}; take these rules away with kafka-acls.sh`)
  return ok(`"${name}" may do what it needs, and nothing else: ${rules.length} rules`)
}

/** What can be asked as the principal itself: reading and writing are not tried, since they would change something. */
async function seenOutcome(
  admin: Admin,
  rules: ReturnType<typeof aclRules>,
  { config, principal, principalPrefix }: Patient,
): Promise<Outcome> {
  const topics = [...new Set(rules.filter(({ resource }) => resource === 'topic').map(({ name }) => name))]
  const hidden: string[] = []
  for (const topic of topics)
    try {
      await admin.fetchTopicMetadata({ topics: [topic] })
    } catch (error) {
      const told = toOstiaryError(`look at topic "${topic}"`, error)
      if (told.code !== 'kafka.refused' && told.code !== 'topics.invalid') throw told
      hidden.push(topic)
    }
  const expected = `${principalPrefix}${principal}`
  const who = config.saslUsername === expected ? `"${expected}"` : `"${config.saslUsername}", who is not "${expected}",`
  if (hidden.length > 0)
    return failure(
      `${who} cannot see ${listOf(hidden)}: make the topics with "ostiary topics apply" and the rules with "ostiary acls apply"`,
    )
  const text = `${who} sees its ${topics.length} topics; to have reading and writing looked at, let an administrator run this`
  return config.saslUsername === expected ? ok(text) : warning(text)
}

function listOf(all: readonly string[]): string {
  const rest = all.length - listedMax
  return rest > 0 ? `${all.slice(0, listedMax).join(', ')} and ${rest} more` : all.join(', ')
}

async function asking<Value>(action: string, ask: () => Promise<Value>): Promise<Value> {
  try {
    return await ask()
  } catch (error) {
    throw toOstiaryError(action, error)
  }
}

/** What the cluster is asked. */
export const kafkaChecks: readonly Check[] = [
  { name: 'broker', run: brokerOutcome },
  { name: 'topics', after: ['broker', 'registry'], run: topicsOutcome },
  { name: 'rights', after: ['broker'], run: rightsOutcome },
]

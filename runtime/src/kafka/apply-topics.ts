import kafkajs, { type Admin } from 'kafkajs'
import { differencesOf, differenceText, type TopicDifference, type TopicRow, type TopicsJob } from './check-topics.ts'
import { type FoundTopic, findTopics, topicsSettingOf } from './found-topics.ts'
import { toOstiaryError } from './kafka-errors.ts'
import type { SchemaClient } from './schema-client.ts'
import { type TopicPlan, topicPlans } from './topic-plan.ts'
import { subjectOf, topics } from './topics.ts'

/**
 * Makes the topics that are missing, registers every schema, and brings the settings of topics that are there to their
 * contracts where that loses nothing. A second time it changes nothing.
 *
 * @returns a row for each topic; `differs` where something was left as it is, with the reason
 * @throws OstiaryError `kafka.unavailable`, `kafka.refused`, `topics.invalid`, `registry.unavailable` or `schema.refused`
 */
export async function applyTopics(job: TopicsJob): Promise<readonly TopicRow[]> {
  const { admin, schemas } = job
  const found = await findTopics(admin, job.topicPrefix)
  const plans = topicPlans(await topicsSettingOf(admin, job, found))
  await createMissing(
    admin,
    plans.filter(({ topic }) => !found.has(topic)),
  )
  const rows: TopicRow[] = []
  for (const plan of plans) {
    const topic = found.get(plan.topic)
    const { changed, left } = topic === undefined ? nothingDone : await alignConfigs(admin, plan, topic)
    const registered = await registerSchemas(schemas, plan)
    const done = [
      ...(topic === undefined ? [`made: partitions ${plan.partitions}, replication ${plan.replication}`] : changed),
      ...registered,
    ]
    rows.push({ topic: plan.topic, state: stateOf(topic, done, left), details: [...done, ...left] })
  }
  return rows
}

interface Alignment {
  readonly changed: readonly string[]
  readonly left: readonly string[]
}

const nothingDone: Alignment = { changed: [], left: [] }

function stateOf(topic: FoundTopic | undefined, done: readonly string[], left: readonly string[]): TopicRow['state'] {
  if (left.length > 0) return 'differs'
  if (topic === undefined) return 'created'
  return done.length > 0 ? 'changed' : 'unchanged'
}

async function createMissing(admin: Admin, missing: readonly TopicPlan[]): Promise<void> {
  if (missing.length === 0) return
  try {
    await admin.createTopics({
      waitForLeaders: true,
      topics: missing.map(({ topic, partitions, replication, configs }) => ({
        topic,
        numPartitions: partitions,
        replicationFactor: replication,
        configEntries: Object.entries(configs).map(([name, value]) => ({ name, value })),
      })),
    })
  } catch (error) {
    throw toOstiaryError(`make the topics ${missing.map(({ topic }) => topic).join(', ')}`, error)
  }
}

async function registerSchemas(schemas: SchemaClient, { name, topic }: TopicPlan): Promise<readonly string[]> {
  const registered: string[] = []
  for (const schema of topics[name].schemas) {
    if (await schemas.isRegistered(topic, schema)) continue
    const id = await schemas.register(topic, schema)
    registered.push(`schema ${subjectOf(topic, schema)} registered as ${id}`)
  }
  return registered
}

async function alignConfigs(admin: Admin, plan: TopicPlan, found: FoundTopic): Promise<Alignment> {
  const due: TopicDifference[] = []
  const left: string[] = []
  for (const difference of differencesOf(plan, found)) {
    const reason = reasonToLeave(plan, difference)
    if (reason === undefined) due.push(difference)
    else left.push(`${differenceText(difference)}; left as it is: ${reason}`)
  }
  if (due.length > 0) await alter(admin, plan, found, due)
  return {
    changed: due.map((one) => `${one.what.replace(/^config /, '')} changed from ${one.found} to ${one.expected}`),
    left,
  }
}

/** Why a difference is not mended here; `undefined` where that loses nothing. */
function reasonToLeave({ topic }: TopicPlan, { what, expected, found }: TopicDifference): string | undefined {
  switch (what) {
    case 'partitions':
      return Number(expected) < Number(found)
        ? `Kafka takes no partition away; if ${found} are meant, give --partitions`
        : 'its records are keyed, and under another count a key lies in another partition than its past and its state. Begin with another --topic-prefix and let both run until the old one is empty'
    case 'replication':
      return 'moving replicas is for kafka-reassign-partitions.sh'
    case 'config cleanup.policy':
      return `it would delete records; if that is meant, kafka-configs.sh --alter --topic ${topic} --add-config cleanup.policy=${expected}`
    case 'config retention.ms':
      return isShorter(expected, found)
        ? `it would delete records; if that is meant, kafka-configs.sh --alter --topic ${topic} --add-config retention.ms=${expected}`
        : undefined
    default:
      return undefined
  }
}

/** Whether a retention is shorter than another; -1 is for ever. */
function isShorter(retentionMs: string, otherMs: string): boolean {
  const lengthOf = (text: string): number => (Number(text) < 0 ? Number.POSITIVE_INFINITY : Number(text))
  return lengthOf(retentionMs) < lengthOf(otherMs)
}

/**
 * The client knows only the request that replaces all of a topic's own settings, so those that are not ours are given again.
 */
async function alter(
  admin: Admin,
  { topic, configs }: TopicPlan,
  found: FoundTopic,
  due: readonly TopicDifference[],
): Promise<void> {
  const wanted = new Map([...found.own].map((name) => [name, found.configs.get(name) ?? '']))
  for (const { what } of due) {
    const name = what.replace(/^config /, '')
    wanted.set(name, configs[name]!)
  }
  const configEntries = [...wanted].map(([name, value]) => ({ name, value }))
  try {
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries }],
    })
  } catch (error) {
    throw toOstiaryError(`change the settings of topic "${topic}"`, error)
  }
}

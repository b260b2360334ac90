import type { Admin } from 'kafkajs'
import { type FoundTopic, findTopics, type TopicsWish, topicsSettingOf } from './found-topics.ts'
import type { SchemaClient } from './schema-client.ts'
import { type TopicPlan, topicPlans } from './topic-plan.ts'
import { subjectOf, topics } from './topics.ts'

/** What came of one topic. */
export interface TopicRow {
  /** With prefix. */
  readonly topic: string
  readonly state: 'created' | 'changed' | 'unchanged' | 'differs'
  /** In words: what was made, changed, or is other than its contract says. */
  readonly details: readonly string[]
}

/** What a check or an application works with. */
export interface TopicsJob extends TopicsWish {
  readonly admin: Admin
  readonly schemas: SchemaClient
}

/** One way in which a topic is not as its contract says. */
export interface TopicDifference {
  readonly what: 'partitions' | 'replication' | `config ${string}`
  readonly expected: string
  readonly found: string
}

/**
 * Compares the topics and schemas of a cluster with their contracts and changes nothing: a row for each topic, `unchanged` or
 * `differs`.
 *
 * @throws OstiaryError `kafka.unavailable`, `kafka.refused` or `registry.unavailable`
 */
export async function checkTopics(job: TopicsJob): Promise<readonly TopicRow[]> {
  const found = await findTopics(job.admin, job.topicPrefix)
  const rows: TopicRow[] = []
  for (const plan of topicPlans(await topicsSettingOf(job.admin, job, found))) {
    const topic = found.get(plan.topic)
    const details = [
      ...(topic === undefined ? ['is missing'] : differencesOf(plan, topic).map(differenceText)),
      ...(await missingSchemas(job.schemas, plan)).map((subject) => `schema ${subject} is not registered`),
    ]
    rows.push({ topic: plan.topic, state: details.length === 0 ? 'unchanged' : 'differs', details })
  }
  return rows
}

/** Where a topic is other than planned. */
export function differencesOf(plan: TopicPlan, found: FoundTopic): readonly TopicDifference[] {
  const numbers = (['partitions', 'replication'] as const).map((what) => ({
    what,
    expected: String(plan[what]),
    found: String(found[what]),
  }))
  const configs = Object.entries(plan.configs).map(([name, expected]) => ({
    what: `config ${name}` as const,
    expected,
    found: found.configs.get(name) ?? 'nothing',
  }))
  return [...numbers, ...configs].filter((one) => one.expected !== one.found)
}

export function differenceText({ what, expected, found }: TopicDifference): string {
  return `${what.replace(/^config /, '')}: expected ${expected}, found ${found}`
}

async function missingSchemas(schemas: SchemaClient, plan: TopicPlan): Promise<readonly string[]> {
  const missing: string[] = []
  for (const schema of topics[plan.name].schemas)
    if (!(await schemas.isRegistered(plan.topic, schema))) missing.push(subjectOf(plan.topic, schema))
  return missing
}

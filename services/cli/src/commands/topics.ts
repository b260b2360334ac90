import { type KafkaFlags, kafkaSettingsOf, type SetExitCode, withKafkaFlags } from '@ostiary/launcher'
import {
  applyTopics,
  checkTopics,
  connect,
  SchemaClient,
  type TopicRow,
  type TopicsJob,
  toOstiaryError,
} from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import { Command, InvalidArgumentError, Option } from 'commander'
import colors from 'picocolors'
import { stateTable } from '../render/state-table.ts'

const stateColours: Readonly<Record<TopicRow['state'], (text: string) => string>> = {
  created: colors.green,
  changed: colors.yellow,
  unchanged: colors.dim,
  differs: colors.red,
}

interface TopicsFlags extends KafkaFlags {
  readonly partitions?: number
  readonly replication?: number
}

/** `ostiary topics`: makes the topics and schemas on a cluster, or says where they are not as their contracts say. */
export function topicsCommand(_: SetExitCode): Command {
  const apply = new Command('apply')
    .description('makes missing topics, registers schemas, and changes settings where that loses nothing')
    .action((flags: TopicsFlags) => runTopics(applyTopics, flags))
  const check = new Command('check')
    .description('says where topics and schemas are not as their contracts say, and changes nothing')
    .action((flags: TopicsFlags) => runTopics(checkTopics, flags))
  const command = new Command('topics').description('makes or checks the Kafka topics of the services')
  for (const each of [apply, check]) {
    each
      .addOption(
        new Option('--partitions <n>', 'of access.raw and access.events (default: what is there, else 4)').argParser(
          numberUpTo(10_000),
        ),
      )
      .addOption(
        new Option('--replication <n>', 'of every topic (default: a replica on each broker, 3 at most)').argParser(
          numberUpTo(100),
        ),
      )
    command.addCommand(withKafkaFlags(each).exitOverride())
  }
  return command
}

function numberUpTo(most: number): (text: string) => number {
  return (text) => {
    const value = Number(text)
    if (!/^\d{1,9}$/.test(text) || value < 1 || value > most)
      throw new InvalidArgumentError(`Give a whole number from 1 to ${most}.`)
    return value
  }
}

async function runTopics(job: (given: TopicsJob) => Promise<readonly TopicRow[]>, flags: TopicsFlags): Promise<void> {
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-topics')
  const { partitions, replication } = flags
  const schemas = new SchemaClient(config, process.env)
  const admin = connect(config, process.env, log, 'ostiary-topics').admin()
  let rows: readonly TopicRow[]
  try {
    await admin.connect().catch((error: unknown) => {
      throw toOstiaryError(`connect to Kafka at ${config.brokers}`, error)
    })
    rows = await job({ admin, schemas, topicPrefix: config.topicPrefix, partitions, replication })
  } finally {
    await admin.disconnect()
  }
  if (process.stdout.isTTY) {
    const shown = rows.map(({ topic, state, details }) => ({ name: topic, state, details: details.join('\n') }))
    const table = stateTable(['topic', 'state', 'details'], shown, stateColours, process.stdout.columns)
    process.stdout.write(`${table}\n`)
  } else for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`)
  const differing = rows.filter(({ state }) => state === 'differs')
  if (differing.length > 0)
    throw new OstiaryError(
      'topics.invalid',
      `${differing.length} of ${rows.length} topics are not as their contracts say: see what is said of each above`,
    )
}

import { type KafkaFlags, kafkaSettingsOf, type SetExitCode, withKafkaFlags } from '@ostiary/launcher'
import { connect, rawKey, readTopic, SchemaClient, toOstiaryError } from '@ostiary/runtime/kafka'
import { type DeadLetter, OstiaryError, parseTime } from '@ostiary/schemas'
import Table from 'cli-table3'
import { Command, InvalidArgumentError, Option } from 'commander'
import { Partitioners, type Producer } from 'kafkajs'
import { printable } from '../render/printable.ts'

interface DlqFlags extends KafkaFlags {
  readonly reason?: string
  readonly since?: number
  readonly topic?: string
  readonly limit?: number
  readonly bytes?: boolean
  readonly dryRun?: boolean
}

/** Letters that a table on a terminal shows. */
const tableRowsMax = 200
/** Records that are sent back at a time. */
const sendRecords = 100
/** Letters' topic whose records can be sent again: the others are written by ourselves. */
const replayableTopic = 'access.raw'

/** `ostiary dlq`: what could not be used, and once its cause is mended, the same records again. */
export function dlqCommand(_: SetExitCode): Command {
  const list = new Command('list')
    .description('lists dead letters with reason and place; their bytes, which are not minimised, only with --bytes')
    .option('--bytes', 'with the records themselves, in base64')
    .action((flags: DlqFlags) => listLetters(flags))
  const replay = new Command('replay')
    .description('sends the records of dead letters to access.raw again; repeats of what is there are dropped')
    .option('--dry-run', 'only say what would be sent')
    .action((flags: DlqFlags) => replayLetters(flags))
  const command = new Command('dlq').description('lists dead letters, or sends their records again')
  for (const each of [list, replay]) {
    each
      .option('--reason <code>', 'only those of this reason, such as json.invalid')
      .addOption(new Option('--since <time>', 'only those whose record came since then (RFC 3339)').argParser(timeOf))
      .option('--topic <name>', 'only those of this topic, without prefix')
      .addOption(new Option('--limit <n>', 'at most so many').argParser(countOf))
    command.addCommand(withKafkaFlags(each).exitOverride())
  }
  return command
}

function timeOf(text: string): number {
  const timeMs = parseTime(text)
  if (timeMs === undefined) throw new InvalidArgumentError('Give a time such as 2026-03-01T12:00:00Z.')
  return timeMs
}

function countOf(text: string): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new InvalidArgumentError('Give a whole number from 1 on.')
  return Number(text)
}

async function listLetters(flags: DlqFlags): Promise<void> {
  const table = new Table({ head: ['reason', 'place', 'bytes', 'detail'], style: { head: [], border: [] } })
  let shown = 0
  await eachLetter(flags, async (letter) => {
    const { bytes, ...rest } = letter
    shown += 1
    if (!process.stdout.isTTY || flags.bytes === true) {
      const line = flags.bytes === true ? { ...rest, bytes_base64: Buffer.from(bytes).toString('base64') } : rest
      process.stdout.write(`${JSON.stringify(line)}\n`)
    } else if (shown <= tableRowsMax) {
      const { reason, length, detail } = printable(rest)
      table.push([reason, placeOf(rest), length, detail.slice(0, 80)])
    }
  })
  if (!process.stdout.isTTY || flags.bytes === true) return
  process.stdout.write(shown === 0 ? 'No dead letters.\n' : `${table.toString()}\n`)
  if (shown > tableRowsMax) process.stdout.write(`and ${shown - tableRowsMax} more: pipe the list to see all\n`)
}

async function replayLetters(flags: DlqFlags): Promise<void> {
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-dlq')
  const producer = connect(config, process.env, log, 'ostiary-dlq-replay').producer({
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  const keyOf = rawKey({ tenant: config.tenant })
  const told = { sent: 0, truncated: 0, other_topic: 0 }
  let waiting: { key: string; value: Buffer; headers: Record<string, string> }[] = []
  const send = async (): Promise<void> => {
    if (waiting.length > 0 && flags.dryRun !== true) await sendBack(producer, config.topicPrefix, waiting)
    told.sent += waiting.length
    waiting = []
  }
  try {
    if (flags.dryRun !== true) await producer.connect()
    await eachLetter(flags, async (letter) => {
      const value = Buffer.from(letter.bytes)
      if (letter.topic !== replayableTopic) told.other_topic += 1
      else if (value.length < letter.length) told.truncated += 1
      else waiting.push({ key: keyOf(value), value, headers: { replayed: placeOf(letter) } })
      if (waiting.length >= sendRecords) await send()
    })
    await send()
  } catch (error) {
    throw toOstiaryError(`send dead letters again to ${config.brokers}`, error)
  } finally {
    await producer.disconnect().catch(() => undefined)
  }
  process.stdout.write(`${JSON.stringify({ ...told, dry_run: flags.dryRun === true })}\n`)
}

async function sendBack(
  producer: Producer,
  topicPrefix: string,
  messages: { key: string; value: Buffer; headers: Record<string, string> }[],
): Promise<void> {
  await producer.send({ topic: `${topicPrefix}${replayableTopic}`, messages })
}

function placeOf({ topic, partition, offset, index }: Omit<DeadLetter, 'bytes'>): string {
  return `${topic}/${partition}/${offset}/${index}`
}

/** Reads the dead letters that there are now, and hands over those the flags ask for. */
async function eachLetter(flags: DlqFlags, onLetter: (letter: DeadLetter) => Promise<void>): Promise<void> {
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-dlq')
  const kafka = connect(config, process.env, log, 'ostiary-dlq')
  const decoder = new SchemaClient(config, process.env).decoder('access.dlq')
  let left = flags.limit ?? Number.POSITIVE_INFINITY
  const wanted = ({ reason, time, topic: of }: DeadLetter): boolean =>
    (flags.reason === undefined || reason === flags.reason) &&
    (flags.since === undefined || time >= flags.since) &&
    (flags.topic === undefined || of === flags.topic)
  try {
    await readTopic({
      kafka,
      groupId: `${config.topicPrefix}ostiary-operator`,
      topic: `${config.topicPrefix}access.dlq`,
      from: 'beginning',
      follow: false,
      onBatch: async (messages) => {
        for (const { value } of messages) {
          if (left === 0) return
          await decoder.prepare(value)
          const letter = decoder.decode(value).value as DeadLetter
          if (!wanted(letter)) continue
          left -= 1
          await onLetter(letter)
        }
      },
    })
  } catch (error) {
    if (error instanceof OstiaryError) throw error
    throw toOstiaryError(`read dead letters from ${config.brokers}`, error)
  }
}

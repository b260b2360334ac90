import { once } from 'node:events'
import {
  exitCodes,
  type KafkaFlags,
  kafkaSettingsOf,
  onInterrupt,
  type SetExitCode,
  withKafkaFlags,
} from '@ostiary/launcher'
import { LineWriter, type RawItem, type SimulateOptions, simulate } from '@ostiary/runtime'
import { OstiaryError, parseTime } from '@ostiary/schemas'
import { Command, InvalidArgumentError, Option } from 'commander'
import { RawSender } from '../raw-sender.ts'
import { type Progress, progressBar } from '../render/progress.ts'
import { tellSendSummary } from '../render/send-summary.ts'
import { rateOption } from './send.ts'

interface SimulateFlags extends KafkaFlags {
  readonly seed: number
  readonly identities: number
  readonly days: number
  readonly start: number
  readonly attacks: boolean
  readonly out?: string
  readonly labels?: string
  readonly toKafka?: boolean
  readonly rate: number
}

const dayMs = 86_400_000

/** `ostiary simulate`: an invented organisation's CloudTrail, one record a line. */
export function simulateCommand(setExitCode: SetExitCode): Command {
  const command = new Command('simulate')
    .description('writes the CloudTrail of an invented organisation: the same seed gives the same bytes')
    .addOption(new Option('--seed <n>', 'what decides everything').argParser(numberOf).default(1))
    .addOption(new Option('--identities <n>', 'people and programs').argParser(numberOf).default(300))
    .addOption(new Option('--days <n>', 'how long').argParser(numberOf).default(28))
    .addOption(
      new Option('--start <time>', 'of the first day').argParser(dayOf).default(dayOf('2026-01-05'), '2026-01-05'),
    )
    .option('--no-attacks', 'leave the scripted attacks out')
    .option('--out <file>', 'where to (default: standard output)')
    .option('--labels <file>', 'write which events belong to an attack, as CSV')
    .option('--to-kafka', 'send the records to Kafka, for the services, and write none')
    .addOption(rateOption())
    .action((flags: SimulateFlags) => runSimulate(flags, setExitCode))
  return withKafkaFlags(command)
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

function dayOf(text: string): number {
  const timeMs = parseTime(text.length === 10 ? `${text}T00:00:00Z` : text)
  if (timeMs === undefined) throw new InvalidArgumentError('Give a day such as 2026-01-05.')
  return timeMs
}

async function runSimulate(flags: SimulateFlags, setExitCode: SetExitCode): Promise<void> {
  const { seed, identities, days, start: startMs, attacks } = flags
  const options: SimulateOptions = { seed, identities, days, startMs, attacks }
  const labels = flags.labels === undefined ? undefined : new LineWriter(flags.labels, 0o644)
  labels?.write('eventID,attack_id,technique,name')
  const interrupt = onInterrupt()
  const bar = progressBar('simulating', days, (day) => `${Math.floor(day)} days`)
  try {
    const batches = linesOf(options, labels, bar, interrupt.signal)
    if (flags.toKafka === true) await sendTo(flags, batches, interrupt.signal)
    else await writeTo(flags.out, batches)
  } finally {
    labels?.close()
    bar.stop()
    interrupt.release()
  }
  if (interrupt.signal.aborted) setExitCode(exitCodes.interrupted)
}

/** The records in batches, each as its line, until an interrupt comes. */
async function* linesOf(
  options: SimulateOptions,
  labels: LineWriter | undefined,
  bar: Progress,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  let lines: string[] = []
  for (const { record, timeMs, label } of simulate(options)) {
    lines.push(JSON.stringify(record))
    if (label !== undefined) labels?.write([record.eventID, label.attackId, label.technique, label.name].join(','))
    if (lines.length < 256) continue
    yield lines
    lines = []
    // Lets a signal through.
    await new Promise((resolve) => setImmediate(resolve))
    bar.update((timeMs - options.startMs) / dayMs)
    if (signal.aborted) return
  }
  if (lines.length > 0) yield lines
}

async function writeTo(out: string | undefined, batches: AsyncIterable<readonly string[]>): Promise<void> {
  const file = out === undefined ? undefined : new LineWriter(out, 0o644)
  for await (const lines of batches) {
    const text = lines.join('\n')
    if (file !== undefined) file.write(text)
    else if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain')
  }
  file?.close()
}

async function sendTo(
  flags: SimulateFlags,
  batches: AsyncIterable<readonly string[]>,
  signal: AbortSignal,
): Promise<void> {
  if (flags.out !== undefined)
    throw new OstiaryError('usage.invalid', 'Cannot use --out with --to-kafka: the records go to one place')
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-simulate')
  const sender = await RawSender.open(config, log, signal, flags.rate)
  await sender.send('simulate', itemsOf(batches))
  tellSendSummary(await sender.close())
}

async function* itemsOf(batches: AsyncIterable<readonly string[]>): AsyncGenerator<readonly RawItem[]> {
  let index = 0
  let byteOffset = 0
  for await (const lines of batches)
    yield lines.map((line): RawItem => {
      const bytes = Buffer.from(line)
      const item = { kind: 'record', index, byteOffset, bytes } as const
      index += 1
      byteOffset += bytes.length + 1
      return item
    })
}

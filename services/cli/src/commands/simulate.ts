import { once } from 'node:events'
import { LineWriter, type SimulateOptions, simulate } from '@ostiary/runtime'
import { parseTime } from '@ostiary/schemas'
import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCodes } from '../exit-codes.ts'
import type { SetExitCode } from '../program.ts'
import { progressBar } from '../render/progress.ts'

interface SimulateFlags {
  readonly seed: number
  readonly identities: number
  readonly days: number
  readonly start: number
  readonly attacks: boolean
  readonly out?: string
  readonly labels?: string
}

const dayMs = 86_400_000

/** `ostiary simulate`: an invented organisation's CloudTrail, one record a line. */
export function simulateCommand(setExitCode: SetExitCode): Command {
  return new Command('simulate')
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
    .action((flags: SimulateFlags) => runSimulate(flags, setExitCode))
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
  const file = flags.out === undefined ? undefined : new LineWriter(flags.out, 0o644)
  const bar = progressBar('simulating', days, (day) => `${Math.floor(day)} days`)
  let interrupted = false
  process.once('SIGINT', () => {
    interrupted = true
  })
  const write = async (text: string): Promise<void> => {
    if (file !== undefined) file.write(text)
    else if (!process.stdout.write(`${text}\n`)) await once(process.stdout, 'drain')
  }
  let lines: string[] = []
  let events = 0
  for (const { record, timeMs, label } of simulate(options)) {
    lines.push(JSON.stringify(record))
    if (label !== undefined) labels?.write([record.eventID, label.attackId, label.technique, label.name].join(','))
    events += 1
    if (events % 256 !== 0) continue
    await write(lines.join('\n'))
    lines = []
    // Lets a signal through.
    await new Promise((resolve) => setImmediate(resolve))
    bar.update((timeMs - startMs) / dayMs)
    if (interrupted) break
  }
  if (lines.length > 0) await write(lines.join('\n'))
  file?.close()
  labels?.close()
  bar.stop()
  if (interrupted) setExitCode(exitCodes.interrupted)
}

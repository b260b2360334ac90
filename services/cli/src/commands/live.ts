import { exitCodes, onInterrupt, type SetExitCode, version } from '@ostiary/launcher'
import { createEnricher } from '@ostiary/models'
import {
  alertLineOf,
  configuredFeedback,
  feedbackOf,
  Intake,
  LocalRun,
  listInputs,
  mergedEvents,
  NameBook,
  type Sink,
  simulate,
  sinks,
} from '@ostiary/runtime'
import { type AccessEvent, type Alert, OstiaryError, parseTime } from '@ostiary/schemas'
import { Command, InvalidArgumentError, Option } from 'commander'
import { LiveScreen } from '../render/live-screen.ts'
import { checkRange, type EventFlags, modelOf, settingsOf, withEventFlags, withFeedbackFlag } from './settings.ts'

interface LiveFlags extends EventFlags {
  readonly model?: string
  readonly registry?: string
  readonly alertsPerDay?: string
  readonly seed: number
  readonly identities: number
  readonly days: number
  readonly dayMs: number
  readonly names: boolean
}

const dayMs = 86_400_000
const simulatedStartMs = parseTime('2026-01-05T00:00:00Z')!
/** Records that are handed on together. */
const batchSize = 256
/** Share of the simulated time that passes at full speed, to learn from, before the view slows down. */
const learningShare = 0.5

/** `ostiary live`: the pipeline at work, on an invented organisation or on files, as a view on the terminal. */
export function liveCommand(setExitCode: SetExitCode): Command {
  const command = new Command('live')
    .description('shows the pipeline at work: on an invented organisation, or on files')
    .argument('[path...]', 'files or folders (default: an invented organisation)')
    .option('--model <folder>', 'model that "ostiary train" wrote (default: the one that ships)')
    .option('--registry <folder>', 'score with the model promoted in this registry')
    .option('--alerts-per-day <n>', 'pages a day that somebody can look at (default: 10)')
    .addOption(new Option('--seed <n>', 'of the invented organisation').argParser(numberOf).default(1))
    .addOption(new Option('--identities <n>', 'people and programs in it').argParser(numberOf).default(200))
    .addOption(new Option('--days <n>', 'days of it').argParser(numberOf).default(21))
    .addOption(
      new Option('--day-ms <n>', 'real milliseconds an invented day takes on a terminal')
        .argParser(numberOf)
        .default(8000),
    )
    .option('--no-names', 'show pseudonyms')
    .action((paths: string[], flags: LiveFlags) => runLive(paths, flags, setExitCode))
  return withEventFlags(withFeedbackFlag(command))
}

function numberOf(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.')
  return Number(text)
}

async function runLive(paths: readonly string[], flags: LiveFlags, setExitCode: SetExitCode): Promise<void> {
  const interrupt = onInterrupt()
  checkRange(flags)
  const terminal = process.stdout.isTTY
  const { config, key, tables } = await settingsOf(flags, {
    model: flags.model,
    modelRegistry: flags.registry,
    alertsPerDay: flags.alertsPerDay,
  })
  const model = await modelOf(config)
  const names = new NameBook()
  const onName = (pseudonym: string, clear: string): void => names.remember(pseudonym, clear)
  const outputs: Sink[] = terminal ? [] : [sinks.stdout(alertLineOf({ format: 'ocsf', productVersion: version }))]
  const title =
    paths.length > 0
      ? paths.join(' ')
      : `an invented organisation of ${flags.identities} identities, seed ${flags.seed}`
  const screen = terminal ? new LiveScreen(title, shownNames(flags, names)) : undefined
  const run = new LocalRun({
    config,
    tables,
    model,
    codeVersion: version,
    feedback: feedbackOf(await configuredFeedback(config)),
    sinks: outputs,
    nameOf: (uid) => uid,
    onAlert: (alert: Alert) => screen?.addAlert(alert),
    ...(screen === undefined ? {} : { onScore: (score) => screen.addScore(score) }),
  })
  // The invented organisation has a calendar of its own, whatever the clock of this machine says.
  const enrich = createEnricher({ tenantUid: config.tenant, key, tables, onName })
  const intake = new Intake({ enrich, futureMs: Number.POSITIVE_INFINITY })
  const batches =
    paths.length > 0
      ? mergedEvents(listInputs(paths), {
          config,
          key,
          tables,
          onName,
          sinceMs: flags.since,
          untilMs: flags.until,
          signal: interrupt.signal,
        }).batches
      : simulated(flags, intake, screen !== undefined, interrupt.signal)
  let events = 0
  try {
    for await (const batch of batches) {
      await run.take(batch)
      events += batch.length
      screen?.show({ ...run.counts(), events, nowMs: run.pipeline.highWaterMs })
      if (interrupt.signal.aborted) break
    }
    await run.finish()
  } finally {
    screen?.close({ ...run.counts(), events, nowMs: run.pipeline.highWaterMs })
  }
  for (const sink of outputs) await sink.close()
  if (!terminal) process.stderr.write(`${JSON.stringify({ events, ...run.counts() })}\n`)
  if (interrupt.signal.aborted) setExitCode(terminal ? exitCodes.ok : exitCodes.interrupted)
  else if (events === 0) throw new OstiaryError('input.empty', `Nothing was scored: no event was found in ${title}`)
}

function shownNames(flags: LiveFlags, names: NameBook): (uid: string) => string | undefined {
  return flags.names ? (uid) => names.nameOf(uid) : () => undefined
}

/** The invented organisation's events; for a view, the second half passes at a pace that can be watched. */
async function* simulated(
  flags: LiveFlags,
  intake: Intake,
  paced: boolean,
  signal: AbortSignal,
): AsyncGenerator<readonly AccessEvent[], void> {
  const { seed, identities, days } = flags
  const pacedFromMs = simulatedStartMs + learningShare * days * dayMs
  let batch: AccessEvent[] = []
  let begunMs = 0
  const reject = (): void => {
    throw new OstiaryError('internal', 'Cannot read a simulated record: report this as a defect')
  }
  for (const { record, timeMs } of simulate({ seed, identities, days, startMs: simulatedStartMs, attacks: true })) {
    intake.takeValue(record, (event) => batch.push(event), reject)
    if (batch.length < (paced && timeMs > pacedFromMs ? 16 : batchSize)) continue
    yield batch
    batch = []
    if (paced && timeMs > pacedFromMs) {
      if (begunMs === 0) begunMs = performance.now()
      await until(begunMs + ((timeMs - pacedFromMs) / dayMs) * flags.dayMs, signal)
    } else await new Promise((resolve) => setImmediate(resolve))
  }
  yield batch
}

async function until(realMs: number, signal: AbortSignal): Promise<void> {
  while (performance.now() < realMs && !signal.aborted)
    await new Promise((resolve) => setTimeout(resolve, Math.min(50, Math.max(1, realMs - performance.now()))))
}

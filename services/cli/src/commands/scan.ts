import { exitCodes, onInterrupt, type SetExitCode, version } from '@ostiary/launcher'
import { severities } from '@ostiary/models'
import {
  alertLineOf,
  checkWritable,
  configuredFeedback,
  ExhibitsWriter,
  feedbackOf,
  LineWriter,
  type ListedInput,
  listInputs,
  loadStateFile,
  NameBook,
  RejectsWriter,
  type ScanResult,
  type ScanSummary,
  type Sink,
  saveStateFile,
  scan,
  sinks,
  writeAtomically,
} from '@ostiary/runtime'
import type { Alert } from '@ostiary/schemas'
import { Command, Option } from 'commander'
import { alertTable } from '../render/alert-table.ts'
import { BestAlerts } from '../render/best-alerts.ts'
import { bytesText, progressBar } from '../render/progress.ts'
import { summaryText } from '../render/summary-text.ts'
import { checkRange, type EventFlags, modelOf, settingsOf, withEventFlags, withFeedbackFlag } from './settings.ts'

/** Alerts a terminal's table shows. */
const tableRowsMax = 25

interface ScanFlags extends EventFlags {
  readonly model?: string
  readonly registry?: string
  readonly alertsPerDay?: string
  readonly reorder?: string
  readonly state?: string
  readonly failOn?: string
  readonly alerts?: string
  readonly format: 'ocsf' | 'flat'
  readonly scores?: string
  readonly exhibits?: string
  readonly rejects?: string
  readonly summary?: string
  readonly names?: boolean
}

/** `ostiary scan`: files in, ranked and explained alerts out. */
export function scanCommand(setExitCode: SetExitCode): Command {
  const command = new Command('scan')
    .description('reads log files and tells what is unusual in them')
    .argument('<path...>', 'files, folders, or - for standard input')
    .option('--model <folder>', 'model that "ostiary train" wrote (default: the one that ships)')
    .option('--registry <folder>', 'score with the model promoted in this registry')
    .option('--alerts-per-day <n>', 'pages a day that somebody can look at (default: 10)')
    .option('--reorder <duration>', 'how long an event waits for earlier ones, such as 15m (default: 15m)')
    .option(
      '--state <file>',
      "load what was learnt before, and save what is learnt: tomorrow's scan goes on from today's",
    )
    .option('--alerts <file>', 'write one line a finding, pages and digest, by score')
    .addOption(new Option('--format <format>', 'of alert lines').choices(['ocsf', 'flat']).default('ocsf'))
    .option('--scores <file>', 'write one line an event, in order of processing')
    .option('--exhibits <file>', 'write what each alert was computed from, for "ostiary reproduce" (mode 0600)')
    .option('--rejects <file>', 'append records that gave no event, as they were sent (mode 0600)')
    .option('--summary <file>', 'write the numbers of the run (default: last line on standard error)')
    .option(
      '--fail-on <severity>',
      `exit with ${exitCodes.failOn} when an alert is as severe: ${severities.join(', ')}`,
    )
    .option('--names', 'show names instead of pseudonyms (default on a terminal only)')
    .option('--no-names', 'show pseudonyms on a terminal too')
    .action((paths: string[], flags: ScanFlags) => runScan(paths, flags, setExitCode))
  return withEventFlags(withFeedbackFlag(command))
}

async function runScan(paths: readonly string[], flags: ScanFlags, setExitCode: SetExitCode): Promise<void> {
  const interrupt = onInterrupt()
  checkRange(flags)
  const { config, key, keyId, tables } = await settingsOf(flags, {
    model: flags.model,
    modelRegistry: flags.registry,
    alertsPerDay: flags.alertsPerDay,
    reorderMs: flags.reorder,
    failOn: flags.failOn,
    names: flags.names === undefined ? undefined : flags.names ? 'yes' : 'no',
  })
  const inputs = listInputs(paths)
  const model = await modelOf(config)
  const feedback = feedbackOf(await configuredFeedback(config))
  const origin = { tenantUid: config.tenant, keyId, configSha256: config.hash, codeVersion: version }
  // Written at the end: whoever waits for them learns now that they cannot be.
  for (const file of [flags.state, flags.summary]) if (file !== undefined) checkWritable(file)
  const before = flags.state === undefined ? undefined : await loadStateFile(flags.state, origin)
  const names = new NameBook()
  const outputs = await openOutputs(
    flags,
    model.census.id,
    config.names === 'yes' ? (uid) => names.nameOf(uid) : undefined,
  )
  const best = new BestAlerts(tableRowsMax)
  const progress = scanProgress(inputs)
  let worst = -1
  let result: ScanResult
  try {
    result = await scan({
      config,
      key,
      tables,
      model,
      codeVersion: version,
      feedback,
      inputs,
      ...outputs,
      before: before?.sections,
      recent: flags.state !== undefined,
      onName: (pseudonym, clear) => names.remember(pseudonym, clear),
      sinceMs: flags.since,
      untilMs: flags.until,
      onBytes: progress.onBytes,
      onAlert: (alert: Alert) => {
        worst = Math.max(worst, severities.indexOf(alert.severity))
        best.add(alert)
      },
      signal: interrupt.signal,
    })
  } finally {
    progress.stop()
    interrupt.release()
    await closeWriters(outputs)
  }
  for (const sink of outputs.sinks) if (sink.id !== 'stdout') await sink.close()
  const { summary, interrupted } = result
  const scored = summary.scored + summary.late
  if (flags.state !== undefined && !interrupted && scored > 0)
    await saveStateFile(flags.state, origin, result.sections())
  // After the state: a reader that has seen enough, as `| head` has, ends the process here.
  for (const sink of outputs.sinks) if (sink.id === 'stdout') await sink.close()
  if (process.stdout.isTTY) showTable(best, config.names === 'no' ? undefined : names)
  if (interrupted) setExitCode(exitCodes.interrupted)
  else if (scored === 0) {
    process.stderr.write(`ostiary: ${nothingScored(paths, summary, flags)}\n`)
    setExitCode(exitCodes.input)
  } else if (config.failOn !== 'none' && worst >= severities.indexOf(config.failOn)) setExitCode(exitCodes.failOn)
  await tellSummary(summary, flags.summary)
}

interface Outputs {
  readonly sinks: readonly Sink[]
  readonly scores: LineWriter | undefined
  readonly exhibits: ExhibitsWriter | undefined
  readonly rejects: RejectsWriter | undefined
  readonly nameOf: (uid: string) => string
}

/** Closes what is written as events pass; each of them, whatever becomes of another. */
async function closeWriters({ scores, exhibits, rejects }: Outputs): Promise<void> {
  try {
    scores?.close()
  } finally {
    try {
      exhibits?.close()
    } finally {
      await rejects?.close()
    }
  }
}

async function openOutputs(
  flags: ScanFlags,
  modelCensus: string,
  nameOf: ((uid: string) => string | undefined) | undefined,
): Promise<Outputs> {
  const line = alertLineOf({ format: flags.format, nameOf, productVersion: version })
  return {
    sinks: [
      ...(flags.alerts === undefined ? [] : [sinks.file(flags.alerts, line)]),
      ...(process.stdout.isTTY ? [] : [sinks.stdout(line)]),
    ],
    scores: flags.scores === undefined ? undefined : new LineWriter(flags.scores),
    exhibits: flags.exhibits === undefined ? undefined : new ExhibitsWriter(flags.exhibits, { modelCensus }),
    rejects: flags.rejects === undefined ? undefined : await RejectsWriter.open(flags.rejects),
    nameOf: (uid) => nameOf?.(uid) ?? uid,
  }
}

/** A progress bar over the bytes of the inputs. */
function scanProgress(inputs: readonly ListedInput[]): {
  readonly onBytes: (bytes: number) => void
  readonly stop: () => void
} {
  const total = inputs.reduce((sum, input) => sum + input.bytes, 0)
  const bar = progressBar('scanning', total, bytesText)
  let read = 0
  return {
    onBytes(bytes) {
      read += bytes
      bar.update(read)
    },
    stop() {
      bar.stop()
    },
  }
}

function showTable(best: BestAlerts, names: NameBook | undefined): void {
  if (best.size === 0) return
  const table = alertTable(best.ordered(), process.stdout.columns ?? 120, (uid) => names?.nameOf(uid))
  process.stdout.write(`${table}\n`)
}

async function tellSummary(summary: ScanSummary, file: string | undefined): Promise<void> {
  const line = `${JSON.stringify(summary)}\n`
  if (file !== undefined) await writeAtomically(file, Buffer.from(line, 'utf8'), { mode: 0o644 })
  if (process.stderr.isTTY) process.stderr.write(summaryText(summary))
  else if (file === undefined) process.stderr.write(line)
}

function nothingScored(paths: readonly string[], summary: ScanSummary, flags: ScanFlags): string {
  const where = paths.map((path) => `"${path}"`).join(', ')
  if (summary.records === 0) return `Nothing was scored: no record was found in ${where}`
  const reasons = Object.entries(summary.rejected).map(([reason, count]) => `${count} ${reason}`)
  const hint = flags.rejects === undefined && reasons.length > 0 ? '. Look at them with --rejects FILE' : ''
  const what = [
    ...reasons,
    ...(summary.filtered > 0 ? [`${summary.filtered} filtered`] : []),
    ...(summary.duplicates > 0 ? [`${summary.duplicates} duplicates`] : []),
  ]
  return `Nothing was scored of ${summary.records} records in ${where}: ${what.join(', ')}${hint}`
}

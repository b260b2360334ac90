import { severities } from '@ostiary/models'
import {
  alertLineOf,
  LineWriter,
  listInputs,
  loadStateFile,
  NameBook,
  RejectsWriter,
  type ScanSummary,
  type Sink,
  saveStateFile,
  scan,
  sinks,
  writeAtomically,
} from '@ostiary/runtime'
import { type Alert, OstiaryError } from '@ostiary/schemas'
import { Command, Option } from 'commander'
import { exitCodes } from '../exit-codes.ts'
import type { SetExitCode } from '../program.ts'
import { alertTable } from '../render/alert-table.ts'
import { BestAlerts } from '../render/best-alerts.ts'
import { bytesText, progressBar } from '../render/progress.ts'
import { summaryText } from '../render/summary-text.ts'
import { version } from '../version.ts'
import { checkRange, type EventFlags, modelOf, settingsOf, withEventFlags } from './settings.ts'

/** Alerts a terminal's table shows. */
const tableRowsMax = 25

interface ScanFlags extends EventFlags {
  readonly model?: string
  readonly alertsPerDay?: string
  readonly reorder?: string
  readonly state?: string
  readonly failOn?: string
  readonly alerts?: string
  readonly format: 'ocsf' | 'flat'
  readonly scores?: string
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
    .option('--alerts-per-day <n>', 'pages a day that somebody can look at (default: 10)')
    .option('--reorder <duration>', 'how long an event waits for earlier ones, such as 15m (default: 15m)')
    .option(
      '--state <file>',
      "load what was learnt before, and save what is learnt: tomorrow's scan goes on from today's",
    )
    .option('--alerts <file>', 'write one line a finding, pages and digest, by score')
    .addOption(new Option('--format <format>', 'of alert lines').choices(['ocsf', 'flat']).default('ocsf'))
    .option('--scores <file>', 'write one line an event, in order of processing')
    .option('--rejects <file>', 'append records that gave no event, as they were sent (mode 0600)')
    .option('--summary <file>', 'write the numbers of the run (default: last line on standard error)')
    .option(
      '--fail-on <severity>',
      `exit with ${exitCodes.failOn} when an alert is as severe: ${severities.join(', ')}`,
    )
    .option('--names', 'show names instead of pseudonyms (default on a terminal only)')
    .option('--no-names', 'show pseudonyms on a terminal too')
    .action((paths: string[], flags: ScanFlags) => runScan(paths, flags, setExitCode))
  return withEventFlags(command)
}

async function runScan(paths: readonly string[], flags: ScanFlags, setExitCode: SetExitCode): Promise<void> {
  checkRange(flags)
  const settings = await settingsOf(flags, {
    model: flags.model,
    alertsPerDay: flags.alertsPerDay,
    reorderMs: flags.reorder,
    failOn: flags.failOn,
    names: flags.names === undefined ? undefined : flags.names ? 'yes' : 'no',
  })
  const { config, key, keyId, tables } = settings
  const inputs = listInputs(paths)
  const model = await modelOf(config.model)
  const origin = { tenantUid: config.tenant, keyId, configSha256: config.hash, codeVersion: version }
  const before = flags.state === undefined ? undefined : await loadStateFile(flags.state, origin)
  const names = new NameBook()
  const wantsNames = config.names === 'yes'
  const nameOf = wantsNames ? (uid: string): string => names.nameOf(uid) ?? uid : (uid: string): string => uid
  const line = alertLineOf({ format: flags.format, nameOf, productVersion: version })
  const outputs: Sink[] = []
  if (flags.alerts !== undefined) outputs.push(sinks.file(flags.alerts, line))
  if (!process.stdout.isTTY) outputs.push(sinks.stdout(line))
  const best = new BestAlerts(tableRowsMax)
  const scores = flags.scores === undefined ? undefined : new LineWriter(flags.scores)
  const rejects = flags.rejects === undefined ? undefined : await RejectsWriter.open(flags.rejects)
  const interrupt = new AbortController()
  const stop = (): void => interrupt.abort()
  process.once('SIGINT', stop)
  process.once('SIGTERM', stop)
  const bar = progressBar(
    'scanning',
    inputs.reduce((sum, input) => sum + input.bytes, 0),
    bytesText,
  )
  let read = 0
  let worst = -1
  const result = await scan({
    config,
    key,
    tables,
    model,
    codeVersion: version,
    inputs,
    sinks: outputs,
    scores,
    rejects,
    before: before?.sections,
    recent: flags.state !== undefined,
    nameOf,
    onName: (pseudonym, clear) => names.remember(pseudonym, clear),
    sinceMs: flags.since,
    untilMs: flags.until,
    onBytes: (bytes) => {
      read += bytes
      bar.update(read)
    },
    onAlert: (alert: Alert) => {
      worst = Math.max(worst, severities.indexOf(alert.severity))
      best.add(alert)
    },
    signal: interrupt.signal,
  }).finally(async () => {
    bar.stop()
    process.off('SIGINT', stop)
    process.off('SIGTERM', stop)
    scores?.close()
    await rejects?.close()
  })
  for (const sink of outputs) await sink.close()
  const { summary } = result
  const scored = summary.scored + summary.late
  if (flags.state !== undefined && !result.interrupted && scored > 0)
    await saveStateFile(flags.state, origin, result.sections())
  const shown = config.names === 'no' ? undefined : names
  if (process.stdout.isTTY && best.size > 0)
    process.stdout.write(`${alertTable(best.ordered(), process.stdout.columns ?? 120, (uid) => shown?.nameOf(uid))}\n`)
  await tellSummary(summary, flags.summary)
  if (result.interrupted) setExitCode(exitCodes.interrupted)
  else if (scored === 0) throw nothingScored(paths, summary, flags)
  else if (config.failOn !== 'none' && worst >= severities.indexOf(config.failOn)) setExitCode(exitCodes.failOn)
}

async function tellSummary(summary: ScanSummary, file: string | undefined): Promise<void> {
  const line = `${JSON.stringify(summary)}\n`
  if (file !== undefined) await writeAtomically(file, Buffer.from(line, 'utf8'), { mode: 0o644 })
  if (process.stderr.isTTY) process.stderr.write(summaryText(summary))
  else if (file === undefined) process.stderr.write(line)
}

function nothingScored(paths: readonly string[], summary: ScanSummary, flags: ScanFlags): OstiaryError {
  const where = paths.map((path) => `"${path}"`).join(', ')
  if (summary.records === 0)
    return new OstiaryError('input.empty', `Nothing was scored: no record was found in ${where}`)
  const reasons = Object.entries(summary.rejected).map(([reason, count]) => `${count} ${reason}`)
  const hint = flags.rejects === undefined && reasons.length > 0 ? '. Look at them with --rejects FILE' : ''
  const what = [
    ...reasons,
    ...(summary.filtered > 0 ? [`${summary.filtered} filtered`] : []),
    ...(summary.duplicates > 0 ? [`${summary.duplicates} duplicates`] : []),
  ]
  return new OstiaryError(
    'input.empty',
    `Nothing was scored of ${summary.records} records in ${where}: ${what.join(', ')}${hint}`,
  )
}

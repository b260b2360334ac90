import { basename, extname } from 'node:path'
import { exitCodes, onInterrupt, type SetExitCode, version } from '@ostiary/launcher'
import {
  checkWritable,
  configuredFeedback,
  feedbackOf,
  lineJson,
  listInputs,
  loadArtefact,
  type NamedModel,
  type Replay,
  replay,
  writeAtomically,
} from '@ostiary/runtime'
import { OstiaryError } from '@ostiary/schemas'
import { Command, Option } from 'commander'
import { bytesText, progressBar } from '../render/progress.ts'
import { replayHtml } from '../render/replay-html.ts'
import { replayMarkdown } from '../render/replay-markdown.ts'
import { replayLines, replayText } from '../render/replay-text.ts'
import {
  checkRange,
  type EventFlags,
  existingState,
  labelsOf,
  modelOf,
  settingsOf,
  timeOf,
  withEventFlags,
  withFeedbackFlag,
} from './settings.ts'

interface ReplayFlags extends EventFlags {
  readonly model?: readonly string[]
  readonly alertsPerDay?: string
  readonly reorder?: string
  readonly from?: number
  readonly state?: string
  readonly labels?: string
  readonly report?: string
  readonly json?: boolean
}

/** How a report is written, by the ending of its file. */
const reports: Readonly<Record<string, (done: Replay) => string>> = { '.md': replayMarkdown, '.html': replayHtml }

/** `ostiary replay`: past events once more, under one model or two. */
export function replayCommand(setExitCode: SetExitCode): Command {
  const command = new Command('replay')
    .description(
      'runs past events through the live pipeline under one model or two, and tells what would have been alerted',
    )
    .argument('<path...>', 'files or folders')
    .addOption(
      new Option('--model <folder>', 'model; given twice, the second is compared with the first').argParser(
        (folder: string, before: readonly string[] | undefined) => [...(before ?? []), folder],
      ),
    )
    .addOption(
      new Option('--from <time>', 'events before this time warm the state up and are not reported').argParser(timeOf),
    )
    .option('--state <file>', 'that "ostiary scan --state" wrote: where both models begin; it is only read')
    .option('--labels <file>', 'which events are attacks, CSV or NDJSON: event_id, label, kind')
    .option('--report <file>', 'write a report, .md or .html')
    .option('--json', 'lines of JSON on a terminal too')
    .option('--alerts-per-day <n>', 'pages a day that somebody can look at (default: 10)')
    .option('--reorder <duration>', 'how long an event waits for earlier ones, such as 15m (default: 15m)')
    .action((paths: string[], flags: ReplayFlags) => runReplay(paths, flags, setExitCode))
  return withEventFlags(withFeedbackFlag(command))
}

async function runReplay(paths: readonly string[], flags: ReplayFlags, setExitCode: SetExitCode): Promise<void> {
  checkFlags(paths, flags)
  const interrupt = onInterrupt()
  const { config, key, keyId, tables } = await settingsOf(flags, {
    model: flags.model?.[0],
    alertsPerDay: flags.alertsPerDay,
    reorderMs: flags.reorder,
  })
  const models: readonly NamedModel[] =
    flags.model === undefined
      ? [{ name: 'A', model: await modelOf(config) }]
      : await Promise.all(
          flags.model.map(async (folder, index) => ({ name: 'AB'[index]!, model: await loadArtefact(folder) })),
        )
  const entries = await configuredFeedback(config)
  const labels = await labelsOf(flags.labels, entries)
  const before =
    flags.state === undefined ? undefined : await existingState(flags.state, { tenantUid: config.tenant, keyId })
  const inputs = listInputs(paths)
  const total = inputs.reduce((sum, input) => sum + input.bytes, 0)
  const bar = progressBar('replaying', total, bytesText)
  let read = 0
  let done: Replay
  try {
    done = await replay({
      config,
      key,
      tables,
      models,
      codeVersion: version,
      feedback: feedbackOf(entries),
      inputs,
      before: before?.sections,
      sinceMs: flags.since,
      untilMs: flags.until,
      fromMs: flags.from,
      labels,
      onBytes: (bytes) => {
        read += bytes
        bar.update(read)
      },
      signal: interrupt.signal,
    })
  } finally {
    bar.stop()
    interrupt.release()
  }
  if (flags.report !== undefined) await writeReport(flags.report, done)
  if (process.stdout.isTTY && flags.json !== true) process.stdout.write(`${replayText(done)}\n`)
  else for (const line of replayLines(done)) process.stdout.write(`${lineJson(line)}\n`)
  const hidden = tellHiddenCases(done)
  if (done.interrupted) setExitCode(exitCodes.interrupted)
  else if (hidden) setExitCode(exitCodes.failOn)
  else if (done.events === 0)
    throw new OstiaryError(
      'input.empty',
      `Nothing was replayed: no event of ${done.records} records is in the time asked for`,
    )
}

/** Tells which suppressions kept a case with a labelled event quiet. Returns whether any did. */
function tellHiddenCases({ runs }: Replay): boolean {
  for (const { name, hidden } of runs)
    for (const { finding_uid, reason } of hidden)
      process.stderr.write(
        `ostiary: refused: case ${finding_uid} of ${name} has a labelled event, and was hidden: ${reason}\n`,
      )
  return runs.some(({ hidden }) => hidden.length > 0)
}

function checkFlags(paths: readonly string[], flags: ReplayFlags): void {
  checkRange(flags)
  const { from, until, report, model } = flags
  if (from !== undefined && until !== undefined && from >= until)
    throw new OstiaryError('usage.invalid', 'Cannot use --from at or after --until: no event could be between them')
  if (paths.includes('-')) throw new OstiaryError('usage.invalid', 'Cannot replay standard input: give files')
  if (model !== undefined && model.length > 2)
    throw new OstiaryError('usage.invalid', `Cannot replay ${model.length} models: give --model once or twice`)
  if (report === undefined) return
  if (reports[extname(report)] === undefined)
    throw new OstiaryError('usage.invalid', `Cannot write report "${basename(report)}": name it .md or .html`)
  checkWritable(report)
}

async function writeReport(file: string, done: Replay): Promise<void> {
  await writeAtomically(file, Buffer.from(reports[extname(file)]!(done), 'utf8'))
}

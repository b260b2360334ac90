import { exitCodes, onInterrupt, type SetExitCode, version } from '@ostiary/launcher'
import { uncalibratedModel } from '@ostiary/models'
import {
  checkWritable,
  configuredFeedback,
  type FeaturesSummary,
  feedbackOf,
  listInputs,
  loadArtefact,
  writeFeatures,
} from '@ostiary/runtime'
import { Command } from 'commander'
import colors from 'picocolors'
import { bytesText, progressBar } from '../render/progress.ts'
import {
  checkRange,
  type EventFlags,
  existingState,
  labelsOf,
  modelOf,
  settingsOf,
  withEventFlags,
  withFeedbackFlag,
} from './settings.ts'

interface FeaturesFlags extends EventFlags {
  readonly from: readonly string[]
  readonly out: string
  readonly model?: string
  readonly labels?: string
  readonly state?: string
}

/** Stands for no model at all, as training begins. */
const noModel = 'none'

/** `ostiary features`: past events in, a table of features, scores and labels out. */
export function featuresCommand(setExitCode: SetExitCode): Command {
  const command = new Command('features')
    .description('writes what models see of past events, with scores and labels, as a Parquet file')
    .requiredOption('--from <path...>', 'files or folders with past events')
    .requiredOption('--out <file>', 'Parquet file to write')
    .option('--model <folder>', 'model that scores, or "none" for the features of an untrained start')
    .option('--labels <file>', 'which events are attacks, CSV or NDJSON: event_id, label, kind')
    .option('--state <file>', 'that "ostiary scan --state" wrote, to begin with; it is only read')
    .action((flags: FeaturesFlags) => runFeatures(flags, setExitCode))
  return withEventFlags(withFeedbackFlag(command))
}

async function runFeatures(flags: FeaturesFlags, setExitCode: SetExitCode): Promise<void> {
  checkRange(flags)
  checkWritable(flags.out)
  const interrupt = onInterrupt()
  const { config, key, keyId, tables } = await settingsOf(flags)
  const model =
    flags.model === noModel
      ? uncalibratedModel
      : await (flags.model === undefined ? modelOf(config) : loadArtefact(flags.model))
  const entries = await configuredFeedback(config)
  const labels = await labelsOf(flags.labels, entries)
  const origin = { tenantUid: config.tenant, keyId }
  const before = flags.state === undefined ? undefined : (await existingState(flags.state, origin)).sections
  const inputs = listInputs(flags.from)
  const total = inputs.reduce((sum, input) => sum + input.bytes, 0)
  const bar = progressBar('features', total, bytesText)
  let read = 0
  const onBytes = (bytes: number): void => {
    read += bytes
    bar.update(read)
  }
  const { since: sinceMs, until: untilMs } = flags
  const { signal } = interrupt
  const options = {
    config,
    key,
    tables,
    model,
    codeVersion: version,
    feedback: feedbackOf(entries),
    inputs,
    before,
    labels,
    sinceMs,
    untilMs,
  }
  try {
    tell(flags.out, await writeFeatures(flags.out, { ...options, onBytes, signal }))
  } catch (error) {
    if (!signal.aborted) throw error
    setExitCode(exitCodes.interrupted)
  } finally {
    bar.stop()
    interrupt.release()
  }
}

function tell(file: string, summary: FeaturesSummary): void {
  if (process.stdout.isTTY)
    process.stdout.write(
      `${colors.green('features')} of ${summary.events} events, ${summary.labelled} labelled, in ${file}\n`,
    )
  else process.stdout.write(`${JSON.stringify({ file, ...summary })}\n`)
}

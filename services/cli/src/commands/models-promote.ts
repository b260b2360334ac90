import { statSync } from 'node:fs'
import { exitCodes, type SetExitCode, version } from '@ostiary/launcher'
import type { ScoringModel } from '@ostiary/models'
import {
  configuredFeedback,
  defaultGateLimits,
  feedbackOf,
  type GateResult,
  judgePromotion,
  keyIdOf,
  listInputs,
  rolloutOf,
  wholeModelOf,
} from '@ostiary/runtime'
import { OstiaryError } from '@ostiary/schemas'
import { Command, InvalidArgumentError, Option } from 'commander'
import { idOf, inPlace, type Place, type PlaceFlags, personOf, readModel } from '../models-place.ts'
import { bytesText, progressBar } from '../render/progress.ts'
import { publish, usable, withReason } from './models-rollout.ts'
import {
  checkRange,
  type EventFlags,
  existingState,
  labelsOf,
  modelOf,
  settingsOf,
  withFeedbackFlag,
  withReadingFlags,
} from './settings.ts'

interface PromoteFlags extends PlaceFlags, EventFlags {
  readonly reason: string
  readonly against?: readonly string[]
  readonly labels?: string
  readonly state?: string
  readonly alertsPerDay?: string
  readonly alertsWithin: number
  readonly recallLess: number
  readonly calibrationWithin: number
  readonly force?: boolean
}

/** `ostiary models promote`: another model in force, if it passes its gates. */
export function promoteCommand(setExitCode: SetExitCode): Command {
  const { alertsWithin, recallLess, calibrationWithin } = defaultGateLimits
  const limit = (flag: string, text: string, byDefault: number): Option =>
    new Option(flag, text).argParser(shareOf).default(byDefault)
  const command = new Command('promote')
    .description('puts a model in force, if it passes its gates over past events that neither model was trained on')
    .argument('<id|folder>', "beginning of a published model's id, or a model's folder, which is published first")
    .option('--against <path...>', 'files or folders with the events to judge by')
    .option('--labels <file>', 'which events are attacks, CSV or NDJSON: event_id, label, kind')
    .option('--state <file>', 'what was learnt before them; without, their first third only warms up')
    .option('--alerts-per-day <n>', 'pages a day that you can read')
    .addOption(
      limit('--alerts-within <share>', 'pages a day may differ from the budget by this share of it', alertsWithin),
    )
    .addOption(limit('--recall-less <share>', 'this share of the labelled attacks may be lost', recallLess))
    .addOption(limit('--calibration-within <bits>', 'scores may be off by so many bits', calibrationWithin))
    .option('--force', 'promote although a gate fails, or without any; the journal says so')
    .action((given: string, flags: PromoteFlags) =>
      inPlace(flags, (place) => promote(place, given, flags, setExitCode)),
    )
  return withFeedbackFlag(withReadingFlags(withReason(command)))
}

function shareOf(text: string): number {
  const value = Number(text)
  if (!/^\d{1,3}(\.\d{1,6})?$/.test(text)) throw new InvalidArgumentError('Give a number such as 0.5.')
  return value
}

async function promote(place: Place, given: string, flags: PromoteFlags, setExitCode: SetExitCode): Promise<void> {
  const { store } = place
  if (flags.against === undefined && flags.force !== true)
    throw new OstiaryError(
      'usage.invalid',
      'Cannot promote a model that was not judged: give events with --against, or --force with a good --reason',
    )
  const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true
  const { id, model } = await usable(place, isFolder ? await publish(place, given) : await idOf(place, given))
  const gates = flags.against === undefined ? [] : await judged(place, model, flags.against, flags)
  const failed = gates.filter(({ passed }) => !passed)
  if (failed.length > 0 && flags.force !== true) {
    process.stdout.write(`${JSON.stringify({ refused: id, gates })}\n`)
    for (const { gate, detail } of failed) process.stderr.write(`ostiary: not promoted: ${gate}: ${detail}\n`)
    setExitCode(exitCodes.failOn)
    return
  }
  const forced = flags.force === true && (failed.length > 0 || gates.length === 0)
  const wish = { action: 'promote', model: id, reason: flags.reason, by: personOf(flags), gates, forced } as const
  process.stdout.write(`${JSON.stringify(await store.record(wish))}\n`)
}

async function judged(
  place: Place,
  candidate: ScoringModel,
  paths: readonly string[],
  flags: PromoteFlags,
): Promise<readonly GateResult[]> {
  checkRange(flags)
  const { config, key, tables } = await settingsOf(flags, { alertsPerDay: flags.alertsPerDay })
  const inputs = listInputs(paths)
  for (const { path } of inputs)
    if (path === '-' || !statSync(path).isFile())
      throw new OstiaryError(
        'usage.invalid',
        `Cannot judge by "${path}": its records are read twice. Write them to a file first`,
      )
  const { champion: id } = rolloutOf(await place.store.entries())
  const champion = id === '' ? await modelOf(config) : wholeModelOf(await readModel(place, id)).model
  const origin = { tenantUid: config.tenant, keyId: keyIdOf(key) }
  const { alertsWithin, recallLess, calibrationWithin } = flags
  const entries = await configuredFeedback(config)
  const bar = progressBar(
    'judging',
    inputs.reduce((sum, { bytes }) => sum + bytes, 0),
    bytesText,
  )
  let read = 0
  return judgePromotion({
    config,
    key,
    tables,
    champion,
    candidate,
    inputs,
    limits: { alertsPerDay: config.alertsPerDay, alertsWithin, recallLess, calibrationWithin },
    labels: await labelsOf(flags.labels, entries),
    feedback: feedbackOf(entries),
    codeVersion: version,
    onBytes: (bytes) => {
      read += bytes
      bar.update(read)
    },
    before: flags.state === undefined ? undefined : (await existingState(flags.state, origin)).sections,
    sinceMs: flags.since,
    untilMs: flags.until,
  }).finally(() => bar.stop())
}

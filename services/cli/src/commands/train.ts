import { statSync } from 'node:fs'
import { createEnricher, type DetectorOptions } from '@ostiary/models'
import {
  type ListedInput,
  listInputs,
  makeArtefactFolder,
  mergedEvents,
  orderedEvents,
  readModelKey,
  saveTrainedModel,
} from '@ostiary/runtime'
import { type AccessEvent, OstiaryError } from '@ostiary/schemas'
import { Command, InvalidArgumentError, Option } from 'commander'
import colors from 'picocolors'
import type { SetExitCode } from '../program.ts'
import { progressBar } from '../render/progress.ts'
import { version } from '../version.ts'
import { signFolder } from './models-keys.ts'
import { checkRange, type EventFlags, settingsOf, withEventFlags } from './settings.ts'

interface TrainFlags extends EventFlags {
  readonly from: string[]
  readonly out: string
  readonly seed: number
  readonly epochs: number
  readonly signKey?: string
}

/** `ostiary train`: past events in, a model artefact out. */
export function trainCommand(_: SetExitCode): Command {
  const command = new Command('train')
    .description('learns from past events, which are taken to be usual, and writes a model')
    .requiredOption('--from <path...>', 'files or folders with past events')
    .requiredOption('--out <folder>', 'where to write the model')
    .addOption(new Option('--seed <n>', 'of the autoencoder').argParser(wholeNumber).default(1))
    .addOption(new Option('--epochs <n>', 'of the autoencoder').argParser(wholeNumber).default(12))
    .option('--sign-key <file>', 'sign the model with this key of "ostiary models keygen"')
    .action(runTrain)
  return withEventFlags(command)
}

function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^\d{1,10}$/.test(text) || value > 4_294_967_295)
    throw new InvalidArgumentError('Give a whole number from 0 to 4294967295.')
  return value
}

async function runTrain(flags: TrainFlags): Promise<void> {
  checkRange(flags)
  const { config, key, tables } = await settingsOf(flags)
  const inputs = listInputs(flags.from)
  checkFiles(inputs)
  // Before the long work, which would be for nothing.
  if (flags.signKey !== undefined) readModelKey(flags.signKey)
  await makeArtefactFolder(flags.out)
  const bar = progressBar('training', 100, (share) => `${Math.round(share)} %`)
  const detector: DetectorOptions = config.detector
  // TensorFlow.js is loaded here and nowhere else.
  const { trainModel } = await import('@ostiary/models/train')
  const options = {
    detector,
    seed: flags.seed,
    epochs: flags.epochs,
    batchSize: 256,
    onProgress: ({
      phase,
      share,
      loss,
    }: {
      phase: 'reading' | 'fitting' | 'calibrating'
      share: number
      loss?: number
    }) => bar.update(progressOf[phase](share), loss === undefined ? phase : `${phase}, loss ${loss.toFixed(4)}`),
  }
  // Both readings have to give the same events, so the clock stands still between them.
  const begunMs = Date.now()
  const events = (): AsyncIterable<readonly AccessEvent[]> => {
    const enrich = createEnricher({ tenantUid: config.tenant, key, tables })
    const range = { sinceMs: flags.since, untilMs: flags.until, nowMs: () => begunMs }
    const merged = mergedEvents(inputs, { config, enrich, ...range })
    return orderedEvents(merged.batches, config)
  }
  const trained = await trainModel(events, options).finally(() => bar.stop())
  const id = await saveTrainedModel(flags.out, trained, options, version)
  if (flags.signKey !== undefined) await signFolder(flags.out, flags.signKey)
  const result = {
    model: id,
    folder: flags.out,
    events: trained.events,
    identities: trained.identities,
    from: new Date(trained.fromMs).toISOString(),
    until: new Date(trained.untilMs).toISOString(),
  }
  if (process.stdout.isTTY)
    process.stdout.write(
      `${colors.green('model')} ${id}\nin ${flags.out}, from ${trained.events} events of ${trained.identities} identities, ${result.from} to ${result.until}\n`,
    )
  else process.stdout.write(`${JSON.stringify(result)}\n`)
}

/** Training reads everything twice, which a pipe does not allow. */
function checkFiles(inputs: readonly ListedInput[]): void {
  for (const { path } of inputs)
    if (path === '-' || !statSync(path).isFile())
      throw new OstiaryError(
        'usage.invalid',
        `Cannot train from "${path}": its records are read twice, and a pipe gives them once. Write them to a file first`,
      )
}

/** Where each phase stands in all of training, in percent. */
const progressOf = {
  reading: (): number => 5,
  fitting: (share: number): number => 30 + 40 * share,
  calibrating: (share: number): number => 70 + 30 * share,
} as const

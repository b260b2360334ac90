import { version } from '@ostiary/launcher'
import type { MadeNetwork, TrainedModel, TrainProgress } from '@ostiary/models/train'
import { makeArtefactFolder, readModelKey, saveTrainedModel } from '@ostiary/runtime'
import { type Command, InvalidArgumentError, Option } from 'commander'
import colors from 'picocolors'
import { signFolder } from './commands/models-keys.ts'
import { checkPastFlags, type PastEvents, type PastFlags, withPastFlags } from './past-events.ts'
import { progressBar } from './render/progress.ts'

/** Flags of every command that makes a model of past events. */
export interface MakeFlags extends PastFlags {
  readonly out: string
  readonly seed: number
  readonly signKey?: string
}

/** Adds the flags that `makeModel` reads. */
export function withMakeFlags(command: Command): Command {
  return withPastFlags(
    command
      .requiredOption('--out <folder>', 'where to write the model')
      .addOption(new Option('--seed <n>', 'of whatever chance decides').argParser(wholeNumber).default(1))
      .option('--sign-key <file>', 'sign the model with this key of "ostiary models keygen"'),
  )
}

/** A whole number that a flag gives. */
export function wholeNumber(text: string): number {
  const value = Number(text)
  if (!/^\d{1,10}$/.test(text) || value > 4_294_967_295)
    throw new InvalidArgumentError('Give a whole number from 0 to 4294967295.')
  return value
}

/** What becomes of past events, beside what the flags say. */
export interface Making {
  /** Most epochs, where a network is trained. */
  readonly epochs: number
  /** A network that was made elsewhere; one is trained unless given. */
  readonly network?: MadeNetwork | undefined
}

/** Checks what can be checked before long work that would be for nothing. */
export async function checkMakeFlags(flags: MakeFlags): Promise<void> {
  checkPastFlags(flags)
  if (flags.signKey !== undefined) readModelKey(flags.signKey)
  await makeArtefactFolder(flags.out)
}

/** Learns from past events, writes the model, signs it where that is asked for, and tells what came of it. */
export async function makeModel(
  flags: MakeFlags,
  { config, events, close }: PastEvents,
  { epochs, network }: Making,
): Promise<void> {
  const bar = progressBar(network === undefined ? 'training' : 'calibrating', 100, (share) => `${Math.round(share)} %`)
  // TensorFlow.js is loaded here and nowhere else.
  const { trainModel } = await import('@ostiary/models/train')
  const options = {
    detector: config.detector,
    seed: flags.seed,
    epochs,
    batchSize: 256,
    backends: { order: config.backends, tfjsNode: config.tfjsNode },
    network,
    onProgress: ({ phase, share, loss }: TrainProgress) =>
      bar.update(progressOf[phase](share), loss === undefined ? phase : `${phase}, loss ${loss.toFixed(4)}`),
  }
  let trained: TrainedModel
  try {
    trained = await trainModel(events, options)
  } finally {
    bar.stop()
    await close()
  }
  const id = await saveTrainedModel(flags.out, trained, options, version)
  if (flags.signKey !== undefined) await signFolder(flags.out, flags.signKey)
  tell(flags.out, id, trained)
}

function tell(folder: string, id: string, trained: TrainedModel): void {
  const { events, identities, network } = trained
  const from = new Date(trained.fromMs).toISOString()
  const until = new Date(trained.untilMs).toISOString()
  const { backend } = network as { readonly backend?: string }
  const result = { model: id, folder, events, identities, from, until, ...(backend === undefined ? {} : { backend }) }
  if (!process.stdout.isTTY) {
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return
  }
  const by = backend === undefined ? '' : `, trained on ${backend}`
  process.stdout.write(
    `${colors.green('model')} ${id}\nin ${folder}, from ${events} events of ${identities} identities, ${from} to ${until}${by}\n`,
  )
}

/** Where each phase stands in all of training, in percent. */
const progressOf = {
  reading: (): number => 5,
  fitting: (share: number): number => 30 + 40 * share,
  calibrating: (share: number): number => 70 + 30 * share,
} as const

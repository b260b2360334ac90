import type { SetExitCode } from '@ostiary/launcher'
import { Command, Option } from 'commander'
import { checkMakeFlags, type MakeFlags, makeModel, wholeNumber, withMakeFlags } from '../make-model.ts'
import { pastEventsOf } from '../past-events.ts'

interface TrainFlags extends MakeFlags {
  readonly epochs: number
  readonly backends?: string
  readonly tfjsNode?: string
}

/** `ostiary train`: past events in, a model artefact out. */
export function trainCommand(_: SetExitCode): Command {
  const command = new Command('train')
    .description('learns from past events, which are taken to be usual, and writes a model')
    .addOption(
      new Option('--epochs <n>', 'most epochs of the autoencoder; fewer where more stop helping')
        .argParser(wholeNumber)
        .default(12),
    )
    .option('--backends <list>', 'what to compute with, the first that is there (default: tfjs-node,wasm,cpu)')
    .option('--tfjs-node <folder>', 'where tfjs-node is installed, if not beside this program')
    .action(runTrain)
  return withMakeFlags(command)
}

async function runTrain(flags: TrainFlags): Promise<void> {
  await checkMakeFlags(flags)
  const past = await pastEventsOf(flags, { backends: flags.backends, tfjsNode: flags.tfjsNode })
  await makeModel(flags, past, { epochs: flags.epochs })
}

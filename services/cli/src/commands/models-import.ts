import type { SetExitCode } from '@ostiary/launcher'
import { importNetwork } from '@ostiary/models/train'
import { readLayersModelParts } from '@ostiary/runtime'
import { Command } from 'commander'
import { checkMakeFlags, type MakeFlags, makeModel, withMakeFlags } from '../make-model.ts'
import { pastEventsOf } from '../past-events.ts'

/** `ostiary models import`: an autoencoder that was trained elsewhere, calibrated here as one of ours. */
export function importCommand(_: SetExitCode): Command {
  const command = new Command('import')
    .description(
      'brings in an autoencoder that was trained elsewhere: checks it, calibrates it on past events, writes a model',
    )
    .argument('<path>', 'layers model: its folder, or its model.json')
    .action(async (path: string, flags: MakeFlags) => {
      // Refused before the long work, which would be for nothing.
      const { modelJson, weights } = await readLayersModelParts(path)
      const network = importNetwork(modelJson, weights)
      await checkMakeFlags(flags)
      await makeModel(flags, await pastEventsOf(flags), { epochs: 1, network })
    })
  return withMakeFlags(command)
}

import { statSync } from 'node:fs'
import { Command } from 'commander'
import { idOf, inPlace, type PlaceFlags, personOf } from '../models-place.ts'
import type { SetExitCode } from '../program.ts'
import { publish, usable, withReason } from './models-rollout.ts'

interface PromoteFlags extends PlaceFlags {
  readonly reason: string
}

/** `ostiary models promote`: another model in force. */
export function promoteCommand(_: SetExitCode): Command {
  const command = new Command('promote')
    .description('puts a model in force')
    .argument('<id|folder>', "beginning of a published model's id, or a model's folder, which is published first")
    .action((given: string, flags: PromoteFlags) =>
      inPlace(flags, async (place) => {
        const isFolder = statSync(given, { throwIfNoEntry: false })?.isDirectory() === true
        const { id } = await usable(place, isFolder ? await publish(place, given) : await idOf(place, given))
        const wish = { action: 'promote', model: id, reason: flags.reason, by: personOf(flags) } as const
        process.stdout.write(`${JSON.stringify(await place.store.record(wish))}\n`)
      }),
    )
  return withReason(command)
}

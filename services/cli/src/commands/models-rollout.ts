import type { SetExitCode } from '@ostiary/launcher'
import { checkTrust, storedModelIn, wholeModelOf } from '@ostiary/runtime'
import { Command } from 'commander'
import { idOf, inPlace, type Place, type PlaceFlags, personOf, readModel, withPlaceFlags } from '../models-place.ts'

interface ReasonFlags extends PlaceFlags {
  readonly reason: string
}

/** Adds who and why, for the journal. */
export function withReason(command: Command): Command {
  return withPlaceFlags(command)
    .requiredOption('--reason <text>', 'why, for the journal')
    .option('--by <name>', 'who, for the journal (default: your user name)')
}

/** `ostiary models publish`: a model from a folder to where it can be put in force by its id. */
export function publishCommand(_: SetExitCode): Command {
  const command = new Command('publish')
    .description('keeps a model under its id; it takes no effect yet')
    .argument('<folder>', 'model that "ostiary train" wrote')
    .action((folder: string, flags: PlaceFlags) =>
      inPlace(flags, async (place) => {
        const model = await publish(place, folder)
        process.stdout.write(`${JSON.stringify({ published: model, in: place.store.name })}\n`)
      }),
    )
  return withPlaceFlags(command)
}

/** Keeps the model of a folder, once it was found whole and trusted. Returns its id. */
export async function publish({ store, trust }: Place, folder: string): Promise<string> {
  const whole = wholeModelOf(await storedModelIn(folder))
  checkTrust(trust, whole.id, whole.signature)
  await store.put(whole.id, whole)
  return whole.id
}

/** Checks that a model which is kept is whole and trusted, before it takes effect. */
export async function usable(place: Place, id: string): Promise<ReturnType<typeof wholeModelOf>> {
  const whole = wholeModelOf(await readModel(place, id))
  checkTrust(place.trust, id, whole.signature)
  await place.store.put(id, whole)
  return whole
}

/** `ostiary models rollback`: the model before, again. */
export function rollbackCommand(_: SetExitCode): Command {
  const command = new Command('rollback')
    .description('puts the model that was in force before in force again')
    .action((flags: ReasonFlags) =>
      inPlace(flags, async ({ store }) => {
        const entry = await store.record({ action: 'rollback', reason: flags.reason, by: personOf(flags) })
        process.stdout.write(`${JSON.stringify(entry)}\n`)
      }),
    )
  return withReason(command)
}

/** `ostiary models shadow`: a model that scores beside the one in force. */
export function shadowCommand(_: SetExitCode): Command {
  const command = new Command('shadow')
    .description('lets a model score beside the one in force and write nothing but scores; "none" ends it')
    .argument('<id>', 'beginning of a published model\'s id, or "none"')
    .action((given: string, flags: ReasonFlags) =>
      inPlace(flags, async (place) => {
        const model = given === 'none' ? '' : (await usable(place, await idOf(place, given))).id
        const wish = { action: 'shadow', model, reason: flags.reason, by: personOf(flags) } as const
        process.stdout.write(`${JSON.stringify(await place.store.record(wish))}\n`)
      }),
    )
  return withReason(command)
}

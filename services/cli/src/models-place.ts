import { userInfo } from 'node:os'
import { type KafkaFlags, kafkaSettingsOf, withKafkaFlags } from '@ostiary/launcher'
import {
  type Config,
  folderModelStoreOf,
  type Logger,
  loadModelTrust,
  type ModelStore,
  type ModelTrust,
  type StoredModel,
  starterModel,
} from '@ostiary/runtime'
import { OstiaryError } from '@ostiary/schemas'
import type { Command } from 'commander'

/** Flags of every command that looks at models or changes which is in force. */
export interface PlaceFlags extends KafkaFlags {
  readonly registry?: string
  readonly by?: string
}

/** Where such a command works, and what is trusted there. */
export interface Place {
  readonly config: Config
  readonly store: ModelStore
  readonly trust: ModelTrust
}

/** Adds the flags that `inPlace` reads. */
export function withPlaceFlags(command: Command): Command {
  return withKafkaFlags(
    command.option(
      '--registry <folder>',
      'folder of models (default: on Kafka where brokers are set, else in your data folder)',
    ),
  )
}

/** Where models are kept and put in force: the registry that is named, else Kafka where brokers are set, else the registry of the data folder. */
export async function inPlace<Result>(flags: PlaceFlags, action: (place: Place) => Promise<Result>): Promise<Result> {
  const { config, log } = await kafkaSettingsOf(flags, 'ostiary-models', { modelRegistry: flags.registry })
  const trust = await loadModelTrust(config, process.env)
  const store = await openStore(config, log)
  try {
    return await action({ config, store, trust })
  } finally {
    await store.close()
  }
}

async function openStore(config: Config, log: Logger): Promise<ModelStore> {
  if (config.modelRegistry === '' && config.brokers !== '') {
    // A registry in a folder needs nothing of Kafka's client, and is there sooner without.
    const { KafkaModelStore } = await import('@ostiary/runtime/kafka')
    return KafkaModelStore.open(config, process.env, log)
  }
  return folderModelStoreOf(config, process.env)
}

/** Who does it, for the journal. */
export function personOf({ by }: Pick<PlaceFlags, 'by'>): string {
  if (by !== undefined && by !== '') return by
  try {
    return userInfo().username
  } catch {
    return 'unknown'
  }
}

const idStart = /^[0-9a-f]{6,64}$/

/**
 * The id of a model that is kept, from its beginning; `starter` is the one that ships.
 *
 * @throws OstiaryError `model.invalid` for none or several
 */
export async function idOf({ store, trust }: Place, given: string): Promise<string> {
  if (given === 'starter') return trust.starter
  const matching = idStart.test(given)
    ? [...new Set([...(await store.ids()), trust.starter])].filter((id) => id.startsWith(given))
    : []
  if (matching.length === 1) return matching[0]!
  throw new OstiaryError(
    'model.invalid',
    matching.length === 0
      ? `Cannot find model "${given}" in ${store.name}: see "ostiary models list", or publish its folder`
      : `Cannot tell which model "${given}" is in ${store.name}: give more of its id`,
  )
}

/** A model by its whole id, also the one that ships. */
export function readModel({ store, trust }: Place, id: string): Promise<StoredModel> {
  return id === trust.starter ? starterModel() : store.read(id)
}

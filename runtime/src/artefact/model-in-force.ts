import type { ScoringModel } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import { loadArtefact, starterArtefactFolder } from './artefact-folder.ts'
import { FolderModelStore } from './folder-model-store.ts'
import { storedModelIn, wholeModelOf } from './model-store.ts'
import { checkTrust, loadModelTrust } from './model-trust.ts'
import { rolloutOf } from './rollout.ts'

/** What decides the model that scores. */
export type ModelSettings = Pick<Config, 'model' | 'modelRegistry' | 'modelTrust' | 'modelSigning'>

/**
 * The model of a configuration: the folder that `model` names, else the one promoted in the registry, else the one that
 * ships. A promoted one that is damaged or not trusted is told and passed over for the one before it.
 *
 * @param tell is given a line for each model that was passed over
 * @throws OstiaryError `model.invalid` or `model.untrusted` for a folder that was named
 */
export async function modelInForce(
  settings: ModelSettings,
  env: NodeJS.ProcessEnv,
  tell: (text: string) => void,
): Promise<ScoringModel> {
  const { model: folder, modelRegistry, modelSigning } = settings
  // Whoever names a folder vouches for it, unless signatures are required.
  if (folder !== '' && modelSigning === 'auto') return loadArtefact(folder)
  const trust = await loadModelTrust(settings, env)
  if (folder !== '') {
    const whole = wholeModelOf(await storedModelIn(folder))
    checkTrust(trust, whole.id, whole.signature)
    return whole.model
  }
  if (modelRegistry !== '') {
    const store = new FolderModelStore(modelRegistry)
    const { champion, before } = rolloutOf(await store.entries())
    for (const id of [champion, ...before]) {
      if (id === '') continue
      try {
        const whole = wholeModelOf(await store.read(id))
        checkTrust(trust, id, whole.signature)
        return whole.model
      } catch (error) {
        if (!(error instanceof OstiaryError)) throw error
        tell(`model ${id} is passed over for the one before it: ${error.message} (${error.code})`)
      }
    }
  }
  return loadArtefact(starterArtefactFolder())
}

/** The same for a service: what is promoted there comes by markers, and no registry in a folder is looked at. */
export function configuredModel(settings: ModelSettings, env: NodeJS.ProcessEnv): Promise<ScoringModel> {
  return modelInForce({ ...settings, modelRegistry: '' }, env, () => undefined)
}

import { type ArtefactBytes, artefactIdOf, type ScoringModel, scoringModelOf } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'
import { readArtefact, starterArtefactFolder } from './artefact-folder.ts'
import { type ModelSignature, readSignature } from './model-signature.ts'
import type { RolloutEntry, RolloutWish } from './rollout.ts'

/** An artefact with who vouches for it. */
export interface StoredModel {
  readonly bytes: ArtefactBytes
  readonly signature: ModelSignature | undefined
}

/** Where models are kept by id, with the journal of what was done with them: a folder, or topics. */
export interface ModelStore {
  /** What people call it. */
  readonly name: string
  /** The journal, oldest first. */
  entries(): Promise<readonly RolloutEntry[]>
  /** Ids of the artefacts that are there. */
  ids(): Promise<readonly string[]>
  /** @throws OstiaryError `model.invalid` where it is not there, or damaged */
  read(id: string): Promise<StoredModel>
  /** Keeps an artefact; what is there under its id and whole stays as it is, but for a signature that is new. */
  put(id: string, model: StoredModel): Promise<void>
  /** Does what is wished, and journals it. */
  record(wish: RolloutWish): Promise<RolloutEntry>
  close(): Promise<void>
}

/** A model that has been read, checked to be whole, and is ready to score. */
export interface WholeModel extends StoredModel {
  readonly id: string
  readonly model: ScoringModel
}

/** @throws OstiaryError `model.invalid` where a part is damaged or does not fit this version */
export function wholeModelOf(stored: StoredModel): WholeModel {
  const model = scoringModelOf(stored.bytes)
  return { ...stored, id: model.id, model }
}

/** The artefact in a folder, with its signature. */
export async function storedModelIn(folder: string): Promise<StoredModel> {
  const [bytes, signature] = await Promise.all([readArtefact(folder), readSignature(folder)])
  return { bytes, signature }
}

/** The artefact that ships. */
export function starterModel(): Promise<StoredModel> {
  return storedModelIn(starterArtefactFolder())
}

/**
 * An artefact read back under an id, which has to be its own.
 *
 * @throws OstiaryError `model.invalid`
 */
export function checkedUnder(id: string, stored: StoredModel): StoredModel {
  let found = 'none'
  try {
    found = artefactIdOf(JSON.parse(Buffer.from(stored.bytes.manifest).toString('utf8')))
  } catch {
    // Told below.
  }
  if (found === id) return stored
  throw new OstiaryError(
    'model.invalid',
    `Cannot use model ${id}: what lies under this id is ${found}. Publish it again`,
  )
}

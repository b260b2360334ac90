import { type ArtefactBytes, type ArtefactManifest, artefactIdOf } from '@ostiary/models'
import { canonicalJson } from '@ostiary/schemas'
import { readArtefact, starterArtefactFolder } from './artefact-folder.ts'

/** The model that ships under another seed: for tests, a whole artefact with an id of its own. */
export async function sampleModel(seed: number): Promise<{ readonly id: string; readonly bytes: ArtefactBytes }> {
  const { manifest, files } = await readArtefact(starterArtefactFolder())
  const changed = { ...(JSON.parse(Buffer.from(manifest).toString('utf8')) as ArtefactManifest), seed }
  return { id: artefactIdOf(changed), bytes: { manifest: Buffer.from(`${canonicalJson(changed)}\n`), files } }
}

import { createHash } from 'node:crypto'
import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ArtefactManifest, artefactIdOf, type Calibration } from '@ostiary/models'
import { starterArtefactFolder } from '@ostiary/runtime'
import { canonicalJson } from '@ostiary/schemas'

export interface SampleModel {
  readonly seed: number
  /** Added to the paging thresholds. */
  readonly morePageBits?: number
  /** Nats that a bit of the autoencoder adds to the rank. */
  readonly autoencoderWeight?: number
}

/** Writes the model that ships with some things changed: a whole artefact with an id of its own. Returns the id. */
export function writeSampleModel(folder: string, { seed, morePageBits = 0, autoencoderWeight }: SampleModel): string {
  cpSync(starterArtefactFolder(), folder, { recursive: true })
  const read = (name: string): unknown => JSON.parse(readFileSync(join(folder, name), 'utf8'))
  const calibration = read('calibration.json') as Calibration
  const bits = calibration.caseMaxima.bits.map((one) => one + morePageBits)
  const changed = `${canonicalJson({ ...calibration, caseMaxima: { ...calibration.caseMaxima, bits } })}\n`
  writeFileSync(join(folder, 'calibration.json'), changed)
  const before = read('manifest.json') as ArtefactManifest
  const hash = createHash('sha256').update(changed).digest('hex')
  const manifest: ArtefactManifest = {
    ...before,
    seed,
    autoencoderWeight: autoencoderWeight ?? before.autoencoderWeight,
    files: { ...before.files, 'calibration.json': hash },
  }
  writeFileSync(join(folder, 'manifest.json'), `${canonicalJson(manifest)}\n`)
  return artefactIdOf(manifest)
}

import { createHash } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import {
  type ArtefactBytes,
  type ArtefactFile,
  type ArtefactManifest,
  artefactFiles,
  artefactIdOf,
  type ScoringModel,
  scoringModelOf,
} from '@ostiary/models'
import { canonicalJson, OstiaryError } from '@ostiary/schemas'
import { unwritable, writeAtomically } from '../files/write-atomically.ts'

const manifestName = 'manifest.json'

/** The model that ships, trained on the simulated organisation: what scores before the user trained one. */
export function starterArtefactFolder(): string {
  const packageFile = createRequire(import.meta.url).resolve('@ostiary/models/package.json')
  return join(dirname(packageFile), 'artefacts', 'starter')
}

/**
 * Loads the model in a folder that `ostiary train` wrote.
 *
 * @throws OstiaryError `model.invalid` when a file is missing, damaged or made for another version
 */
export async function loadArtefact(folder: string): Promise<ScoringModel> {
  return scoringModelOf(await readArtefact(folder))
}

/**
 * The bytes of the model in a folder, as they are.
 *
 * @throws OstiaryError `model.invalid` when a file is missing
 */
export async function readArtefact(folder: string): Promise<ArtefactBytes> {
  const files = await Promise.all(artefactFiles.map(async (name) => [name, await read(folder, name)] as const))
  return {
    manifest: await read(folder, manifestName),
    files: Object.fromEntries(files) as Record<ArtefactFile, Uint8Array>,
  }
}

async function read(folder: string, name: string): Promise<Uint8Array> {
  const path = join(folder, name)
  try {
    return await readFile(path)
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new OstiaryError(
      'model.invalid',
      `Cannot read model file "${path}": ${detail}. Give --model a folder that "ostiary train" wrote`,
      { cause: error },
    )
  }
}

/**
 * Makes the folder for an artefact, where it is not there.
 *
 * @throws OstiaryError `output.unwritable`
 */
export async function makeArtefactFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true })
  } catch (cause) {
    throw unwritable(folder, cause)
  }
}

/**
 * Writes an artefact's files and, last, its manifest, so that a folder with a manifest is whole.
 *
 * @returns the artefact's id
 * @throws OstiaryError `output.unwritable`
 */
export async function writeArtefact(
  folder: string,
  manifest: Omit<ArtefactManifest, 'files'>,
  files: Readonly<Record<ArtefactFile, Uint8Array>>,
): Promise<string> {
  const hashes = artefactFiles.map((name) => [name, createHash('sha256').update(files[name]).digest('hex')] as const)
  const whole: ArtefactManifest = {
    ...manifest,
    files: Object.fromEntries(hashes) as Record<ArtefactFile, string>,
  }
  await writeArtefactBytes(folder, { manifest: Buffer.from(`${canonicalJson(whole)}\n`), files })
  return artefactIdOf(whole)
}

/**
 * Writes an artefact's files as they are and, last, its manifest.
 *
 * @throws OstiaryError `output.unwritable`
 */
export async function writeArtefactBytes(folder: string, { manifest, files }: ArtefactBytes): Promise<void> {
  await makeArtefactFolder(folder)
  for (const name of artefactFiles) await writeAtomically(join(folder, name), files[name], { mode: 0o644 })
  await writeAtomically(join(folder, manifestName), manifest, { mode: 0o644 })
}

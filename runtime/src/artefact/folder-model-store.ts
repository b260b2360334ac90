import { access, mkdir, readdir, readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { artefactFiles } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import { dataFolder } from '../files/pseudonym-key.ts'
import { unwritable, writeAtomically } from '../files/write-atomically.ts'
import { writeArtefactBytes } from './artefact-folder.ts'
import { writeSignature } from './model-signature.ts'
import { checkedUnder, type ModelStore, type StoredModel, storedModelIn, wholeModelOf } from './model-store.ts'
import { nextEntry, type RolloutEntry, type RolloutWish, rolloutEntriesMax, rolloutEntryOf } from './rollout.ts'

const journalName = 'journal.ndjson'
const idPattern = /^[0-9a-f]{64}$/

/** The registry that `modelRegistry` names, else `models` in the data folder. */
export function folderModelStoreOf(
  { modelRegistry }: Pick<Config, 'modelRegistry'>,
  env: NodeJS.ProcessEnv,
): FolderModelStore {
  return new FolderModelStore(modelRegistry === '' ? join(dataFolder(env, homedir()), 'models') : modelRegistry)
}

/** Models in a folder: `artefacts/<id>/` and `journal.ndjson`. One command at a time may change it. */
export class FolderModelStore implements ModelStore {
  readonly name: string

  constructor(folder: string) {
    this.name = folder
  }

  async entries(): Promise<readonly RolloutEntry[]> {
    const path = join(this.name, journalName)
    let text: string
    try {
      text = await readFile(path, 'utf8')
    } catch (cause) {
      if (isMissing(cause)) return []
      throw new OstiaryError('model.invalid', `Cannot read "${path}": ${(cause as Error).message}`, { cause })
    }
    const lines = text.split('\n', rolloutEntriesMax + 1).filter((line) => line !== '')
    return lines.map(rolloutEntryOf)
  }

  async ids(): Promise<readonly string[]> {
    try {
      return (await readdir(join(this.name, 'artefacts'))).filter((name) => idPattern.test(name)).sort()
    } catch (cause) {
      if (isMissing(cause)) return []
      throw new OstiaryError('model.invalid', `Cannot read "${this.name}": ${(cause as Error).message}`, { cause })
    }
  }

  async read(id: string): Promise<StoredModel> {
    return checkedUnder(id, await storedModelIn(this.#folderOf(id)))
  }

  async put(id: string, stored: StoredModel): Promise<void> {
    const folder = this.#folderOf(id)
    if (!(await this.#isWhole(id))) await writeArtefactBytes(folder, stored.bytes)
    if (stored.signature !== undefined) await writeSignature(folder, stored.signature)
  }

  async record(wish: RolloutWish): Promise<RolloutEntry> {
    const entries = await this.entries()
    const entry = nextEntry(entries, wish, Date.now())
    try {
      await mkdir(this.name, { recursive: true })
    } catch (cause) {
      throw unwritable(this.name, cause)
    }
    const lines = [...entries, entry].map((one) => `${JSON.stringify(one)}\n`)
    await writeAtomically(join(this.name, journalName), Buffer.from(lines.join('')), { mode: 0o644 })
    return entry
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }

  #folderOf(id: string): string {
    return join(this.name, 'artefacts', id)
  }

  async #isWhole(id: string): Promise<boolean> {
    try {
      await Promise.all(artefactFiles.map((name) => access(join(this.#folderOf(id), name))))
      wholeModelOf(await this.read(id))
      return true
    } catch {
      return false
    }
  }
}

function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException).code === 'ENOENT'
}

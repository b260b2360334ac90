import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'

/** Bytes of a cached table that are read at most. */
export const cachedTableBytesMax: number = 256 * 1024 * 1024

/**
 * Built tables on disk, so that the next start need not build them. Files are named by the SHA-256 of their content and
 * verified on reading; a small file per recipe says which content it gives. Never required and safe to delete.
 */
export interface TableCache {
  /** What a recipe gave before, or `undefined` when there is nothing or it is damaged. */
  read(recipe: string): Promise<HashedBytes | undefined>
  /** Keeps what a recipe gave. A folder that cannot be written is no error: the next start builds again. */
  write(recipe: string, table: HashedBytes): Promise<void>
}

export interface HashedBytes {
  readonly bytes: Uint8Array
  /** SHA-256 of the bytes, 64 hex digits. */
  readonly sha256: string
}

/** The user's cache folder after the XDG Base Directory Specification: `$XDG_CACHE_HOME/ostiary`, else `~/.cache/ostiary`. */
export function defaultCacheFolder(environment: Readonly<Record<string, string | undefined>>): string {
  const xdg = environment['XDG_CACHE_HOME']
  // The specification has relative paths ignored.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache')
  return join(base, 'ostiary')
}

/** A cache in a folder; `undefined` keeps nothing. */
export function openTableCache(folder: string | undefined): TableCache {
  if (folder === undefined) return { read: async () => undefined, write: async () => undefined }
  return { read: (recipe) => readTable(folder, recipe), write: (recipe, table) => writeTable(folder, recipe, table) }
}

async function readTable(folder: string, recipe: string): Promise<HashedBytes | undefined> {
  try {
    if (!(await isOurs(folder))) return undefined
    const sha256 = (await readFile(join(folder, recipeFile(recipe)), 'latin1')).trim()
    if (!/^[0-9a-f]{64}$/.test(sha256)) return undefined
    const file = join(folder, `${sha256}.table`)
    if ((await stat(file)).size > cachedTableBytesMax) return undefined
    const bytes = await readFile(file)
    return sha256Of(bytes) === sha256 ? { bytes, sha256 } : undefined
  } catch {
    // Absent, unreadable or half removed: all the same here, the table is built again.
    return undefined
  }
}

async function writeTable(folder: string, recipe: string, { bytes, sha256 }: HashedBytes): Promise<void> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    if (!(await isOurs(folder))) return
    await replaceFile(join(folder, `${sha256}.table`), bytes)
    await replaceFile(join(folder, recipeFile(recipe)), Buffer.from(`${sha256}\n`, 'latin1'))
  } catch {
    // A full or read-only disk costs the next start a second, nothing else.
  }
}

/** Whether nobody but this user can have put files there: hashes guard against damage, not against a forger. */
async function isOurs(folder: string): Promise<boolean> {
  const { uid, mode } = await stat(folder)
  const own = process.getuid?.()
  return own === undefined || (uid === own && (mode & 0o022) === 0)
}

/** Writes beside and renames, so that a reader never sees half a file. */
async function replaceFile(file: string, bytes: Uint8Array): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.part`
  try {
    await writeFile(draft, bytes, { mode: 0o600 })
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

function recipeFile(recipe: string): string {
  return `${sha256Of(Buffer.from(recipe, 'utf8')).slice(0, 32)}.recipe`
}

/** SHA-256 of bytes, 64 hex digits. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

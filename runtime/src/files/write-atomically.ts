import { randomBytes } from 'node:crypto'
import { accessSync, constants, statSync } from 'node:fs'
import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'

/** What a file is to hold: all its bytes, or pieces that are written as they come. */
export type FileContent = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>

/**
 * Writes a file so that whoever reads it sees the old content or the new, never half: into a new file of the same folder,
 * flushed to disk, then renamed. Where `file` is a symbolic link, the link is replaced. `mode` holds as far as the umask
 * lets it. A device or a pipe, such as /dev/null, is written to and stays what it is.
 *
 * @throws OstiaryError `output.unwritable`; what the content itself throws passes through. Nothing is left behind.
 */
export async function writeAtomically(
  file: string,
  content: FileContent,
  options: { readonly mode?: number } = {},
): Promise<void> {
  if (await isStream(file)) {
    await writeThrough(file, content)
    return
  }
  const folder = dirname(file)
  // Not derived from the file's name, which may be as long as names can be.
  const draft = join(folder, `.ostiary-${randomBytes(6).toString('hex')}.part`)
  const handle = await orUnwritable(file, () => open(draft, 'wx', options.mode ?? 0o600))
  try {
    try {
      for await (const piece of content instanceof Uint8Array ? [content] : content)
        await orUnwritable(file, () => handle.writeFile(piece))
      await orUnwritable(file, () => handle.sync())
    } finally {
      await orUnwritable(file, () => handle.close())
    }
    await orUnwritable(file, () => rename(draft, file))
  } catch (error) {
    // What went wrong first is what the user has to know, even if the draft cannot be removed either.
    await rm(draft, { force: true }).catch(() => undefined)
    throw error
  }
  await flushFolder(folder)
}

/**
 * Looks whether `writeAtomically` may write a file, before the work whose result it is to hold. Writes nothing.
 *
 * @throws OstiaryError `output.unwritable`
 */
export function checkWritable(file: string): void {
  try {
    const there = statSync(file, { throwIfNoEntry: false })
    if (there?.isDirectory()) throw Object.assign(new Error('it is a folder'), { code: 'EISDIR' })
    // The dot tells a folder from a file in its place.
    if (there === undefined || there.isFile()) accessSync(`${dirname(file)}/.`, constants.W_OK | constants.X_OK)
    else accessSync(file, constants.W_OK)
  } catch (cause) {
    throw unwritable(file, cause)
  }
}

/** Whether there is something that no file may take the place of. */
async function isStream(file: string): Promise<boolean> {
  try {
    const stats = await stat(file)
    return !stats.isFile() && !stats.isDirectory()
  } catch {
    return false
  }
}

async function writeThrough(file: string, content: FileContent): Promise<void> {
  const handle = await orUnwritable(file, () => open(file, 'w'))
  try {
    for await (const piece of content instanceof Uint8Array ? [content] : content)
      await orUnwritable(file, () => handle.writeFile(piece))
  } finally {
    await orUnwritable(file, () => handle.close())
  }
}

async function orUnwritable<T>(file: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (cause) {
    throw unwritable(file, cause)
  }
}

/** The error for a file that cannot be written: says which, why, and whether waiting can help. */
export function unwritable(file: string, cause: unknown): OstiaryError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  return new OstiaryError('output.unwritable', `Cannot write "${file}": ${cures.get(code) ?? otherCure(cause)}`, {
    cause,
    retriable: code === 'ENOSPC' || code === 'EDQUOT' || code === 'EMFILE' || code === 'ENFILE',
  })
}

const cures: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'its folder does not exist; create it or choose another path'],
  ['ENOTDIR', 'a part of its path is a file, not a folder; choose another path'],
  ['EISDIR', 'it is a folder; choose the path of a file'],
  ['ENOTEMPTY', 'it is a folder; choose the path of a file'],
  ['EEXIST', 'it exists already; remove it or choose another path'],
  ['EACCES', 'permission denied; choose a folder you may write to'],
  ['EPERM', 'permission denied; choose a folder you may write to'],
  ['EROFS', 'the disk is read-only; choose another path'],
  ['ENOSPC', 'the disk is full; make room and try again'],
  ['EDQUOT', 'the disk quota is used up; make room and try again'],
  ['ENAMETOOLONG', 'the path is too long; choose a shorter one'],
])

function otherCure(cause: unknown): string {
  return `${cause instanceof Error ? cause.message : String(cause)}; check the path and the disk`
}

/** A rename survives a power failure only once the folder itself is on disk. Not every file system can do it. */
export async function flushFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined
  try {
    handle = await open(folder, 'r')
    await handle.sync()
  } catch {
    // The content is in place and flushed; the file system decides when the folder follows.
  } finally {
    await handle?.close()
  }
}

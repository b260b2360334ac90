import { randomBytes } from 'node:crypto'
import { mkdir, rename, rm, stat } from 'node:fs/promises'
import { OstiaryError } from '@ostiary/schemas'

/**
 * A folder that is made once, in a draft beside it, and renamed when it is whole: a download that is interrupted leaves
 * nothing that looks finished, and of two at the same time one wins.
 *
 * @param make fills the draft and says which folder in it is the result
 */
export async function cachedFolder(folder: string, make: (draft: string) => Promise<string>): Promise<string> {
  if (await isFolder(folder)) return folder
  const draft = `${folder}.${randomBytes(6).toString('hex')}.part`
  try {
    await mkdir(draft, { recursive: true, mode: 0o700 })
    await rename(await make(draft), folder)
  } catch (cause) {
    if (await isFolder(folder)) return folder
    if (cause instanceof OstiaryError) throw cause
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new OstiaryError('output.unwritable', `Cannot keep a download in "${folder}": ${detail}`, { cause })
  } finally {
    await rm(draft, { recursive: true, force: true })
  }
  return folder
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isDirectory(),
    () => false,
  )
}

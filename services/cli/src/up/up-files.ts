import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { defaultKeyPath, loadOrCreateKey } from '@ostiary/runtime'
import { OstiaryError } from '@ostiary/schemas'

const tokenBytes = 32

/** Where everything of `ostiary up` lies unless told: beside the key, in the user's data folder. */
export function defaultUpFolder(env: NodeJS.ProcessEnv, home: string): string {
  return join(dirname(defaultKeyPath(env, home)), 'up')
}

/** Files that only their owner may read, in a folder that only their owner may enter. */
export interface UpFiles {
  readonly folder: string
  readonly keyFile: string
  readonly tokenFile: string
  readonly logFolder: string
}

/** Makes the folder and the secrets in it, where they are not there yet. */
export function makeUpFiles(folder: string): UpFiles {
  const logFolder = join(folder, 'log')
  const tokenFile = join(folder, 'collector-token')
  const keyFile = join(folder, 'key')
  try {
    mkdirSync(logFolder, { recursive: true, mode: 0o700 })
    // It may have been there before, open to others.
    chmodSync(folder, 0o700)
    if (!existsSync(tokenFile))
      writeFileSync(tokenFile, `${randomBytes(tokenBytes).toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause)
    throw new OstiaryError('output.unwritable', `Cannot use the data folder "${folder}": ${detail}. Give --data`, {
      cause,
    })
  }
  loadOrCreateKey(keyFile)
  return { folder, keyFile, tokenFile, logFolder }
}

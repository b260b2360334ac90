import { createHmac, randomBytes } from 'node:crypto'
import {
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  rmSync,
  writeSync,
} from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { pseudonymKeyBytes } from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'

/** A key file is one line: this word, a space, the key in hex. */
const formatWord = 'ostiary-key-1'
const linePattern = /^ostiary-key-1 ([0-9a-f]{64})\r?\n?$/

/** Bytes of a key file that are read at most; a longer one is no key file. */
const keyFileBytesMax = 256

/** Where what is kept lies: `$XDG_DATA_HOME/ostiary`, else `~/.local/share/ostiary` (XDG Base Directory Specification). */
export function dataFolder(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const xdg = env['XDG_DATA_HOME']
  // The specification has relative paths ignored.
  const base = xdg !== undefined && isAbsolute(xdg) ? xdg : join(home, '.local', 'share')
  return join(base, 'ostiary')
}

/** Where the key lies: `key` in the data folder. */
export function defaultKeyPath(env: Readonly<Record<string, string | undefined>>, home: string): string {
  return join(dataFolder(env, home), 'key')
}

/**
 * The pseudonymisation key in a file, which is made with a random key when there is none. Of two processes that make it
 * at the same time one wins and both return its key. A folder that has to be made is for its owner only.
 *
 * @throws OstiaryError `key.invalid` for a file that is damaged or that others can read; `output.unwritable` when it
 *   cannot be made
 */
export function loadOrCreateKey(path: string): Buffer {
  const existing = readKey(path)
  if (existing !== undefined) return existing
  createKey(path)
  const created = readKey(path)
  if (created === undefined)
    throw new OstiaryError('key.invalid', `Cannot read key file "${path}": it was removed meanwhile; try again`, {
      retriable: true,
    })
  return created
}

/**
 * The key in a file that has to be there, for services: two instances must not make a key each.
 *
 * @throws OstiaryError `key.invalid`
 */
export function readKeyFile(path: string): Buffer {
  const key = readKey(path)
  if (key === undefined)
    throw new OstiaryError('key.invalid', `Cannot find key file "${path}": make it with "ostiary scan" or copy it here`)
  return key
}

/** A name for a key that does not give it away: 16 hex digits. State files carry it. */
export function keyIdOf(key: Uint8Array): string {
  return createHmac('sha256', key).update('ostiary key id 1').digest('hex').slice(0, 16)
}

function readKey(path: string): Buffer | undefined {
  let descriptor: number
  try {
    // Without O_NONBLOCK a named pipe in its place would hold us up for ever.
    descriptor = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0))
  } catch (cause) {
    if (codeOf(cause) === 'ENOENT') return undefined
    throw new OstiaryError('key.invalid', `Cannot read key file "${path}": ${messageOf(cause)}; check its owner`, {
      cause,
    })
  }
  try {
    return keyIn(path, descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function keyIn(path: string, descriptor: number): Buffer {
  const { mode } = fstatSync(descriptor)
  if ((mode & constants.S_IFMT) !== constants.S_IFREG) throw malformed(path)
  // Windows has no such bits; Node makes them up.
  if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
    const found = (mode & 0o777).toString(8).padStart(4, '0')
    throw new OstiaryError(
      'key.invalid',
      `Cannot use key file "${path}": others may open it (mode ${found}) and could undo every pseudonym; run: chmod 600 ${path}`,
    )
  }
  const bytes = Buffer.alloc(keyFileBytesMax)
  const length = readSync(descriptor, bytes, 0, keyFileBytesMax, 0)
  const hex = linePattern.exec(bytes.toString('latin1', 0, length))?.[1]
  if (hex === undefined) throw malformed(path)
  return Buffer.from(hex, 'hex')
}

/** What the file holds is never quoted: it may be most of a key. */
function malformed(path: string): OstiaryError {
  return new OstiaryError(
    'key.invalid',
    `Cannot use key file "${path}": it is not one line "${formatWord} <64 hex digits>"; restore it from a backup and run: chmod 600 ${path} (a new key would make every identity a newcomer)`,
  )
}

/** The file appears with all its content or not at all, and never in the place of another. */
function createKey(path: string): void {
  const folder = dirname(path)
  const draft = join(folder, `.ostiary-${randomBytes(6).toString('hex')}.part`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const descriptor = openSync(draft, 'wx', 0o600)
    try {
      writeSync(descriptor, `${formatWord} ${randomBytes(pseudonymKeyBytes).toString('hex')}\n`)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
    placeKey(draft, path)
  } catch (cause) {
    throw new OstiaryError(
      'output.unwritable',
      `Cannot make key file "${path}": ${messageOf(cause)}; choose a path you may write to`,
      { cause },
    )
  } finally {
    rmSync(draft, { force: true })
  }
}

function placeKey(draft: string, path: string): void {
  try {
    linkSync(draft, path)
  } catch (cause) {
    if (codeOf(cause) === 'EEXIST') return
    copyKey(draft, path)
  }
}

/** For file systems without hard links. */
function copyKey(draft: string, path: string): void {
  try {
    copyFileSync(draft, path, constants.COPYFILE_EXCL)
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw cause
  }
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}

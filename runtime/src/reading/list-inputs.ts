import { accessSync, constants, type Dirent, readdirSync, realpathSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { OstiaryError } from '@ostiary/schemas'
import { unreadable } from './unreadable.ts'

/** One input of a run; `-` stands for the standard input. */
export interface ListedInput {
  readonly path: string
  /** Bytes on disk, compressed ones of a compressed file; 0 where that is unknown, as of a pipe. */
  readonly bytes: number
}

/** Why something in a folder is not read. */
export type SkipReason = 'hidden' | 'digest' | 'extension' | 'special' | 'seen'

export interface ListInputsOptions {
  /** Most files of one run. */
  readonly filesMax?: number
  /** Called for everything in a folder that is passed over; a folder passed over counts once. */
  readonly onSkip?: (path: string, reason: SkipReason) => void
  /** Called for what cannot be read in a folder, which is passed over then; without it the listing ends with the error. */
  readonly onUnreadable?: (path: string, error: unknown) => void
}

export const filesMaxDefault = 1_000_000

/** Extensions that logs are delivered under; a name without a dot is read too. */
const logExtensions: readonly string[] = ['json', 'ndjson', 'jsonl', 'log', 'gz']
/** What lies beside logs and is none, compressed or not. */
const otherEndings: readonly string[] = ['.csv', '.md', '.meta.json', '.tar']
/** Signatures over log files that CloudTrail puts beside them. */
const digestFolder = 'CloudTrail-Digest'

/**
 * The files behind the arguments of a command, in the order of the arguments and within a folder by path in code-unit order. A file
 * that is named is always listed; in folders only what looks like a log. A folder reached twice, as by a link, is read once.
 * Throws OstiaryError `input.unreadable` for a path that cannot be read and `usage.invalid` for a second `-` or too many files.
 */
export function listInputs(paths: readonly string[], options: ListInputsOptions = {}): ListedInput[] {
  const filesMax = options.filesMax ?? filesMaxDefault
  const onSkip = options.onSkip ?? (() => {})
  const listed: ListedInput[] = []
  for (const path of paths) {
    if (path === '-') {
      if (listed.some((input) => input.path === '-')) {
        throw new OstiaryError('usage.invalid', 'cannot read the standard input twice: give "-" once')
      }
      listed.push({ path, bytes: 0 })
      continue
    }
    const stats = statsOf(path)
    if (stats.isDirectory())
      listed.push(...filesBelow(path, filesMax - listed.length, filesMax, { ...options, onSkip }))
    else listed.push(readable(path, stats))
    if (listed.length > filesMax) throw tooMany(path, filesMax)
  }
  return listed
}

function filesBelow(
  root: string,
  room: number,
  filesMax: number,
  { onSkip, onUnreadable }: ListInputsOptions & Required<Pick<ListInputsOptions, 'onSkip'>>,
): ListedInput[] {
  const orPassOver = <T>(path: string, read: () => T): T | undefined => {
    if (onUnreadable === undefined) return read()
    try {
      return read()
    } catch (error) {
      onUnreadable(path, error)
      return undefined
    }
  }
  const found: ListedInput[] = []
  const seen = new Set<string>()
  const folders = [root]
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const here = folder
    const real = orPassOver(here, () => reading(here, () => realpathSync(here)))
    if (real === undefined) continue
    if (seen.has(real)) {
      onSkip(here, 'seen')
      continue
    }
    seen.add(real)
    for (const entry of orPassOver(here, () => entriesOf(here)) ?? []) {
      const path = join(here, entry.name)
      const reason = entry.name.startsWith('.') ? 'hidden' : entry.name === digestFolder ? 'digest' : undefined
      if (reason !== undefined) {
        onSkip(path, reason)
        continue
      }
      if (entry.isDirectory()) {
        folders.push(path)
        continue
      }
      const stats = orPassOver(path, () => statsOf(path))
      if (stats === undefined) continue
      if (stats.isDirectory()) folders.push(path)
      else if (!isLogName(entry.name)) onSkip(path, 'extension')
      else if (!stats.isFile()) onSkip(path, 'special')
      else {
        const file = orPassOver(path, () => readable(path, stats))
        if (file !== undefined) found.push(file)
      }
    }
    if (found.length > room) throw tooMany(root, filesMax)
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0))
}

/** Entries so that the stack of folders pops the lowest name first: which of two ways to a folder wins must not be chance. */
function entriesOf(folder: string): Dirent[] {
  const entries = reading(folder, () => readdirSync(folder, { withFileTypes: true }))
  return entries.sort((a, b) => (a.name < b.name ? 1 : a.name > b.name ? -1 : 0))
}

/** Whether a name in a folder is one of a log. */
function isLogName(name: string): boolean {
  const lower = name.toLowerCase()
  const inner = lower.endsWith('.gz') ? lower.slice(0, -3) : lower
  if (otherEndings.some((ending) => inner.endsWith(ending))) return false
  const dot = lower.lastIndexOf('.')
  return dot < 0 || logExtensions.includes(lower.slice(dot + 1))
}

function statsOf(path: string): Stats {
  return reading(path, () => statSync(path))
}

function readable(path: string, stats: Stats): ListedInput {
  reading(path, () => accessSync(path, constants.R_OK))
  return { path, bytes: stats.isFile() ? stats.size : 0 }
}

function tooMany(path: string, filesMax: number): OstiaryError {
  return new OstiaryError(
    'usage.invalid',
    `cannot list more than ${filesMax} files (filesMax), reached in "${path}": give fewer folders at a time`,
  )
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw unreadable(path, cause)
  }
}

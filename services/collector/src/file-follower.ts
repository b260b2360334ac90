import { createHash, type Hash } from 'node:crypto'
import { type Stats, statSync } from 'node:fs'
import { type Logger, listInputs, type RawItem, type RecordSplitterOptions, readItems } from '@ostiary/runtime'
import type { RawProducer } from '@ostiary/runtime/kafka'
import { OstiaryError } from '@ostiary/schemas'
import type { FileProgress, ProgressFile } from './progress-file.ts'

/** Files in followed folders; with more, nothing is read until some are moved away. */
export const watchedFilesMax = 100_000
/** Records after which Kafka's answer is waited for, so that a restart goes on from there. */
const checkpointRecords = 5000
/** A file that never comes to rest is read as it is after so long, and then again. */
const restMsMax = 10_000
const originLengthMax = 1024

export interface FileFollowerOptions {
  readonly paths: readonly string[]
  readonly pollMs: number
  readonly producer: RawProducer
  readonly progress: ProgressFile
  readonly read: RecordSplitterOptions
  readonly log: Logger
  /** Why files cannot be followed for now; nothing when they can. */
  readonly onReady: (reason: string | undefined) => void
  readonly onRefused?: (refused: ReadonlyMap<string, number>) => void
}

/** Where a file was found, and how. */
interface Found {
  readonly path: string
  readonly stats: Stats
}

/** A file as it was seen, until it has come to rest. */
interface Restless {
  readonly size: number
  readonly mtimeMs: number
  readonly sinceMs: number
}

/**
 * Sends the files in folders, those that are there and those that come, each once it no longer changes, and what is appended
 * later on. A renamed file is known again by its inode and its beginning. At least once: what was under way when the process
 * ended is sent again.
 */
export class FileFollower {
  readonly #options: FileFollowerOptions
  readonly #restless: Map<string, Restless> = new Map()
  #trouble: string | undefined

  constructor(options: FileFollowerOptions) {
    this.#options = options
  }

  /** Follows until the signal aborts. Throws what ended the producer, and `output.unwritable` for the progress file. */
  async run(signal: AbortSignal): Promise<void> {
    const { pollMs, progress, onReady } = this.#options
    try {
      while (!signal.aborted) {
        const found = this.#list()
        if (found !== undefined) {
          onReady(undefined)
          adoptRenamed(found, progress)
          for (const one of found) {
            if (signal.aborted) break
            if (this.#isDue(one)) await this.#sendFile(one, signal)
          }
          progress.forgetBut(new Set(found.map(({ path }) => path)))
        }
        await progress.save()
        if (!signal.aborted) await rest(pollMs, signal)
      }
    } finally {
      await progress.save(true)
    }
  }

  #list(): Found[] | undefined {
    const { paths, log, onReady } = this.#options
    try {
      const listed = listInputs(paths, {
        filesMax: watchedFilesMax,
        onUnreadable: (path, error) => log.debug({ path, error: String(error) }, 'passed over'),
      })
      const found = listed.flatMap(({ path }) => {
        const stats = statSync(path, { throwIfNoEntry: false })
        return stats?.isFile() === true ? [{ path, stats }] : []
      })
      this.#trouble = undefined
      const present = new Set(found.map(({ path }) => path))
      for (const path of this.#restless.keys()) if (!present.has(path)) this.#restless.delete(path)
      return found
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      if (detail !== this.#trouble) log.warn({ error: detail }, 'files cannot be followed')
      this.#trouble = detail
      onReady(detail)
      return undefined
    }
  }

  /** Whether a file is new or has changed, and has come to rest. */
  #isDue({ path, stats }: Found): boolean {
    const { pollMs, progress } = this.#options
    const known = progress.find(path, stats.dev, stats.ino)
    if (known !== undefined && known.size === stats.size && known.mtimeMs === stats.mtimeMs) return false
    const nowMs = Date.now()
    const before = this.#restless.get(path)
    const isSame = before !== undefined && before.size === stats.size && before.mtimeMs === stats.mtimeMs
    const isOld = nowMs - stats.mtimeMs > 2 * pollMs
    if (isSame || isOld || (before !== undefined && nowMs - before.sinceMs > restMsMax)) {
      this.#restless.delete(path)
      return true
    }
    this.#restless.set(path, { size: stats.size, mtimeMs: stats.mtimeMs, sinceMs: before?.sinceMs ?? nowMs })
    return false
  }

  async #sendFile(found: Found, signal: AbortSignal): Promise<void> {
    const { progress, log } = this.#options
    const { path, stats } = found
    const known = progress.find(path, stats.dev, stats.ino)
    try {
      if (await this.#sendFrom(found, known, signal)) return
      log.info({ path }, 'a file no longer begins as it did: it is sent from its start')
      await this.#sendFrom(found, undefined, signal)
    } catch (error) {
      // Moved away between the look and the reading, or not for us: the next look tells.
      if (!(error instanceof OstiaryError) || error.code !== 'input.unreadable') throw error
      log.warn({ path, error: error.message }, 'a file is passed over for now')
    }
  }

  /** Sends what comes behind what is known to be sent. False where the file does not begin with that. */
  async #sendFrom({ path, stats }: Found, known: FileProgress | undefined, signal: AbortSignal): Promise<boolean> {
    const { producer, progress, read, log, onRefused } = this.#options
    const delivery = producer.delivery(path.slice(-originLengthMax))
    const sent = known?.records ?? 0
    const hash = createHash('sha256')
    let index = 0
    let checkpointAt = sent
    const checkpoint = async (isWhole: boolean): Promise<void> => {
      await delivery.settled()
      checkpointAt = index
      // A size no file has: what is not sent to its end is due again.
      const size = isWhole ? stats.size : Number.MAX_SAFE_INTEGER
      const sha256 = hash.copy().digest('hex')
      const { dev, ino, mtimeMs } = stats
      progress.set({ path, dev, ino, size, mtimeMs, records: index, sha256 })
      await progress.save()
    }
    let isCut = false
    for await (const items of readItems(path, read)) {
      for (const item of items) {
        isCut = item.kind === 'reject' && item.reason === 'bytes.truncated'
        // The end of what is being written: it comes whole with the next look.
        if (isCut) continue
        if (index >= sent) {
          const room = delivery.take(item)
          if (room !== undefined) await room
        }
        addTo(hash, item)
        index += 1
        if (index === sent && hash.copy().digest('hex') !== known?.sha256) return false
      }
      if (signal.aborted) break
      if (index - checkpointAt >= checkpointRecords) await checkpoint(false)
    }
    if (index < sent) return signal.aborted
    await checkpoint(!signal.aborted)
    if (isCut) log.warn({ path, records: index }, 'a file ends inside a record: the rest is waited for')
    if (delivery.refusedCount > 0)
      log.warn({ path, refused: Object.fromEntries(delivery.refused) }, 'not everything in a file is a record')
    onRefused?.(delivery.refused)
    log.info({ path, records: delivery.acknowledged }, 'a file was sent')
    return true
  }
}

/** Before anything is sent: a file that took a renamed one's place must not take its progress too. */
function adoptRenamed(found: readonly Found[], progress: ProgressFile): void {
  const inodes = new Map(found.map(({ path, stats }) => [path, stats.ino]))
  for (const { path, stats } of found) {
    const known = progress.findInode(stats.dev, stats.ino)
    // Under its old name still there as well, it is a second link to one file.
    if (known === undefined || known.path === path || inodes.get(known.path) === stats.ino) continue
    progress.set({ ...known, path })
  }
}

function addTo(hash: Hash, item: RawItem): void {
  if (item.kind === 'record') hash.update(item.bytes)
  else hash.update(item.sha256)
  hash.update('\n')
}

/** Waits, but no longer than until the signal aborts. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = (): void => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end, { once: true })
  })
}

import { readFileSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeAtomically } from '@ostiary/runtime'
import { OstiaryError } from '@ostiary/schemas'

/** How far a file was sent. */
export interface FileProgress {
  readonly path: string
  /** Device and inode: what stays when a file is renamed. */
  readonly dev: number
  readonly ino: number
  /** As they were before it was read last: a file for which they still hold is not read again. */
  readonly size: number
  readonly mtimeMs: number
  /** Items sent, from the start of the file, and SHA-256 over them: only a file that begins with them is read on from there. */
  readonly records: number
  readonly sha256: string
}

const format = 'ostiary-collector-progress-1'
const fileBytesMax = 256 * 1024 * 1024
const saveMsMin = 1000
/** Saving may take one part in so many of the time. */
const saveShare = 20

/** What was sent of which file, kept over restarts in one file. It may be behind, never ahead of what Kafka has. */
export class ProgressFile {
  readonly #file: string
  readonly #filesMax: number
  readonly #byPath: Map<string, FileProgress> = new Map()
  readonly #byInode: Map<string, FileProgress> = new Map()
  #isSaved = true
  #nextSaveMs = 0

  /**
   * @param filesMax files that are remembered; what is gone from disk gives way first
   * @throws OstiaryError `state.invalid` for a file that is damaged
   */
  constructor(file: string, filesMax: number) {
    this.#file = file
    this.#filesMax = filesMax
    for (const one of readProgress(file)) this.#put(one)
  }

  /** What is known of a file, under its own name or under the one it had before. */
  find(path: string, dev: number, ino: number): FileProgress | undefined {
    return this.#byPath.get(path) ?? this.findInode(dev, ino)
  }

  findInode(dev: number, ino: number): FileProgress | undefined {
    return this.#byInode.get(inodeKey(dev, ino))
  }

  set(progress: FileProgress): void {
    const before = this.findInode(progress.dev, progress.ino)
    // Renamed: the old name may be another file's by now.
    if (before !== undefined && before.path !== progress.path) this.#remove(before)
    const there = this.#byPath.get(progress.path)
    if (there !== undefined) this.#remove(there)
    this.#put(progress)
    this.#isSaved = false
  }

  /** Forgets files that are gone, where more than `filesMax` are known; those known for longest first. */
  forgetBut(present: ReadonlySet<string>): void {
    for (const progress of this.#byPath.values()) {
      if (this.#byPath.size <= this.#filesMax) return
      if (present.has(progress.path)) continue
      this.#remove(progress)
      this.#isSaved = false
    }
  }

  /** Saves what changed, unless that was done a moment ago and it is not `now` or never. */
  async save(now = false): Promise<void> {
    const startMs = Date.now()
    if (this.#isSaved || (!now && startMs < this.#nextSaveMs)) return
    this.#isSaved = true
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 })
    const text = `${JSON.stringify({ format, files: [...this.#byPath.values()] })}\n`
    try {
      await writeAtomically(this.#file, Buffer.from(text), { mode: 0o600 })
    } catch (error) {
      this.#isSaved = false
      throw error
    }
    const tookMs = Date.now() - startMs
    this.#nextSaveMs = Date.now() + Math.max(saveMsMin, tookMs * saveShare)
  }

  #put(progress: FileProgress): void {
    this.#byPath.set(progress.path, progress)
    this.#byInode.set(inodeKey(progress.dev, progress.ino), progress)
  }

  #remove({ path, dev, ino }: FileProgress): void {
    this.#byPath.delete(path)
    const key = inodeKey(dev, ino)
    if (this.#byInode.get(key)?.path === path) this.#byInode.delete(key)
  }
}

function inodeKey(dev: number, ino: number): string {
  return `${dev}:${ino}`
}

function readProgress(file: string): readonly FileProgress[] {
  let bytes: Buffer
  try {
    bytes = readFileSync(file)
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw damaged(file, cause instanceof Error ? cause.message : String(cause))
  }
  if (bytes.length > fileBytesMax) throw damaged(file, `it has ${bytes.length} bytes`)
  try {
    const { format: found, files } = JSON.parse(bytes.toString('utf8')) as { format: unknown; files: unknown }
    if (found !== format || !Array.isArray(files)) throw new Error(`it is not of the format ${format}`)
    return files.map(checked)
  } catch (cause) {
    throw damaged(file, cause instanceof Error ? cause.message : String(cause))
  }
}

function checked(value: unknown): FileProgress {
  const { path, dev, ino, size, mtimeMs, records, sha256 } = value as Record<string, unknown>
  const isCount = (number: unknown): number is number => Number.isSafeInteger(number) && (number as number) >= 0
  if (
    typeof path !== 'string' ||
    !isCount(dev) ||
    typeof ino !== 'number' ||
    !isCount(size) ||
    typeof mtimeMs !== 'number' ||
    !isCount(records) ||
    typeof sha256 !== 'string'
  )
    throw new Error(`the entry ${JSON.stringify(value).slice(0, 200)} is not whole`)
  return { path, dev, ino, size, mtimeMs, records, sha256 }
}

function damaged(file: string, detail: string): OstiaryError {
  return new OstiaryError(
    'state.invalid',
    `Cannot use "${file}" to go on with files: ${detail}. Remove it to send all files again; what comes twice counts once`,
  )
}

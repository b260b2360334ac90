import {
  closeSync,
  constants,
  fchmodSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  write,
} from 'node:fs'
import { dirname } from 'node:path'
import { promisify } from 'node:util'
import { flushFolder } from '../files/write-atomically.ts'
import type { Logger } from '../log/logger.ts'

export interface RotatingFileOptions {
  readonly log: Logger
  /** A file is closed before it would grow over this, though it holds one write at least. */
  readonly fileBytesMax: number
  /** Files that are kept, the one that is written to among them. */
  readonly filesMax: number
}

/** Most files there may be, also those that an earlier `filesMax` left. */
export const filesMaxMost = 1000
/** What a write that was cut off can leave at most. */
const tornBytesMax = 16 * 1024 * 1024

const writeAsync = promisify(write)
const datasyncAsync = promisify(fdatasync)

/**
 * A file of lines that is appended to and, when it is full, becomes `path.1`, what was that `path.2`, and so on; the oldest goes.
 * What `append` has confirmed is on disk. Throws what the file system throws; the next `append` begins at the last
 * confirmed line again.
 */
export class RotatingFile {
  readonly #path: string
  readonly #options: RotatingFileOptions
  #fd: number | undefined
  /** Size up to the last confirmed line. */
  #size = 0
  /** Whether a write failed, so that bytes of it may lie behind that. */
  #isTorn = false

  /** Opens the file and mends its end. */
  constructor(path: string, options: RotatingFileOptions) {
    this.#path = path
    this.#options = options
    this.#open()
  }

  /** Those that are there, the newest first. */
  get files(): readonly string[] {
    const files = [this.#path]
    while (files.length < filesMaxMost && regularAt(this.#nth(files.length)) !== undefined)
      files.push(this.#nth(files.length))
    return files
  }

  /** How much can be appended at a time, if it begins with so many bytes: to the file that is open, else to the next. */
  roomBytesFor(bytes: number): number {
    const roomBytes = this.#options.fileBytesMax - this.#size
    return bytes <= roomBytes ? roomBytes : this.#options.fileBytesMax
  }

  /** Appends whole lines, into one file, and resolves when they are on disk. */
  async append(lines: Buffer): Promise<void> {
    let fd = this.#checked()
    if (this.#size > 0 && this.#size + lines.length > this.#options.fileBytesMax) fd = await this.#rotate()
    const isNew = this.#size === 0
    this.#isTorn = true
    for (let written = 0; written < lines.length; )
      written += (await writeAsync(fd, lines, written, lines.length - written, null)).bytesWritten
    await datasyncAsync(fd)
    if (isNew) await flushFolder(dirname(this.#path))
    this.#size += lines.length
    this.#isTorn = false
  }

  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd)
    this.#fd = undefined
  }

  #nth(n: number): string {
    return n === 0 ? this.#path : `${this.#path}.${n}`
  }

  /** The file that is open, as the last confirmed write left it; else what lies in its place. */
  #checked(): number {
    if (this.#fd !== undefined) {
      const there = regularAt(this.#path)
      const open = fstatSync(this.#fd)
      if (there?.ino === open.ino && there.dev === open.dev) {
        // What a failed write left was not confirmed, and is written again.
        if (this.#isTorn && open.size > this.#size) ftruncateSync(this.#fd, this.#size)
        // Lines that are not ours are left alone.
        else if (open.size !== this.#size) this.#size = this.#mended(this.#fd)
        this.#isTorn = false
        return this.#fd
      }
      this.#options.log.warn({ file: this.#path }, 'the file of alerts was moved or removed by another; begun anew')
      this.close()
    }
    return this.#open()
  }

  #open(): number {
    regularAt(this.#path)
    const { O_RDWR, O_APPEND, O_CREAT, O_NOFOLLOW } = constants
    const fd = openSync(this.#path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600)
    try {
      // One that was there before may be open to others.
      fchmodSync(fd, 0o600)
      this.#size = this.#mended(fd)
    } catch (error) {
      closeSync(fd)
      throw error
    }
    this.#fd = fd
    this.#isTorn = false
    return fd
  }

  /** Cuts off a last line that a crash has left half-written: it was not confirmed. Gives the size. */
  #mended(fd: number): number {
    const { size } = fstatSync(fd)
    const tail = Buffer.alloc(Math.min(size, tornBytesMax))
    for (let read = 0; read < tail.length; ) {
      const more = readSync(fd, tail, read, tail.length - read, size - tail.length + read)
      if (more === 0) break
      read += more
    }
    const torn = tail.subarray(tail.lastIndexOf(10) + 1)
    if (torn.length === 0) return size
    // A line begins with a brace; a file system may have left zeros in the place of bytes it lost.
    if ((torn[0] !== 0x7b && torn[0] !== 0) || torn.length === tornBytesMax)
      throw new Error('it does not end with a line of alerts')
    ftruncateSync(fd, size - torn.length)
    this.#options.log.warn({ file: this.#path, bytes: torn.length }, 'a half-written last line was cut off')
    return size - torn.length
  }

  async #rotate(): Promise<number> {
    const { filesMax, log } = this.#options
    this.close()
    const { length } = this.files
    for (let n = length - 1; n >= filesMax - 1; n--) rmSync(this.#nth(n))
    // From the oldest on: a crash in between leaves a gap, and no file is overwritten.
    for (let n = Math.min(length, filesMax - 1) - 1; n >= 0; n--) renameSync(this.#nth(n), this.#nth(n + 1))
    const fd = this.#open()
    await flushFolder(dirname(this.#path))
    log.info({ file: this.#path, removed: Math.max(0, length - filesMax + 1) }, 'the file of alerts is full; rotated')
    return fd
  }
}

/** The file at a path, where there is one. */
function regularAt(path: string): Stats | undefined {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (stats !== undefined && !stats.isFile()) throw new Error('it is no regular file')
  return stats
}

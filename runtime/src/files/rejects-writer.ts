import { type FileHandle, open } from 'node:fs/promises'
import { OstiaryError, type RejectReason } from '@ostiary/schemas'
import { headBytesMax } from '../reading/raw-item.ts'
import { unwritable } from './write-atomically.ts'

/** Bytes of a rejected record that are kept; the rest is told by its length and hash only. */
export const rejectBytesMax: number = headBytesMax
/** Bytes of lines that wait to be written before a writer has to wait. */
export const rejectsBufferBytesMax: number = 1024 * 1024

/** A record of which no event could be made, and where it was found. */
export interface RejectedRecord {
  readonly file: string
  /** Records of the file before it. */
  readonly index: number
  /** Where it begins, in bytes of the file as unpacked. */
  readonly byteOffset: number
  /** Bytes of all of it. */
  readonly length: number
  /** Of all of it, 64 hex digits. */
  readonly sha256: string
  readonly reason: RejectReason
  /** Its first bytes; what is over `rejectBytesMax` is not used. Read at once, so that it may change afterwards. */
  readonly head: Uint8Array
}

/**
 * Appends rejected records to a file, one JSON object a line. They are as sent, with everything personal in them, so the
 * file is for its owner only and nothing of them goes anywhere else.
 */
export class RejectsWriter {
  readonly #file: string
  readonly #handle: FileHandle
  readonly #isRegular: boolean
  #waiting: Buffer[] = []
  /** Bytes waiting or being written. */
  #pendingBytes = 0
  #flushing: Promise<void> | undefined
  #failure: OstiaryError | undefined
  #closing: Promise<void> | undefined

  /** @throws OstiaryError `output.unwritable` */
  static async open(file: string): Promise<RejectsWriter> {
    let handle: FileHandle | undefined
    try {
      handle = await open(file, 'a+', 0o600)
      const stats = await handle.stat()
      // A file that was there before may be open to others; /dev/null is not ours to close to them.
      if (stats.isFile()) await handle.chmod(0o600)
      const writer = new RejectsWriter(file, handle, stats.isFile())
      if (stats.isFile() && !(await endsWithLine(handle, stats.size))) writer.#enqueue(Buffer.from('\n'))
      return writer
    } catch (cause) {
      await handle?.close()
      throw unwritable(file, cause)
    }
  }

  private constructor(file: string, handle: FileHandle, isRegular: boolean) {
    this.#file = file
    this.#handle = handle
    this.#isRegular = isRegular
  }

  /**
   * Appends a record. Resolves at once while at most `rejectsBufferBytesMax` wait, else when they are written: who waits
   * for it holds no more than the bound and one line. Who does not wait learns at the latest from `close` what failed.
   *
   * @throws OstiaryError `output.unwritable`, also for what an earlier call could not write
   */
  write(reject: RejectedRecord): Promise<void> {
    const written = this.#write(reject)
    // Somebody who waits only for the last of several writes must not bring the process down with the others.
    written.catch(() => undefined)
    return written
  }

  /**
   * Writes what waits, flushes it to disk and closes the file. May be called again.
   *
   * @throws OstiaryError `output.unwritable`
   */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #write(reject: RejectedRecord): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure
    if (this.#closing !== undefined)
      throw new OstiaryError('internal', `Cannot write to "${this.#file}": it is closed; report this as a defect`)
    this.#enqueue(lineOf(reject))
    if (this.#pendingBytes > rejectsBufferBytesMax) await this.#flushing
    if (this.#failure !== undefined) throw this.#failure
  }

  #enqueue(line: Buffer): void {
    this.#waiting.push(line)
    this.#pendingBytes += line.length
    // What comes while one batch is being written makes the next.
    this.#flushing ??= this.#flush()
  }

  /** Never rejects: who waits reads `#failure`, and nobody may be waiting. */
  async #flush(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = Buffer.concat(this.#waiting)
        this.#waiting = []
        await this.#handle.writeFile(batch)
        this.#pendingBytes -= batch.length
      }
    } catch (cause) {
      this.#failure = unwritable(this.#file, cause)
      this.#waiting = []
    }
    this.#flushing = undefined
  }

  async #close(): Promise<void> {
    await this.#flushing
    try {
      if (this.#isRegular && this.#failure === undefined) await this.#handle.sync()
    } catch (cause) {
      this.#failure = unwritable(this.#file, cause)
    }
    await this.#handle.close()
    if (this.#failure !== undefined) throw this.#failure
  }
}

/** Whether the file is empty or its last line complete; after a crash it may not be. */
async function endsWithLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1)
  return buffer[0] === 0x0a
}

function lineOf({ file, index, byteOffset, length, sha256, reason, head }: RejectedRecord): Buffer {
  const kept = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, rejectBytesMax))
  const line = {
    file,
    index,
    byte_offset: byteOffset,
    bytes: length,
    sha256,
    reason,
    bytes_base64: kept.toString('base64'),
    truncated: kept.length < length,
  }
  return Buffer.from(`${JSON.stringify(line)}\n`, 'utf8')
}

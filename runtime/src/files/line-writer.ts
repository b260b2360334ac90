import { closeSync, openSync, writeSync } from 'node:fs'
import { OstiaryError } from '@ostiary/schemas'

/** Bytes of lines that wait in memory. */
const bufferBytesMax = 262_144

/**
 * Lines of text to a file, written as they come. Writes are synchronous, so a slow disk slows the writer down and
 * nothing piles up.
 */
export class LineWriter {
  readonly #path: string
  readonly #fd: number
  #buffer = ''

  /** Throws OstiaryError `output.unwritable` when the file cannot be made. An existing file is replaced. */
  constructor(path: string, mode = 0o600) {
    this.#path = path
    this.#fd = this.#attempt(() => openSync(path, 'w', mode))
  }

  write(line: string): void {
    this.#buffer += `${line}\n`
    if (this.#buffer.length >= bufferBytesMax) this.#flush()
  }

  close(): void {
    try {
      this.#flush()
    } finally {
      closeSync(this.#fd)
    }
  }

  #flush(): void {
    const bytes = Buffer.from(this.#buffer, 'utf8')
    this.#buffer = ''
    let written = 0
    while (written < bytes.length) written += this.#attempt(() => writeSync(this.#fd, bytes, written))
  }

  #attempt<R>(run: () => R): R {
    try {
      return run()
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error)
      throw new OstiaryError('output.unwritable', `Cannot write to "${this.#path}": ${detail}`, { cause: error })
    }
  }
}

import { closeSync, fstatSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'

/** A file of log is begun anew at this length; the one before it is kept beside it. */
const logBytesMax = 10 * 1024 * 1024

/** What a process prints, in a file that only its owner may read and in one more that came before it. */
export class LogFile {
  readonly path: string
  readonly #bytesMax: number
  #descriptor: number
  #bytes: number

  constructor(path: string, bytesMax: number = logBytesMax) {
    this.path = path
    this.#bytesMax = bytesMax
    this.#descriptor = openSync(path, 'a', 0o600)
    this.#bytes = fstatSync(this.#descriptor).size
  }

  write(chunk: Uint8Array): void {
    if (this.#bytes > 0 && this.#bytes + chunk.length > this.#bytesMax) {
      closeSync(this.#descriptor)
      renameSync(this.path, `${this.path}.1`)
      this.#descriptor = openSync(this.path, 'a', 0o600)
      this.#bytes = 0
    }
    for (let done = 0; done < chunk.length; ) done += writeSync(this.#descriptor, chunk, done)
    this.#bytes += chunk.length
  }

  /** Its last lines. */
  tail(linesMax: number): string {
    return readFileSync(this.path, 'utf8').trimEnd().split('\n').slice(-linesMax).join('\n')
  }

  close(): void {
    closeSync(this.#descriptor)
  }
}

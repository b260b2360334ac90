import { createGunzip, type Gunzip, constants as zlibConstants } from 'node:zlib'
import { ItemDigest } from './item-digest.ts'

/** Inflated bytes come in buffers of this size; what a damaged place costs before it is at most as much. */
const outputBytes = 64 * 1024

/** How a gzip stream ended. `rest` covers the compressed bytes that gave no output, from `compressedOffset` to the end of input. */
export type InflateEnd =
  | { readonly kind: 'whole' }
  | { readonly kind: 'truncated' }
  | {
      readonly kind: 'corrupt'
      readonly detail: string
      readonly compressedOffset: number
      readonly rest: { readonly length: number; readonly sha256: string; readonly head: Buffer }
    }

/**
 * Inflates a gzip stream of any number of members, padding of zeros behind them allowed, and tells at the end whether it was whole.
 * zlib on its own drops the last output when a stream is cut off, and is silent about what follows the padding; so the input is fed
 * chunk by chunk, and at its end one zero byte is offered: only a member that is not complete takes it.
 */
export class Inflate {
  end: InflateEnd = { kind: 'whole' }
  readonly #source: AsyncIterator<Buffer>
  readonly #gunzip: Gunzip
  #hasEnded = false
  #error: Error | undefined
  #wake: (() => void) | undefined
  #pending = false
  #fedBytes = 0
  /** The chunk that was fed last; all before it were taken as a whole. */
  #last: Buffer = Buffer.alloc(0)

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source
    // With Z_SYNC_FLUSH, input that is cut off is no error that would cost its output.
    const flush = zlibConstants.Z_SYNC_FLUSH
    this.#gunzip = createGunzip({ chunkSize: outputBytes, flush, finishFlush: flush })
    const wake = (): void => this.#wake?.()
    this.#gunzip.on('readable', wake)
    this.#gunzip.on('end', () => {
      this.#hasEnded = true
      wake()
    })
    this.#gunzip.on('error', (error) => {
      this.#error = error
      wake()
    })
  }

  /** The inflated bytes; `end` is set when they are through. */
  async *chunks(): AsyncGenerator<Buffer> {
    try {
      for (;;) {
        const next = await this.#source.next()
        if (next.done) break
        if (next.value.length === 0) continue
        yield* this.#feed(next.value)
        if (this.#error !== undefined || this.#hasEnded) {
          await this.#readRest()
          return
        }
      }
      await this.#offerZero()
    } finally {
      this.#gunzip.destroy()
    }
  }

  async *#feed(chunk: Buffer): AsyncGenerator<Buffer> {
    this.#last = chunk
    this.#fedBytes += chunk.length
    this.#write(chunk)
    for (;;) {
      const output = this.#gunzip.read() as Buffer | null
      if (output !== null) yield output
      else if (!this.#pending || this.#error !== undefined || this.#hasEnded) return
      else await this.#change()
    }
  }

  #write(chunk: Buffer): void {
    this.#pending = true
    this.#gunzip.write(chunk, () => {
      this.#pending = false
      this.#wake?.()
    })
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }

  async #offerZero(): Promise<void> {
    const taken = this.#gunzip.bytesWritten
    this.#write(Buffer.alloc(1))
    while (this.#pending && this.#error === undefined && !this.#hasEnded) {
      if (this.#gunzip.read() === null) await this.#change()
    }
    const isWhole = this.#error === undefined && this.#gunzip.bytesWritten === taken
    this.end = { kind: isWhole ? 'whole' : 'truncated' }
  }

  /** Behind the last member or a damaged place: only zeros may follow, anything else is reported with its hash. */
  async #readRest(): Promise<void> {
    const compressedOffset = this.#gunzip.bytesWritten
    const digest = new ItemDigest()
    let isPadding = this.#error === undefined
    let chunk = this.#last.subarray(this.#last.length - (this.#fedBytes - compressedOffset))
    for (;;) {
      isPadding &&= chunk.every((byte) => byte === 0)
      digest.update(chunk)
      const next = await this.#source.next()
      if (next.done) break
      chunk = next.value
    }
    if (isPadding) return
    const detail = this.#error?.message ?? 'bytes behind the padding of a gzip member'
    this.end = { kind: 'corrupt', detail: `gzip: ${detail}`, compressedOffset, rest: digest.finish() }
  }
}

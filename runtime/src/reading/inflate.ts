import { crc32, createInflateRaw } from 'node:zlib'
import { ItemDigest } from './item-digest.ts'

/** Inflated bytes come in buffers of this size; damage inside a member costs at most one of them before it. */
const outputBytes = 64 * 1024
/** Longest header of a member; names and comments in it are short. */
const headerBytesMax = 128 * 1024
const trailerBytes = 8

/** How a gzip stream ended. `rest` covers the compressed bytes, from `compressedOffset` on, that could not be used. */
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
 * Inflates a gzip stream (RFC 1952) of any number of members, padding of zeros between and behind them allowed, and tells in `end`
 * whether it was whole. The framing is read here and zlib inflates the bodies only: its own gunzip drops the output at hand when
 * a stream is cut off, fails its checksum or is followed by other bytes, and is silent about what follows padding.
 */
export class Inflate {
  end: InflateEnd = { kind: 'whole' }
  readonly #source: AsyncIterator<Buffer>
  /** Compressed bytes that are read and not used yet. */
  #ahead: Buffer = Buffer.alloc(0)
  #usedBytes = 0

  constructor(source: AsyncIterator<Buffer>) {
    this.#source = source
  }

  /** The inflated bytes; `end` is to be asked when they are through. */
  async *chunks(): AsyncGenerator<Buffer> {
    while (await this.#skipPadding()) {
      const problem = await this.#readHeader()
      if (problem === 'truncated') return this.#truncated()
      if (problem !== undefined) return this.#corrupt(problem)
      const body = new MemberBody()
      try {
        while (!body.hasEnded) {
          if (!(await this.#need(1))) return this.#truncated()
          yield* body.feed(this.#ahead)
          this.#use(body.takenBytes)
          if (body.error !== undefined) return await this.#corrupt(body.error.message)
        }
      } finally {
        body.close()
      }
      if (!(await this.#need(trailerBytes))) return this.#truncated()
      // The next member can be found whether or not this one is as it was written, so reading goes on.
      if (this.#ahead.readUInt32LE(0) !== body.crc || this.#ahead.readUInt32LE(4) !== body.length % 2 ** 32) {
        this.#reportTrailer()
      }
      this.#use(trailerBytes)
    }
  }

  /** Whether at least `count` bytes are at hand. */
  async #need(count: number): Promise<boolean> {
    while (this.#ahead.length < count) {
      const next = await this.#source.next()
      if (next.done) return false
      this.#ahead = this.#ahead.length === 0 ? next.value : Buffer.concat([this.#ahead, next.value])
    }
    return true
  }

  #use(count: number): void {
    this.#ahead = this.#ahead.subarray(count)
    this.#usedBytes += count
  }

  /** False when nothing but zeros is left. */
  async #skipPadding(): Promise<boolean> {
    while (await this.#need(1)) {
      const solid = this.#ahead.findIndex((byte) => byte !== 0)
      this.#use(solid < 0 ? this.#ahead.length : solid)
      if (solid >= 0) return true
    }
    return false
  }

  /** Passes the header of a member; gives what is wrong with it. */
  async #readHeader(): Promise<string | undefined> {
    if ((await this.#need(2)) && this.#ahead.readUInt16BE(0) !== 0x1f8b) return 'bytes behind a member'
    if (!(await this.#need(10))) return 'truncated'
    const flags = this.#ahead[3]!
    if (this.#ahead[2] !== 8 || (flags & 0xe0) !== 0) return 'a header of unknown method or flags'
    let at = 10
    if ((flags & 4) !== 0) {
      if (!(await this.#need(at + 2))) return 'truncated'
      at += 2 + this.#ahead.readUInt16LE(at)
    }
    // A name and a comment, each ended by a zero.
    for (const flag of [8, 16]) {
      if ((flags & flag) === 0) continue
      let stop = this.#ahead.indexOf(0, at)
      for (; stop < 0; stop = this.#ahead.indexOf(0, at)) {
        if (this.#ahead.length > headerBytesMax) return 'a header without end'
        if (!(await this.#need(this.#ahead.length + 1))) return 'truncated'
      }
      at = stop + 1
    }
    if ((flags & 2) !== 0) at += 2
    if (!(await this.#need(at))) return 'truncated'
    this.#use(at)
    return undefined
  }

  #truncated(): void {
    if (this.end.kind === 'whole') this.end = { kind: 'truncated' }
  }

  #reportTrailer(): void {
    if (this.end.kind !== 'whole') return
    const digest = new ItemDigest()
    digest.update(this.#ahead.subarray(0, trailerBytes))
    const detail = 'gzip: the checksum or length of a member is wrong'
    this.end = { kind: 'corrupt', detail, compressedOffset: this.#usedBytes, rest: digest.finish() }
  }

  /** Nothing can be found behind a damaged place: what is left of the input is reported with its hash. */
  async #corrupt(problem: string): Promise<void> {
    const compressedOffset = this.#usedBytes
    const digest = new ItemDigest()
    do {
      digest.update(this.#ahead)
      this.#use(this.#ahead.length)
    } while (await this.#need(1))
    this.end = { kind: 'corrupt', detail: `gzip: ${problem}`, compressedOffset, rest: digest.finish() }
  }
}

/** The deflated bytes of one member, which say themselves where they end. */
class MemberBody {
  crc = 0
  length = 0
  error: Error | undefined
  hasEnded = false
  /** Bytes of the last feed that belong to the member. */
  takenBytes = 0
  readonly #engine = createInflateRaw({ chunkSize: outputBytes })
  #isBusy = false
  #wake: (() => void) | undefined

  constructor() {
    const wake = (): void => this.#wake?.()
    this.#engine.on('readable', wake)
    this.#engine.on('end', () => {
      this.hasEnded = true
      wake()
    })
    this.#engine.on('error', (error) => {
      this.error = error
      wake()
    })
  }

  /** What the input inflates to; afterwards `takenBytes` is less than its length only when the member has ended in it. */
  async *feed(input: Buffer): AsyncGenerator<Buffer> {
    const before = this.#engine.bytesWritten
    this.#isBusy = true
    this.#engine.write(input, () => {
      this.#isBusy = false
      this.#wake?.()
    })
    for (;;) {
      const output = this.#engine.read() as Buffer | null
      if (output !== null) {
        this.crc = crc32(output, this.crc)
        this.length += output.length
        yield output
      } else if (this.#isBusy && this.error === undefined && !this.hasEnded) {
        await this.#change()
      } else break
    }
    this.takenBytes = this.#engine.bytesWritten - before
    if (this.takenBytes < input.length && this.error === undefined) this.hasEnded = true
  }

  close(): void {
    this.#engine.destroy()
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = () => {
        this.#wake = undefined
        resolve()
      }
    })
  }
}

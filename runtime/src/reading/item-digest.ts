import { createHash, type Hash } from 'node:crypto'
import { headBytesMax } from './raw-item.ts'

/** Length, hash and head of bytes too many to be held: memory stays at `headBytesMax` whatever passes. */
export class ItemDigest {
  length = 0
  readonly #hash: Hash = createHash('sha256')
  readonly #headParts: Buffer[] = []
  #headBytes = 0

  update(bytes: Buffer): void {
    if (bytes.length === 0) return
    this.length += bytes.length
    this.#hash.update(bytes)
    const room = headBytesMax - this.#headBytes
    if (room <= 0) return
    const part = Buffer.from(bytes.subarray(0, room))
    this.#headParts.push(part)
    this.#headBytes += part.length
  }

  /** Ends the digest; to be called once. */
  finish(): { length: number; sha256: string; head: Buffer } {
    return { length: this.length, sha256: this.#hash.digest('hex'), head: Buffer.concat(this.#headParts) }
  }
}

import { createHash } from 'node:crypto'
import type { RejectReason } from '@ostiary/schemas'

/** Bytes of a rejected item that are kept for a reader; the hash covers all of them. */
export const headBytesMax: number = 64 * 1024

/**
 * The bytes of one record, not parsed yet. `bytes` is a view of the reader's buffer: it is valid until the next batch is asked
 * for, so whoever keeps a record keeps a copy or what was parsed from it.
 */
export interface RawRecord {
  readonly kind: 'record'
  /** Place among all items of this input, rejects included, from 0. */
  readonly index: number
  /** Place of the first byte in the inflated stream, from 0. */
  readonly byteOffset: number
  readonly bytes: Buffer
}

/** The reasons the reading itself can give; the others need a parsed record. */
export type RawRejectReason = Extract<
  RejectReason,
  'bytes.truncated' | 'bytes.oversized' | 'bytes.corrupt' | 'json.invalid' | 'json.too_deep'
>

/** Bytes that are no record. `head` is a copy and stays valid. */
export interface RawReject {
  readonly kind: 'reject'
  readonly reason: RawRejectReason
  readonly index: number
  readonly byteOffset: number
  /** Bytes in all, those beyond `head` included. */
  readonly length: number
  /** SHA-256 of all the bytes, in hex. */
  readonly sha256: string
  /** The first `headBytesMax` bytes at most. */
  readonly head: Buffer
  readonly detail: string
}

export type RawItem = RawRecord | RawReject

/** The reject of bytes that are at hand as a whole, as of a record that does not parse. */
export function rejectOf(
  reason: RawRejectReason,
  place: { readonly index: number; readonly byteOffset: number },
  bytes: Buffer,
  detail: string,
): RawReject {
  return {
    kind: 'reject',
    reason,
    index: place.index,
    byteOffset: place.byteOffset,
    length: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    head: Buffer.from(bytes.subarray(0, headBytesMax)),
    detail,
  }
}

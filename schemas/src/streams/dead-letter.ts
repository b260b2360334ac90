import type { AvroValue } from '../avro.ts'

/** Bytes of a dead letter's record that are kept; what is longer is told by its length and hash. */
export const deadLetterBytesMax: number = 512 * 1024

/** A record that gave nothing: why, where it lies, and its bytes, so that it can be sent again once the cause is mended. */
export const deadLetterSchema = {
  type: 'record',
  name: 'DeadLetter',
  namespace: 'io.ostiary',
  fields: [
    /** Which service could not use it. */
    { name: 'service', type: 'string', privacy: 'plain' },
    /** A code of `rejectReasons`. */
    { name: 'reason', type: 'string', privacy: 'plain' },
    { name: 'detail', type: 'string', privacy: 'plain' },
    { name: 'topic', type: 'string', privacy: 'plain' },
    { name: 'partition', type: 'int', privacy: 'plain' },
    { name: 'offset', type: 'long', privacy: 'plain' },
    /** Place among the records of one envelope, from 0. */
    { name: 'index', type: 'int', privacy: 'plain' },
    /** When it was appended to its topic, ms since the Unix epoch. */
    { name: 'time', type: 'long', privacy: 'plain' },
    /** Whole length and SHA-256 in hex of the record's bytes. */
    { name: 'length', type: 'int', privacy: 'plain' },
    { name: 'sha256', type: 'string', privacy: 'plain' },
    /** The record as it was sent; the first `deadLetterBytesMax` bytes at most. Not minimised: few may read this topic. */
    { name: 'bytes', type: 'bytes', privacy: 'unminimised' },
  ],
} as const

/** A dead letter; see {@link deadLetterSchema}. */
export type DeadLetter = AvroValue<typeof deadLetterSchema>

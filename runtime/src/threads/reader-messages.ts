import type { Reading } from '../local/file-reader.ts'
import type { PackedEvents } from './event-packer.ts'

/** A reading on its way to another thread. */
export interface PackedReading extends Omit<Reading, 'events'> {
  readonly events: PackedEvents
}

/** What a thread that reads is asked for; `id` is a file's number. */
export type ReaderRequest =
  | { readonly kind: 'look'; readonly id: number; readonly path: string }
  | { readonly kind: 'read'; readonly id: number; readonly path: string }
  /** A group of readings was used up. */
  | { readonly kind: 'more'; readonly id: number }
  | { readonly kind: 'stop'; readonly id: number }

export type ReaderAnswer =
  | { readonly kind: 'first'; readonly id: number; readonly firstMs: number | undefined }
  | {
      readonly kind: 'readings'
      readonly id: number
      readonly group: readonly PackedReading[]
      readonly isLast: boolean
    }
  /** Neither a look nor a reading comes to an end; `code` where the error is an OstiaryError. */
  | { readonly kind: 'failed'; readonly id: number; readonly error: unknown; readonly code: string | undefined }

/** Readings that are sent together: a message costs some ten microseconds on each side. */
export const groupReadings = 8
/** Groups of a thread's files that are on their way or wait to be used, shared by those it reads; a file pauses at its share. */
export const groupsAheadMax = 16
/** A file's share at the least: one to be used while the other is on its way. */
export const groupsAheadMin = 2

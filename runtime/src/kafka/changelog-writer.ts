import { createHash } from 'node:crypto'
import type { EntryStore } from '@ostiary/models'
import type { StateManifest } from '@ostiary/schemas'
import type { OutputRecord } from './stage.ts'
import type { TopicName } from './topics.ts'

/** Key of the record that closes a snapshot. */
export const manifestKey = 'manifest'
/** Key of the record that every transaction writes: the input offset behind what it took. */
export const positionKey = 'position'
/** Key of the record that an owner writes when it takes a partition over. */
export const fenceKey = 'fence'
/** Header of every entry and manifest: the number of its snapshot. */
export const epochHeader = 'epoch'
/** Entries and bytes that one transaction carries, so that none waits long for a snapshot. */
const portionEntriesMax = 512
const portionBytesMax = 700 * 1024

const digestMask = (1n << 64n) - 1n
const lengthBits = 32n
const lengthMask = (1n << lengthBits) - 1n

/** What one entry adds to the digest of a state: the first 8 bytes of SHA-256(name, 0, value). */
export function entryDigest(name: string, bytes: Uint8Array): bigint {
  return createHash('sha256').update(name).update('\0').update(bytes).digest().readBigUInt64BE(0)
}

/** The digest of a whole state, kept while entries change: a sum, so it does not depend on their order. */
export class StateDigest {
  /** What each entry adds, above its length in the low 32 bits. */
  readonly #entries: Map<string, bigint> = new Map()
  #sum = 0n
  #bytes = 0

  get entries(): number {
    return this.#entries.size
  }

  /** Bytes of all values. */
  get bytes(): number {
    return this.#bytes
  }

  get hex(): string {
    return this.#sum.toString(16).padStart(16, '0')
  }

  set(name: string, bytes: Uint8Array | null): void {
    const before = this.#entries.get(name)
    if (before !== undefined) {
      this.#sum = (this.#sum - (before >> lengthBits)) & digestMask
      this.#bytes -= Number(before & lengthMask)
    }
    if (bytes === null) {
      this.#entries.delete(name)
      return
    }
    const digest = entryDigest(name, bytes)
    this.#entries.set(name, (digest << lengthBits) | BigInt(bytes.length))
    this.#sum = (this.#sum + digest) & digestMask
    this.#bytes += bytes.length
  }
}

/** What a manifest says beside the state itself. */
export type ManifestOrigin = Omit<StateManifest, 'epoch' | 'next_offset' | 'entries' | 'digest'>

export interface ChangelogWriterOptions {
  readonly topic: TopicName
  readonly store: EntryStore
  readonly origin: ManifestOrigin
  readonly encodeManifest: (manifest: StateManifest) => Buffer
  readonly snapshotMs: number
  readonly snapshotRecordsMax: number
}

/** Where a changelog stands when somebody takes it over. */
export interface ChangelogStand {
  /** The highest epoch in it, closed or not. */
  readonly epoch: number
  /** The state that was taken. */
  readonly entries: ReadonlyMap<string, Uint8Array>
  /** Entries whose last record in the log is not what was taken; they are written again with the next snapshot. */
  readonly rewrite: ReadonlyMap<string, Uint8Array | null>
}

interface Snapshot {
  readonly epoch: number
  readonly nextOffset: number
  readonly waiting: (readonly [string, Uint8Array | null])[]
  at: number
  /** When the oldest change in it came about, and when it was begun. */
  readonly changedMs: number
  readonly beganMs: number
  bytes: number
}

/** A snapshot that is whole. */
export interface WrittenSnapshot {
  readonly beganMs: number
  readonly bytes: number
}

/**
 * Writes what changed in a state, now and then, in portions that ride on the transactions of the stage. The state is
 * taken at one moment; the manifest follows the last portion, so that a reader sees whole snapshots only.
 */
export class ChangelogWriter {
  readonly #options: ChangelogWriterOptions
  readonly #digest = new StateDigest()
  #rewrite: ReadonlyMap<string, Uint8Array | null>
  #epoch: number
  #snapshot: Snapshot | undefined
  #records = 0
  #lastMs: number
  /** When the oldest change came about that is in no snapshot; `undefined` for none. */
  #changedMs: number | undefined
  #written: WrittenSnapshot | undefined

  constructor(options: ChangelogWriterOptions, stand: ChangelogStand, nowMs: number) {
    this.#options = options
    this.#epoch = stand.epoch
    this.#rewrite = stand.rewrite
    this.#lastMs = nowMs
    for (const [name, bytes] of stand.entries) this.#digest.set(name, bytes)
  }

  /** Whether a snapshot has been begun and not closed. */
  get isUnderWay(): boolean {
    return this.#snapshot !== undefined
  }

  get stateEntries(): number {
    return this.#digest.entries
  }

  get stateBytes(): number {
    return this.#digest.bytes
  }

  /** The newest that was closed; `undefined` before the first. */
  get written(): WrittenSnapshot | undefined {
    return this.#written
  }

  /** How long the oldest change has waited for a snapshot that is whole. */
  unsavedMs(nowMs: number): number {
    const sinceMs = this.#snapshot?.changedMs ?? this.#changedMs ?? nowMs
    return Math.max(0, nowMs - sinceMs)
  }

  /** Records processed since the last snapshot was begun. */
  get recordsSince(): number {
    return this.#records
  }

  /** Tells of records that the state knows now, committed up to `nextOffset`; begins a snapshot when one is due. */
  processed(records: number, nextOffset: number, nowMs: number): void {
    this.#records += records
    if (records > 0) this.#changedMs ??= nowMs
    if (this.isUnderWay || this.#records === 0) return
    const { snapshotMs, snapshotRecordsMax } = this.#options
    if (this.#records < snapshotRecordsMax && nowMs - this.#lastMs < snapshotMs) return
    this.begin(nextOffset, nowMs)
  }

  begin(nextOffset: number, nowMs: number): void {
    const changes = new Map(this.#rewrite)
    for (const [name, bytes] of this.#options.store.takeChanges()) {
      // Set anew, so that the order is that of the changes.
      changes.delete(name)
      changes.set(name, bytes)
    }
    this.#rewrite = new Map()
    this.#epoch += 1
    const changedMs = this.#changedMs ?? nowMs
    this.#snapshot = {
      epoch: this.#epoch,
      nextOffset,
      waiting: [...changes],
      at: 0,
      changedMs,
      beganMs: nowMs,
      bytes: 0,
    }
    this.#changedMs = undefined
    this.#records = 0
    this.#lastMs = nowMs
  }

  /** The next portion of the snapshot under way, with the manifest behind the last; nothing when there is none. */
  takePortion(partition: number): OutputRecord[] {
    const snapshot = this.#snapshot
    if (snapshot === undefined) return []
    const { topic } = this.#options
    const headers = { [epochHeader]: String(snapshot.epoch) }
    const records: OutputRecord[] = []
    let bytes = 0
    while (snapshot.at < snapshot.waiting.length && records.length < portionEntriesMax && bytes < portionBytesMax) {
      const [name, value] = snapshot.waiting[snapshot.at]!
      snapshot.at += 1
      this.#digest.set(name, value)
      bytes += name.length + (value?.length ?? 0)
      records.push({ topic, partition, key: name, value: value === null ? null : Buffer.from(value), headers })
    }
    snapshot.bytes += bytes
    if (snapshot.at < snapshot.waiting.length) return records
    const value = this.#options.encodeManifest({
      ...this.#options.origin,
      epoch: snapshot.epoch,
      next_offset: snapshot.nextOffset,
      entries: this.#digest.entries,
      digest: this.#digest.hex,
    })
    records.push({ topic, partition, key: manifestKey, value, headers })
    this.#snapshot = undefined
    this.#written = { beganMs: snapshot.beganMs, bytes: snapshot.bytes }
    return records
  }
}

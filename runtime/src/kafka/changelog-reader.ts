import type { StateManifest } from '@ostiary/schemas'
import {
  type ChangelogStand,
  epochHeader,
  fenceKey,
  type ManifestOrigin,
  manifestKey,
  positionKey,
  StateDigest,
} from './changelog-writer.ts'

/** Why a snapshot was passed over. */
export type PassedOver = 'damaged' | 'half_written' | 'foreign'

/** A record of a changelog, in the order of the log. */
export interface ChangelogRecord {
  readonly key: Buffer | null
  readonly value: Buffer | null
  readonly headers?: Readonly<Record<string, Buffer | string | (Buffer | string)[] | undefined>>
}

/** What a changelog holds for whoever goes on from it. */
export interface RecoveredState extends ChangelogStand {
  /** The manifest of the state taken; `undefined` where there is none to be taken. */
  readonly manifest: StateManifest | undefined
  /** The input offset behind everything that was committed. */
  readonly committed: number
  readonly passedOver: readonly PassedOver[]
}

/**
 * Reads a changelog from its beginning to its end and takes the last snapshot that is whole: closed by a manifest, ours,
 * and with the digest the manifest states. What comes after that is passed over.
 */
export class ChangelogReader {
  readonly #expected: Pick<ManifestOrigin, 'service' | 'topic' | 'partition' | 'tenant_uid' | 'layout'>
  readonly #decodeManifest: (value: Buffer) => StateManifest
  /**
   * The committed offset of the input: a snapshot that is ahead of it is not of this past. The group's word for it may lag
   * behind after a broker's crash; what lies in the log itself does not.
   */
  #committed: number
  readonly #entries: Map<string, Uint8Array> = new Map()
  readonly #digest = new StateDigest()
  /** What the entries were before the snapshots that are not yet found whole. */
  readonly #undo: Map<string, Uint8Array | undefined> = new Map()
  /** Entries of the snapshot that is not closed yet. */
  #pending: Map<string, Uint8Array | null> = new Map()
  #pendingEpoch = -1
  #epoch = 0
  #manifest: StateManifest | undefined
  /** The last record of each name in the log, whole or not; only where it differs from what is taken. */
  readonly #stale: Set<string> = new Set()
  readonly #passedOver: PassedOver[] = []

  constructor(
    expected: Pick<ManifestOrigin, 'service' | 'topic' | 'partition' | 'tenant_uid' | 'layout'>,
    committed: number,
    decodeManifest: (value: Buffer) => StateManifest,
  ) {
    this.#expected = expected
    this.#committed = committed
    this.#decodeManifest = decodeManifest
  }

  take({ key, value, headers }: ChangelogRecord): void {
    if (key?.toString('utf8') === fenceKey) return
    if (key?.toString('utf8') === positionKey) {
      const position = Number(value?.toString('utf8'))
      if (Number.isSafeInteger(position)) this.#committed = Math.max(this.#committed, position)
      return
    }
    const epoch = epochOf(headers?.[epochHeader])
    if (key === null || epoch === undefined) {
      this.#passedOver.push('damaged')
      return
    }
    if (epoch > this.#epoch) this.#epoch = epoch
    const name = key.toString('utf8')
    if (name === manifestKey) this.#close(value, epoch)
    else {
      if (epoch !== this.#pendingEpoch) this.#dropPending()
      this.#pendingEpoch = epoch
      // Deleted first, so that the order is that of the last record of each name.
      this.#pending.delete(name)
      this.#pending.set(name, value)
    }
  }

  /** What is to be gone on from. */
  finish(): RecoveredState {
    this.#dropPending()
    this.#rollBack()
    const rewrite = new Map<string, Uint8Array | null>()
    for (const name of this.#stale) rewrite.set(name, this.#entries.get(name) ?? null)
    if (this.#manifest === undefined) {
      for (const name of this.#entries.keys()) rewrite.set(name, null)
      this.#entries.clear()
    }
    return {
      manifest: this.#manifest,
      committed: this.#committed,
      entries: this.#entries,
      rewrite,
      epoch: this.#epoch,
      passedOver: this.#passedOver,
    }
  }

  #dropPending(): void {
    if (this.#pending.size === 0) return
    for (const name of this.#pending.keys()) this.#stale.add(name)
    this.#pending = new Map()
    this.#passedOver.push('half_written')
  }

  #close(value: Buffer | null, epoch: number): void {
    const manifest = this.#manifestOf(value)
    if (manifest === undefined || manifest.epoch !== epoch) {
      this.#dropPending()
      this.#passedOver.push('damaged')
      return
    }
    for (const [name, bytes] of this.#pendingEpoch === epoch ? this.#pending : []) {
      if (!this.#undo.has(name)) this.#undo.set(name, this.#entries.get(name))
      this.#entries.delete(name)
      if (bytes !== null) this.#entries.set(name, bytes)
      this.#digest.set(name, bytes)
      this.#stale.delete(name)
    }
    if (this.#pendingEpoch === epoch) this.#pending = new Map()
    else this.#dropPending()
    if (this.#isForeign(manifest)) this.#passedOver.push('foreign')
    else if (manifest.digest !== this.#digest.hex || manifest.entries !== this.#digest.entries)
      this.#passedOver.push('damaged')
    else {
      this.#manifest = manifest
      this.#undo.clear()
      // Older ones are often not whole any more, since what they held has been compacted away.
      this.#passedOver.length = 0
    }
  }

  #manifestOf(value: Buffer | null): StateManifest | undefined {
    try {
      return value === null ? undefined : this.#decodeManifest(value)
    } catch {
      return undefined
    }
  }

  #isForeign(manifest: StateManifest): boolean {
    const { service, topic, partition, tenant_uid: tenant, layout } = this.#expected
    return (
      manifest.service !== service ||
      manifest.topic !== topic ||
      manifest.partition !== partition ||
      manifest.tenant_uid !== tenant ||
      manifest.layout !== layout ||
      manifest.next_offset > this.#committed
    )
  }

  /** Back to the last snapshot that was whole. */
  #rollBack(): void {
    for (const [name, bytes] of this.#undo) {
      this.#entries.delete(name)
      if (bytes !== undefined) this.#entries.set(name, bytes)
      this.#stale.add(name)
    }
    this.#undo.clear()
  }
}

function epochOf(header: Buffer | string | (Buffer | string)[] | undefined): number | undefined {
  if (header === undefined || Array.isArray(header)) return undefined
  const text = header.toString()
  return /^\d{1,10}$/.test(text) ? Number(text) : undefined
}

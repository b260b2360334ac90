import { nthSmallest } from './nth-smallest.ts'

/** Share of slots that may be taken before the table grows. */
const fillMax = 0.6
const slotsMin = 16

/**
 * Counts by 32-bit hash, never 0: an open-addressing table in flat arrays, several times as fast as a Map and without
 * objects for the collector. Grows as needed; whoever fills it bounds it.
 */
export class CountTable {
  #hashes: Int32Array
  #counts: Float64Array
  #names: string[] | undefined
  #mask: number
  #size = 0

  /** @param sizeHint entries to make room for at once */
  constructor(sizeHint = 0, named = false) {
    let slots = slotsMin
    while (slots * fillMax < sizeHint) slots *= 2
    this.#hashes = new Int32Array(slots)
    this.#counts = new Float64Array(slots)
    this.#names = named ? new Array<string>(slots).fill('') : undefined
    this.#mask = slots - 1
  }

  get size(): number {
    return this.#size
  }

  /** The count of a hash; 0 when it is not held. */
  get(hash: number): number {
    const at = this.#find(hash)
    return this.#hashes[at] === hash ? this.#counts[at]! : 0
  }

  has(hash: number): boolean {
    return this.#hashes[this.#find(hash)] === hash
  }

  /** The name a hash was given with; `''` when it is not held or has none. */
  name(hash: number): string {
    const at = this.#find(hash)
    return this.#names !== undefined && this.#hashes[at] === hash ? this.#names[at]! : ''
  }

  /** Adds to the count of a hash; its name is the one it was first given with. */
  add(hash: number, count: number, name = ''): void {
    let at = this.#find(hash)
    if (this.#hashes[at] !== hash) {
      if (this.#size + 1 > this.#hashes.length * fillMax) {
        this.#grow()
        at = this.#find(hash)
      }
      this.#hashes[at] = hash
      this.#size += 1
      if (this.#names !== undefined) this.#names[at] = name
    }
    this.#counts[at]! += count
  }

  /** Calls `visit` with every entry, in no order that means anything. */
  forEach(visit: (hash: number, count: number, name: string) => void): void {
    for (let at = 0; at < this.#hashes.length; at++)
      if (this.#hashes[at] !== 0) visit(this.#hashes[at]!, this.#counts[at]!, this.#names?.[at] ?? '')
  }

  /** Hashes in rising order: the same whatever order they were added in. */
  sortedHashes(): Int32Array {
    const held = new Int32Array(this.#size)
    let size = 0
    for (let at = 0; at < this.#hashes.length; at++) if (this.#hashes[at] !== 0) held[size++] = this.#hashes[at]!
    return held.sort()
  }

  /** Entries as rows, highest count first, ties by hash. */
  rows(): { readonly hash: number; readonly count: number; readonly name: string }[] {
    const rows: { hash: number; count: number; name: string }[] = []
    this.forEach((hash, count, name) => {
      rows.push({ hash, count, name })
    })
    return rows.sort((a, b) => b.count - a.count || a.hash - b.hash)
  }

  /** A copy with every count multiplied by a factor. Nothing is looked up, so it costs little more than copying. */
  scaled(factor: number): CountTable {
    const copy = new CountTable()
    copy.#hashes = this.#hashes.slice()
    copy.#counts = this.#counts.slice()
    for (let at = 0; at < copy.#counts.length; at++) copy.#counts[at]! *= factor
    copy.#names = this.#names?.slice()
    copy.#mask = this.#mask
    copy.#size = this.#size
    return copy
  }

  /** A table of the `sizeMax` entries with the highest counts, ties by hash, without those whose count is under `countMin`. */
  heaviest(sizeMax: number, countMin: number): CountTable {
    const over = Math.max(this.#size - sizeMax, 0)
    const least = over === 0 ? countMin : Math.max(nthSmallest(this.#heldCounts(), over), countMin)
    const kept = new CountTable(Math.min(this.#size, sizeMax), this.#names !== undefined)
    const ties: number[] = []
    this.forEach((hash, count, name) => {
      if (count > least || (over === 0 && count === least)) kept.add(hash, count, name)
      else if (count === least) ties.push(hash)
    })
    for (const hash of Int32Array.from(ties).sort()) {
      if (kept.size >= sizeMax) break
      kept.add(hash, least, this.name(hash))
    }
    return kept
  }

  #heldCounts(): Float64Array {
    const held = new Float64Array(this.#size)
    let size = 0
    for (let at = 0; at < this.#hashes.length; at++) if (this.#hashes[at] !== 0) held[size++] = this.#counts[at]!
    return held
  }

  /** The place of a hash, or the free place where it would go. */
  #find(hash: number): number {
    const mask = this.#mask
    let at = hash & mask
    for (;;) {
      const held = this.#hashes[at]!
      if (held === hash || held === 0) return at
      at = (at + 1) & mask
    }
  }

  #grow(): void {
    const grown = new CountTable(this.#hashes.length, this.#names !== undefined)
    this.forEach((hash, count, name) => {
      grown.add(hash, count, name)
    })
    this.#hashes = grown.#hashes
    this.#counts = grown.#counts
    this.#names = grown.#names
    this.#mask = grown.#mask
  }
}

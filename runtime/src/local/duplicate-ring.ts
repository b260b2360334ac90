/** Ids of the last events, bounded: the oldest is forgotten first. Part of a snapshot. */
export class DuplicateRing {
  readonly #sizeMax: number
  readonly #ids: Set<string> = new Set()

  constructor(sizeMax: number) {
    this.#sizeMax = sizeMax
  }

  get size(): number {
    return this.#ids.size
  }

  /** Notes an id. Returns whether it was new. */
  isNew(id: string): boolean {
    if (this.#ids.has(id)) return false
    this.#ids.add(id)
    if (this.#ids.size > this.#sizeMax)
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest)
        break
      }
    return true
  }

  /** The ids held, oldest first. */
  ids(): string[] {
    return [...this.#ids]
  }

  /** Takes ids back that `ids` gave. */
  restore(ids: readonly string[]): void {
    this.#ids.clear()
    for (const id of ids.slice(-this.#sizeMax)) this.#ids.add(id)
  }
}

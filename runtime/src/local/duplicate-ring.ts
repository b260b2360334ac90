/** Ids of the last events, bounded: the oldest is forgotten first. Part of a snapshot. */
export class DuplicateRing {
  readonly #sizeMax: number
  readonly #ids: Set<string> = new Set()
  /** The same ids by turns: a Set that loses its first entry again and again is walked from its emptied beginning. */
  #turns: string[] = []
  /** Where the oldest id lies once the turns are full. */
  #oldest = 0

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
    if (this.#turns.length < this.#sizeMax) this.#turns.push(id)
    else {
      this.#ids.delete(this.#turns[this.#oldest]!)
      this.#turns[this.#oldest] = id
      this.#oldest = (this.#oldest + 1) % this.#sizeMax
    }
    return true
  }

  /** The ids held, oldest first. */
  ids(): string[] {
    return [...this.#turns.slice(this.#oldest), ...this.#turns.slice(0, this.#oldest)]
  }

  /** Takes ids back that `ids` gave. */
  restore(ids: readonly string[]): void {
    this.#turns = ids.slice(-this.#sizeMax)
    this.#oldest = 0
    this.#ids.clear()
    for (const id of this.#turns) this.#ids.add(id)
  }
}

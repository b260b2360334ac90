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
    return this.note(id) >= 0
  }

  /** Notes an id. Returns the place it took among the turns, or −1 when it was there already. */
  note(id: string): number {
    if (this.#ids.has(id)) return -1
    this.#ids.add(id)
    if (this.#turns.length < this.#sizeMax) return this.#turns.push(id) - 1
    const place = this.#oldest
    this.#ids.delete(this.#turns[place]!)
    this.#turns[place] = id
    this.#oldest = (place + 1) % this.#sizeMax
    return place
  }

  /** The ids by their places, and the place of the oldest: what a piecewise snapshot saves. */
  turns(): { readonly turns: readonly string[]; readonly oldest: number } {
    return { turns: this.#turns, oldest: this.#oldest }
  }

  /** Takes back what `turns` gave. Throws a RangeError for more ids than there is room for. */
  restoreTurns(turns: readonly string[], oldest: number): void {
    if (turns.length > this.#sizeMax || oldest < 0 || oldest >= Math.max(1, turns.length))
      throw new RangeError(`Cannot hold ${turns.length} ids from place ${oldest}`)
    this.#turns = [...turns]
    this.#oldest = oldest
    this.#ids.clear()
    for (const id of turns) this.#ids.add(id)
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

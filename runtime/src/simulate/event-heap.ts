/** What waits for its time. Equal times keep the order in which they came. */
export interface Timed {
  readonly atMs: number
  readonly order: number
}

/** A binary heap, earliest first. Holds what is under way, not what is to come: that bounds the simulator's memory. */
export class EventHeap<T extends Timed> {
  #items: T[] = []

  get size(): number {
    return this.#items.length
  }

  push(item: T): void {
    const items = this.#items
    let child = items.length
    items.push(item)
    while (child > 0) {
      const parent = (child - 1) >> 1
      if (!before(item, items[parent]!)) break
      items[child] = items[parent]!
      child = parent
    }
    items[child] = item
  }

  peek(): T | undefined {
    return this.#items[0]
  }

  pop(): T | undefined {
    const first = this.#items[0]
    const last = this.#items.pop()
    if (first !== undefined && last !== undefined && this.#items.length > 0) this.#sink(last)
    return first
  }

  /** Puts `item` in the place of the earliest: half the work of a pop and a push. */
  replaceFirst(item: T): void {
    this.#sink(item)
  }

  #sink(item: T): void {
    const items = this.#items
    const size = items.length
    let parent = 0
    for (;;) {
      let child = 2 * parent + 1
      if (child >= size) break
      if (child + 1 < size && before(items[child + 1]!, items[child]!)) child++
      if (!before(items[child]!, item)) break
      items[parent] = items[child]!
      parent = child
    }
    items[parent] = item
  }
}

function before(a: Timed, b: Timed): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}

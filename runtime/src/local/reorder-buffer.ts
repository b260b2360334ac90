/** Most events of a run that wait for earlier ones. */
export const reorderEventsMax = 262_144

/** Anything with an event time. */
export interface Timed {
  readonly time: number
}

/**
 * Holds events back until no earlier one is expected: an event leaves once the newest seen is `reorderMs` past it. Ties
 * leave in the order of arrival, so that the same input gives the same order.
 *
 * Holds `eventsMax` at most: over that the earliest leave before their time.
 */
export class ReorderBuffer<E extends Timed> {
  readonly #reorderMs: number
  readonly #eventsMax: number
  /** A binary heap by (time, arrival). */
  readonly #events: E[] = []
  readonly #arrivals: number[] = []
  #arrived = 0
  #newestMs = Number.NEGATIVE_INFINITY

  constructor(reorderMs: number, eventsMax: number) {
    this.#reorderMs = reorderMs
    this.#eventsMax = eventsMax
  }

  get size(): number {
    return this.#events.length
  }

  /** Takes an event and gives those whose time has come to `release`, in order. */
  push(event: E, release: (event: E) => void): void {
    if (event.time > this.#newestMs) this.#newestMs = event.time
    if (this.#events.length === 0 && event.time <= this.#newestMs - this.#reorderMs) {
      this.#arrived += 1
      release(event)
      return
    }
    this.#insert(event)
    while (
      this.#events.length > 0 &&
      (this.#events[0]!.time <= this.#newestMs - this.#reorderMs || this.#events.length > this.#eventsMax)
    )
      release(this.#takeFirst())
  }

  /** Gives everything that is held, in order. */
  flush(release: (event: E) => void): void {
    while (this.#events.length > 0) release(this.#takeFirst())
  }

  #isBefore(a: number, b: number): boolean {
    const difference = this.#events[a]!.time - this.#events[b]!.time
    return difference < 0 || (difference === 0 && this.#arrivals[a]! < this.#arrivals[b]!)
  }

  #swap(a: number, b: number): void {
    const event = this.#events[a]!
    this.#events[a] = this.#events[b]!
    this.#events[b] = event
    const arrival = this.#arrivals[a]!
    this.#arrivals[a] = this.#arrivals[b]!
    this.#arrivals[b] = arrival
  }

  #insert(event: E): void {
    let at = this.#events.length
    this.#events.push(event)
    this.#arrivals.push(this.#arrived++)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (!this.#isBefore(at, parent)) return
      this.#swap(at, parent)
      at = parent
    }
  }

  #takeFirst(): E {
    const first = this.#events[0]!
    const last = this.#events.length - 1
    this.#swap(0, last)
    this.#events.pop()
    this.#arrivals.pop()
    let at = 0
    for (;;) {
      const left = 2 * at + 1
      if (left >= last) return first
      const right = left + 1
      const least = right < last && this.#isBefore(right, left) ? right : left
      if (!this.#isBefore(least, at)) return first
      this.#swap(at, least)
      at = least
    }
  }
}

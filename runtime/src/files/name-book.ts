import { MapByAge } from '@ostiary/models'

/** Names that are remembered in all. */
export const namesMax = 1_000_000

/** Characters of a name that are kept: senders of logs make names as long as they like. */
export const nameLengthMax = 256

/** Characters that a terminal acts on or that change how their neighbours are shown. */
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu

/**
 * Which clear name a pseudonym stands for, for somebody entitled to names. In memory only: it is never written, and gone
 * when the process ends. `remember` is what an enricher takes as `onName`.
 *
 * Over the bound the oldest of the kind with the most names is forgotten, so that the many addresses and resources
 * do not push identities out. Names are safe to print.
 */
export class NameBook {
  readonly #namesMax: number
  /** By kind (`id`, `ip` …), oldest first. */
  readonly #kinds: Map<string, MapByAge<string, string>> = new Map()
  #size = 0

  constructor(options: { readonly namesMax?: number } = {}) {
    this.#namesMax = options.namesMax ?? namesMax
  }

  get size(): number {
    return this.#size
  }

  remember(pseudonym: string, clear: string): void {
    const names = this.#namesOf(pseudonym)
    // Told again, it becomes the newest: what is in use stays.
    if (names.delete(pseudonym)) this.#size -= 1
    names.set(pseudonym, printable(clear))
    this.#size += 1
    if (this.#size > this.#namesMax) this.#forgetOne()
  }

  /** The clear name; `undefined` for a pseudonym that was never told or is forgotten. */
  nameOf(pseudonym: string): string | undefined {
    return this.#kinds.get(kindOf(pseudonym))?.get(pseudonym)
  }

  #namesOf(pseudonym: string): MapByAge<string, string> {
    const kind = kindOf(pseudonym)
    let names = this.#kinds.get(kind)
    if (names === undefined) {
      names = new MapByAge()
      this.#kinds.set(kind, names)
    }
    return names
  }

  #forgetOne(): void {
    let most = new MapByAge<string, string>()
    for (const names of this.#kinds.values()) if (names.size > most.size) most = names
    if (most.takeOldest() !== undefined) this.#size -= 1
  }
}

/** A pseudonym begins with its kind; there are as many kinds as `pseudonymKinds`. */
function kindOf(pseudonym: string): string {
  return pseudonym.slice(0, Math.max(0, pseudonym.indexOf('-')))
}

function printable(name: string): string {
  const kept = name.length > nameLengthMax ? `${name.slice(0, nameLengthMax - 1)}…` : name
  return kept.replace(unprintable, '\ufffd')
}

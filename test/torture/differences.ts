/** Differences of one law that are told one by one; the others are counted. */
const toldMax = 10

/** What a check found against the laws: empty where all hold. */
export class Differences {
  readonly #told: Map<string, string[]> = new Map()
  readonly #counts: Map<string, number> = new Map()

  add(law: string, detail: string): void {
    const count = (this.#counts.get(law) ?? 0) + 1
    this.#counts.set(law, count)
    if (count > toldMax) return
    const told = this.#told.get(law) ?? []
    told.push(detail)
    this.#told.set(law, told)
  }

  get count(): number {
    let sum = 0
    for (const count of this.#counts.values()) sum += count
    return sum
  }

  /** The laws that are broken, by how often. */
  get laws(): Readonly<Record<string, number>> {
    return Object.fromEntries(this.#counts)
  }

  lines(): string[] {
    return [...this.#told].flatMap(([law, told]) => {
      const more = this.#counts.get(law)! - told.length
      return [...told.map((detail) => `${law}: ${detail}`), ...(more > 0 ? [`${law}: and ${more} more`] : [])]
    })
  }

  /** Holds two lists of bytes to be the same, in order. */
  compareLists(law: string, of: string, expected: readonly Buffer[], actual: readonly Buffer[]): void {
    if (expected.length !== actual.length)
      this.add(law, `${of}: ${actual.length} records in the log, ${expected.length} by the fold`)
    for (const [index, bytes] of expected.entries()) {
      const written = actual[index]
      if (written === undefined || written.equals(bytes)) continue
      const at = firstDifference(bytes, written)
      const [fold, log] = [excerpt(bytes, at), excerpt(written, at)]
      this.add(law, `${of}: record ${index} differs from byte ${at} on: ${fold} by the fold, ${log} in the log`)
      return
    }
  }

  /** Holds two groups of lists to be the same, key by key. */
  compareGroups(
    law: string,
    expected: ReadonlyMap<string, readonly Buffer[]>,
    actual: ReadonlyMap<string, readonly Buffer[]>,
  ): void {
    for (const [key, list] of expected) this.compareLists(law, key, list, actual.get(key) ?? [])
    for (const [key, list] of actual) if (!expected.has(key)) this.compareLists(law, key, [], list)
  }
}

/** Bytes of an excerpt before the difference and behind it: enough to tell which field it is. */
const excerptBytes = 60

function excerpt(bytes: Buffer, at: number): string {
  return JSON.stringify(bytes.subarray(Math.max(0, at - excerptBytes), at + excerptBytes).toString('latin1'))
}

function firstDifference(a: Buffer, b: Buffer): number {
  const length = Math.min(a.length, b.length)
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return at
  return length
}

/** Adds to the list of a key. */
export function addTo<Value>(groups: Map<string, Value[]>, key: string, value: Value): void {
  const list = groups.get(key)
  if (list === undefined) groups.set(key, [value])
  else list.push(value)
}

/** Characters of a name that are compared; no name of ours is as long. */
const comparedLengthMax = 64

/**
 * The known name somebody most likely meant: the same but for case, `-` and `_`, else the one with the fewest changed
 * letters (Levenshtein), if those are a third at most. `undefined` when none is near; the first of several.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const plain = plainOf(name)
  let nearest: string | undefined
  let least = Math.floor(plain.length / 3) + 1
  for (const candidate of known) {
    const changes = changesBetween(plain, plainOf(candidate))
    if (changes < least) {
      nearest = candidate
      least = changes
    }
  }
  return nearest
}

function plainOf(name: string): string {
  return name
    .slice(0, comparedLengthMax)
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '')
}

/** Levenshtein's distance, a row at a time. */
function changesBetween(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, row[j]! + 1, next[j - 1]! + 1))
    }
    row = next
  }
  return row[b.length]!
}

/** What a weight reached on one trace. */
export interface WeightResult {
  readonly trace: string
  readonly weight: number
  /** Attacks found at 10 and at 50 alerts a day per 1,000 identities. */
  readonly foundAt10: number
  readonly foundAt50: number
}

export interface WeightChoice {
  readonly chosenOn: readonly string[]
  readonly reportedOn: readonly string[]
  readonly weight: number
  /** Totals over the traces that had no say: of the chosen weight, and of none. */
  readonly chosen: Totals
  readonly without: Totals
}

export interface Totals {
  readonly foundAt10: number
  readonly foundAt50: number
}

/** What a weight found on some traces together. */
export function totalsOf(results: readonly WeightResult[], traces: readonly string[], weight: number): Totals {
  const all = results.filter((result) => result.weight === weight && traces.includes(result.trace))
  return {
    foundAt10: all.reduce((sum, result) => sum + result.foundAt10, 0),
    foundAt50: all.reduce((sum, result) => sum + result.foundAt50, 0),
  }
}

/** Chooses the weight with the most found @10, then @50, then the smallest, on some traces; reports it on the others. */
export function chooseWeight(
  results: readonly WeightResult[],
  chosenOn: readonly string[],
  reportedOn: readonly string[],
): WeightChoice {
  const weights = [...new Set(results.map((result) => result.weight))].sort((a, b) => a - b)
  const tried = weights.map((weight) => ({ weight, ...totalsOf(results, chosenOn, weight) }))
  // The sort is stable, so that of equal ones the smallest weight stays first.
  const best = tried.sort((a, b) => b.foundAt10 - a.foundAt10 || b.foundAt50 - a.foundAt50)[0]!
  return {
    chosenOn,
    reportedOn,
    weight: best.weight,
    chosen: totalsOf(results, reportedOn, best.weight),
    without: totalsOf(results, reportedOn, 0),
  }
}

/** Area under the curve of precision over recall, by steps, equal scores as one; `undefined` without a positive. */
export function averagePrecision(isPositive: readonly boolean[], scores: readonly number[]): number | undefined {
  const positives = isPositive.reduce((sum, positive) => sum + Number(positive), 0)
  if (positives === 0) return undefined
  const order = scores.map((_, index) => index).sort((a, b) => scores[b]! - scores[a]!)
  let area = 0
  let found = 0
  for (let from = 0; from < order.length; ) {
    let until = from
    let gained = 0
    while (until < order.length && scores[order[until]!] === scores[order[from]!]) {
      gained += Number(isPositive[order[until]!])
      until += 1
    }
    found += gained
    area += (gained / positives) * (found / until)
    from = until
  }
  return area
}

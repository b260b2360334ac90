import type { LabelledTrace } from './labelled-trace.ts'

/** Benign events of an API under which an attack's event is not compared with them. */
const benignMin = 5

export interface ApiMatchedAuc {
  /** Mean over attacks; `undefined` where none could be compared. */
  readonly auc: number | undefined
  readonly byVariant: Readonly<Record<string, number>>
  /** Events of attacks by an API with too few benign ones. */
  readonly unmatchedEvents: number
}

/**
 * How often an attack's event is stranger than a benign one of the same API, half for equal ones: mean over an attack's
 * events, then over attacks. It tells whether a detector knows more than which APIs are odd.
 */
export function apiMatchedAuc(trace: LabelledTrace, scores: readonly number[]): ApiMatchedAuc {
  const byApi = new Map<string, { benign: number[]; attack: number[] }>()
  for (const [index, { api, attack }] of trace.events.entries()) {
    const places = byApi.get(api) ?? { benign: [], attack: [] }
    byApi.set(api, places)
    places[attack === '' ? 'benign' : 'attack'].push(index)
  }
  let unmatchedEvents = 0
  const byAttack = new Map<string, number[]>()
  for (const { benign, attack } of byApi.values()) {
    if (attack.length > 0 && benign.length < benignMin) unmatchedEvents += attack.length
    if (attack.length === 0 || benign.length < benignMin) continue
    const sorted = Float64Array.from(benign, (index) => scores[index]!).sort()
    for (const index of attack) {
      const id = trace.events[index]!.attack
      const wins = (countBelow(sorted, scores[index]!, false) + countBelow(sorted, scores[index]!, true)) / 2
      byAttack.set(id, [...(byAttack.get(id) ?? []), wins / sorted.length])
    }
  }
  const byVariant = new Map<string, number[]>()
  for (const [id, values] of byAttack) {
    const variant = trace.attacks.get(id)!['variant']!
    byVariant.set(variant, [...(byVariant.get(variant) ?? []), mean(values)!])
  }
  return {
    auc: mean([...byAttack.values()].map((values) => mean(values)!)),
    byVariant: Object.fromEntries([...byVariant].map(([variant, values]) => [variant, mean(values)!])),
    unmatchedEvents,
  }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** How many of the rising values are under a value, or, with `orEqual`, under or equal to it. */
function countBelow(sorted: Float64Array, value: number, orEqual: boolean): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle]! < value || (orEqual && sorted[middle] === value)) low = middle + 1
    else high = middle
  }
  return low
}

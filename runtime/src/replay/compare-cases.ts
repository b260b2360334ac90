import type { ReplayedCase } from './replayed-cases.ts'

/** How a case of one run stands to the other's. */
export interface CaseChange {
  readonly change: 'new' | 'gone' | 'changed'
  /** What is not the same, of a case that both have. */
  readonly differs: readonly ('severity' | 'disposition' | 'bits' | 'opening')[]
  readonly a: ReplayedCase | undefined
  readonly b: ReplayedCase | undefined
}

/** What became of a run's cases under another model. `a` and `b` count the same cases: `same + changed + gone` is all of `a`. */
export interface CaseComparison {
  readonly same: number
  readonly new: number
  readonly gone: number
  readonly changed: number
  /** Those that are not the same, by the higher score of the two falling. */
  readonly changes: readonly CaseChange[]
}

/**
 * Compares the cases of two runs over the same events. The same case has the same id; where the models open it with another
 * event it has not, and is known by its identity and time.
 */
export function compareCases(a: readonly ReplayedCase[], b: readonly ReplayedCase[]): CaseComparison {
  const changes: CaseChange[] = []
  let same = 0
  const compare = (one: ReplayedCase, other: ReplayedCase): void => {
    const differs = differencesOf(one, other)
    if (differs.length === 0) same += 1
    else changes.push({ change: 'changed', differs, a: one, b: other })
  }
  const byUid = new Map(b.map((one) => [one.finding_uid, one]))
  const left: ReplayedCase[] = []
  for (const one of a) {
    const other = byUid.get(one.finding_uid)
    byUid.delete(one.finding_uid)
    if (other === undefined) left.push(one)
    else compare(one, other)
  }
  const unmatched = byIdentity([...byUid.values()])
  for (const one of left.sort((x, y) => x.firstMs - y.firstMs)) {
    const others = unmatched.get(one.identity_uid) ?? []
    const at = others.findIndex((other) => one.firstMs <= other.lastMs && other.firstMs <= one.lastMs)
    if (at < 0) changes.push({ change: 'gone', differs: [], a: one, b: undefined })
    else compare(one, others.splice(at, 1)[0]!)
  }
  for (const others of unmatched.values())
    for (const other of others) changes.push({ change: 'new', differs: [], a: undefined, b: other })
  const count = (change: CaseChange['change']): number => changes.filter((one) => one.change === change).length
  return {
    same,
    new: count('new'),
    gone: count('gone'),
    changed: count('changed'),
    changes: changes.sort((x, y) => scoreOf(y) - scoreOf(x) || (uidOf(x) < uidOf(y) ? -1 : 1)),
  }
}

function byIdentity(cases: readonly ReplayedCase[]): Map<string, ReplayedCase[]> {
  const groups = new Map<string, ReplayedCase[]>()
  for (const one of [...cases].sort((x, y) => x.firstMs - y.firstMs)) {
    const group = groups.get(one.identity_uid)
    if (group === undefined) groups.set(one.identity_uid, [one])
    else group.push(one)
  }
  return groups
}

/** Bits are told apart as revisions are: by whole ones. */
function differencesOf(a: ReplayedCase, b: ReplayedCase): CaseChange['differs'] {
  return [
    ...(a.severity === b.severity ? [] : (['severity'] as const)),
    ...(a.disposition === b.disposition ? [] : (['disposition'] as const)),
    ...(Math.floor(a.score) === Math.floor(b.score) ? [] : (['bits'] as const)),
    ...(a.finding_uid === b.finding_uid ? [] : (['opening'] as const)),
  ]
}

function scoreOf({ a, b }: CaseChange): number {
  return Math.max(a?.score ?? Number.NEGATIVE_INFINITY, b?.score ?? Number.NEGATIVE_INFINITY)
}

function uidOf({ a, b }: CaseChange): string {
  return (a ?? b)!.finding_uid
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareCases } from './compare-cases.ts'
import type { ReplayedCase } from './replayed-cases.ts'

function caseOf(given: Partial<ReplayedCase>): ReplayedCase {
  return {
    finding_uid: 'f1',
    identity_uid: 'id-1',
    firstMs: 0,
    lastMs: 10,
    score: 9.2,
    severity: 'Low',
    disposition: 'digest',
    reason: '',
    title: '',
    words: '',
    ...given,
  }
}

test('cases are the same within a bit, and changed by severity, disposition and whole bits', () => {
  const same = compareCases([caseOf({})], [caseOf({ score: 9.9 })])
  expect(same).toEqual({ same: 1, new: 0, gone: 0, changed: 0, changes: [] })
  const changed = compareCases([caseOf({})], [caseOf({ score: 10, severity: 'High', disposition: 'page' })])
  expect(changed.changes[0]?.differs).toEqual(['severity', 'disposition', 'bits'])
})

test('a case that another event opens is known by its identity and time', () => {
  const a = [caseOf({ finding_uid: 'a1' }), caseOf({ finding_uid: 'a2', firstMs: 50, lastMs: 60 })]
  const b = [
    caseOf({ finding_uid: 'b1', firstMs: 5, lastMs: 12 }),
    caseOf({ finding_uid: 'b2', identity_uid: 'id-2', firstMs: 50, lastMs: 60 }),
  ]
  const { changes, ...counts } = compareCases(a, b)
  expect(counts).toEqual({ same: 0, new: 1, gone: 1, changed: 1 })
  expect(changes.find(({ change }) => change === 'changed')).toMatchObject({
    differs: ['opening'],
    a: { finding_uid: 'a1' },
    b: { finding_uid: 'b1' },
  })
})

const cases = fc
  .uniqueArray(
    fc.record({
      finding_uid: fc.integer({ min: 0, max: 30 }).map(String),
      identity_uid: fc.integer({ min: 0, max: 4 }).map(String),
      firstMs: fc.integer({ min: 0, max: 50 }),
      score: fc.integer({ min: 0, max: 3 }),
    }),
    { selector: (one) => one.finding_uid },
  )
  .map((list) => list.map((one) => caseOf({ ...one, lastMs: one.firstMs + 5 })))

test('every case of either run is counted once', () => {
  fc.assert(
    fc.property(cases, cases, (a, b) => {
      const { same, new: more, gone, changed, changes } = compareCases(a, b)
      expect(same + changed + gone).toBe(a.length)
      expect(same + changed + more).toBe(b.length)
      expect(changes.length).toBe(more + gone + changed)
      expect(compareCases(a, a).changes).toEqual([])
    }),
  )
})

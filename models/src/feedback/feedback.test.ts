import { textSha256 } from '@ostiary/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createDesk } from '../desk/desk.ts'
import { Feedback, type LabelledCase, type Suppression, suppresses, verdicts } from './feedback.ts'

const dayMs = 86_400_000

const caseArbitrary: fc.Arbitrary<LabelledCase> = fc
  .record({
    identity_uid: fc.constantFrom('id-1', 'id-2'),
    first_ms: fc.integer({ min: 0, max: 5 * dayMs }),
    lasts: fc.integer({ min: 0, max: dayMs }),
    verdict: fc.constantFrom(...verdicts),
  })
  .map(({ lasts, ...one }) => ({ ...one, last_ms: one.first_ms + lasts }))

function rule(given: Partial<Suppression> = {}): Suppression {
  return {
    epoch: 12,
    identity_uid: '',
    team: '',
    detection: '',
    severity_max: '',
    policies: [],
    owner: 'ada',
    reason: 'a test of the alarm',
    until_ms: 10 * dayMs,
    ...given,
  }
}

const suppressionArbitrary = fc.nat(9).map((epoch) => rule({ epoch, identity_uid: `id-${epoch}` }))
const bodyArbitrary = fc.record({
  cases: fc.array(caseArbitrary, { maxLength: 8 }),
  suppressions: fc.uniqueArray(suppressionArbitrary, { selector: ({ epoch }) => epoch, maxLength: 5 }),
})

test('the same said in any order, or twice, is one body under one hash', () => {
  fc.assert(
    fc.property(bodyArbitrary, fc.nat(), ({ cases, suppressions }, turn) => {
      const feedback = new Feedback({ cases, suppressions })
      const at = turn % (cases.length + 1)
      const other = new Feedback({
        cases: [...cases.slice(at), ...cases.slice(0, at), ...cases.slice(at)],
        suppressions: [...suppressions].reverse(),
      })
      expect(other.id).toBe(feedback.id)
      expect(other.canonicalText()).toBe(feedback.canonicalText())
      const again = Feedback.parse(feedback.canonicalText())
      expect(again.canonicalText()).toBe(feedback.canonicalText())
      const isEmpty = cases.length + suppressions.length === 0
      expect(again.id).toBe(isEmpty ? '' : textSha256(feedback.canonicalText()))
      for (const { identity_uid, first_ms } of cases)
        expect(again.verdictAt(identity_uid, first_ms)).toBe(feedback.verdictAt(identity_uid, first_ms))
    }),
  )
})

test('a verdict is that of the case which the time lies in; of several, the most careful', () => {
  const labelled = (verdict: LabelledCase['verdict'], first_ms: number, last_ms: number): LabelledCase => {
    return { identity_uid: 'id-1', first_ms, last_ms, verdict }
  }
  const cases = [labelled('benign', 10, 30), labelled('expected', 20, 30), labelled('true_positive', 30, 2 * dayMs)]
  const feedback = new Feedback({ cases, suppressions: [] })
  const at = (timeMs: number): string | undefined => feedback.verdictAt('id-1', timeMs)
  expect([9, 10, 20, 30, 31, 2 * dayMs + 1].map(at)).toEqual([
    undefined,
    'benign',
    'expected',
    'true_positive',
    'true_positive',
    undefined,
  ])
  expect(feedback.verdictAt('id-2', 20)).toBeUndefined()
  expect([0, 1, 2, 3].map((day) => feedback.isConfirmedDay('id-1', day))).toEqual([true, true, true, false])
})

test('what is damaged or of another version is no feedback', () => {
  for (const text of [
    'null',
    '{"version":2,"cases":[],"suppressions":[]}',
    '{"version":1,"cases":[{}],"suppressions":[]}',
    '{"version":1,"cases":[],"suppressions":[{"epoch":1}]}',
    '{"version":1,"cases":[]',
  ])
    expect(() => Feedback.parse(text), text).toThrow()
})

const finding = {
  finding_uid: 'f-1',
  identity_uid: 'id-1',
  team: 'payments',
  time: 3 * dayMs,
  score: 20,
  always: true,
  policies: ['root_used'],
  severity: 'High' as const,
  reasons: [{ detection: 'new_country' }, { detection: 'first_action' }],
}

test('a rule matches all of its scope, until it ends', () => {
  for (const scope of [
    { identity_uid: 'id-1' },
    { team: 'payments' },
    { detection: 'first_action' },
    { identity_uid: 'id-1', team: 'payments', detection: 'new_country' },
    { identity_uid: 'id-1', severity_max: 'High', policies: ['root_used', 'audit_disabled'] },
  ] satisfies Partial<Suppression>[])
    expect(suppresses(rule(scope), finding), JSON.stringify(scope)).toBe(true)
  for (const scope of [
    { identity_uid: 'id-2' },
    { team: 'sales' },
    { detection: 'travel' },
    { identity_uid: 'id-1', detection: 'travel' },
    { identity_uid: 'id-1', severity_max: 'Medium', policies: ['root_used'] },
    { identity_uid: 'id-1', severity_max: 'Critical', policies: [] },
    { identity_uid: 'id-1', until_ms: finding.time },
  ] satisfies Partial<Suppression>[])
    expect(suppresses(rule(scope), finding), JSON.stringify(scope)).toBe(false)
})

test('the desk keeps a matching case quiet, says who and why, and pages it once the rule is gone or has ended', () => {
  const desk = createDesk({ alertsPerDay: 5, pageBits: 10, casesMax: 10 })
  const state = desk.init()
  const disposed = (suppressions: readonly Suppression[], time: number): string => {
    const [alert] = desk.step(state, { finding: { ...finding, time } as never, suppressions })
    return `${alert!.disposition}: ${alert!.disposition_reason}`
  }
  const rules = [rule({ identity_uid: 'id-1' })]
  expect(disposed(rules, 3 * dayMs)).toBe(
    'suppressed: suppressed by ada until 1970-01-11T00:00Z (#12): a test of the alarm',
  )
  expect(disposed([rule({ severity_max: 'High', policies: ['root_used'] })], 3 * dayMs)).toBe(
    'suppressed: expected until 1970-01-11T00:00Z, says ada (#12): a test of the alarm',
  )
  expect(disposed([], 3 * dayMs)).toMatch(/^page: /)
  expect(disposed(rules, 3 * dayMs)).toMatch(/^page: /)
  const later = desk.init()
  const [ended] = desk.step(later, { finding: { ...finding, time: 10 * dayMs } as never, suppressions: rules })
  expect(ended!.disposition).toBe('page')
})

import type { EventScore, ScoringModel } from '@ostiary/models'
import { expect, test } from 'vitest'
import { defaultGateLimits, PromotionGates } from './promotion-gates.ts'
import type { GateResult } from './rollout.ts'

const pageBits = 10
const model = { pageBits: () => pageBits } as unknown as ScoringModel
const dayMs = 86_400_000

/** Scores as a model would give that keeps its promise: of 2^b events one has b bits or more. */
function scoresOf(count: number, shift: number): number[] {
  return Array.from({ length: count }, (_, index) => Math.log2(count / (index + 1)) + shift)
}

function judged(given: {
  readonly candidate: readonly number[]
  readonly champion?: readonly number[]
  readonly attacks?: Readonly<Record<number, string>>
  readonly alertsPerDay?: number
}): Record<string, GateResult> {
  const labels = new Map(
    Object.entries(given.attacks ?? {}).map(([index, label]) => [`e-${index}`, { label, kind: '' }]),
  )
  const limits = { ...defaultGateLimits, alertsPerDay: given.alertsPerDay ?? 10 }
  const gates = new PromotionGates(model, model, limits, labels)
  const scoreOf = (score: number, index: number, all: readonly number[]): EventScore =>
    ({
      event: { event_uid: `e-${index}`, time: (index / all.length) * 10 * dayMs, identity: { uid: `id-${index}` } },
      score,
    }) as unknown as EventScore
  for (const [index, score] of (given.champion ?? given.candidate).entries())
    gates.takeChampion(scoreOf(score, index, given.candidate))
  for (const [index, score] of given.candidate.entries()) gates.takeCandidate(scoreOf(score, index, given.candidate))
  return Object.fromEntries(gates.results().map((result) => [result.gate, result]))
}

const many = 102_400

test('a model that keeps its promise passes', () => {
  const results = judged({ candidate: scoresOf(many, 0) })
  expect(results['alerts_per_day']).toMatchObject({
    passed: true,
    detail: expect.stringContaining('10.0 a day over 10.0'),
  })
  expect(results['calibration']).toMatchObject({ passed: true })
  expect(results['labelled_recall']).toBeUndefined()
})

test('one whose bits are off is refused either way, and says by how much', () => {
  for (const [shift, words] of [
    [1.3, 'too many'],
    [-1.3, 'too few'],
  ] as const) {
    const { calibration } = judged({ candidate: scoresOf(many, shift) })
    expect(calibration).toMatchObject({ passed: false, detail: expect.stringContaining(words) })
    expect(calibration!.detail).toMatch(/^off by 1\.[23]\d? bits/)
  }
  expect(judged({ candidate: scoresOf(many, 0.7) })['calibration']).toMatchObject({ passed: true })
})

test('one that pages far more or far less than the budget is refused', () => {
  const candidate = scoresOf(many, 0)
  for (const alertsPerDay of [5, 25])
    expect(judged({ candidate, alertsPerDay })['alerts_per_day']).toMatchObject({ passed: false })
  for (const alertsPerDay of [7, 19])
    expect(judged({ candidate, alertsPerDay })['alerts_per_day']).toMatchObject({ passed: true })
})

test('one that finds fewer labelled attacks than the one in force is refused, and attacks count as no calibration', () => {
  const candidate = scoresOf(many, 0)
  const attacks = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [index, `attack-${index % 20}`]))
  expect(judged({ candidate, attacks })['labelled_recall']).toMatchObject({
    passed: true,
    detail: '20 of 20 labelled attacks found, 20 by the one in force',
  })
  const less = candidate.map((score, index) => (index % 20 < 2 && index < 40 ? 1 : score))
  expect(judged({ candidate: less, champion: candidate, attacks })['labelled_recall']).toMatchObject({
    passed: false,
    detail: '18 of 20 labelled attacks found, 20 by the one in force',
  })
})

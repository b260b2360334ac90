import { expect, test } from 'vitest'
import { defaultGateLimits, promotionGates } from './promotion-gates.ts'
import type { GateResult } from './rollout.ts'

const pageBits = 10
const days = 10
const events = 102_400

/** Events at so many bits or more as a model would have them that keeps its promise, but for a shift. */
function tailOf(shift: number): number[] {
  return Array.from({ length: 33 }, (_, bits) => Math.round(events * 2 ** Math.min(0, shift - bits)))
}

function judged(given: {
  readonly shift?: number
  readonly cases?: number
  readonly alertsPerDay?: number
  /** Scores of labelled attacks, by the model in force and by the candidate. */
  readonly attacks?: readonly (readonly [number, number])[]
}): Record<string, GateResult> {
  const { shift = 0, cases = 100, alertsPerDay = 10, attacks = [] } = given
  const results = promotionGates(
    {
      from: '2026-01-01T00:00:00.000Z',
      until: '2026-01-11T00:00:00.000Z',
      events: events + attacks.length,
      labelled: attacks.length,
      attacks: attacks.map((scores, index) => {
        return {
          label: `a-${index}`,
          kind: '',
          events: 1,
          found: scores.map((score) => ({ disposition: 'digest', score })),
        }
      }),
      runs: [
        { pageBits, overThreshold: 120, tail: tailOf(0) },
        { pageBits, overThreshold: cases, tail: tailOf(shift) },
      ],
    },
    { ...defaultGateLimits, alertsPerDay },
  )
  return Object.fromEntries(results.map((result) => [result.gate, result]))
}

test('a model that keeps its promise passes', () => {
  const results = judged({})
  expect(results['alerts_per_day']).toEqual({
    gate: 'alerts_per_day',
    passed: true,
    detail: `10.0 a day over ${days}.0 days, 5.0 to 15.0 expected of a budget of 10; the one in force 12.0`,
  })
  expect(results['calibration']).toMatchObject({ passed: true })
  expect(results['labelled_recall']).toBeUndefined()
})

test('one whose bits are off is refused either way, and says by how much', () => {
  for (const [shift, words] of [
    [1.3, 'too many'],
    [-1.3, 'too few'],
  ] as const) {
    const { calibration } = judged({ shift })
    expect(calibration).toMatchObject({ passed: false, detail: expect.stringContaining(words) })
    expect(calibration!.detail).toMatch(/^off by 1\.30 bits/)
  }
  expect(judged({ shift: 0.7 })['calibration']).toMatchObject({ passed: true })
})

test('one that pages far more or far less than the budget is refused', () => {
  for (const alertsPerDay of [5, 25])
    expect(judged({ alertsPerDay })['alerts_per_day']).toMatchObject({ passed: false })
  for (const alertsPerDay of [7, 19]) expect(judged({ alertsPerDay })['alerts_per_day']).toMatchObject({ passed: true })
})

test('one that finds fewer labelled attacks than the one in force is refused', () => {
  const attacks = Array.from({ length: 20 }, () => [pageBits, pageBits] as const)
  expect(judged({ attacks })['labelled_recall']).toMatchObject({
    passed: true,
    detail: '20 of 20 labelled attacks found, 20 by the one in force',
  })
  const less = attacks.map((scores, index) => (index < 2 ? ([pageBits, 9.9] as const) : scores))
  expect(judged({ attacks: less })['labelled_recall']).toMatchObject({
    passed: false,
    detail: '18 of 20 labelled attacks found, 20 by the one in force',
  })
})

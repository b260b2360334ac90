import { expect, it } from 'vitest'
import { type BudgetResult, budgets, type Evaluation } from './evaluate.ts'
import {
  type DetectorName,
  type DetectorResult,
  gainOf,
  hardNegativesTable,
  qualityRow,
  totalOf,
} from './quality-rows.ts'

function result(trace: string, detector: DetectorName, found: readonly string[]): DetectorResult {
  const budget: BudgetResult = {
    alerts: 10,
    found,
    foundStrict: found,
    byVariant: { own_ip: { found: found.length, of: 4 } },
    precision: found.length / 10,
    falseAlerts: 10 - found.length,
    falseAlertsOnHardNegatives: { travel: 2 },
    falseAlertsElsewhere: 8 - found.length,
    medianSecondsToDetect: 0,
  }
  const evaluation: Evaluation = {
    scoredEvents: 100,
    attackEvents: 4,
    identities: 10,
    days: 1,
    attacks: 4,
    units: 50,
    eventPrAuc: found.length / 4,
    apiMatchedAuc: 0.5,
    apiMatchedAucByVariant: {},
    apiUnmatchedAttackEvents: 0,
    budgets: Object.fromEntries(budgets.map((name) => [name, budget])) as Evaluation['budgets'],
  }
  return { trace, detector, evaluation, attacks: ['A1', 'A2', 'A3', 'A4'] }
}

// The same name of an attack in two traces means two attacks.
const results = [
  result('a', 'trained', ['A1', 'A2', 'A3']),
  result('a', 'without', ['A1']),
  result('b', 'trained', ['A2']),
  result('b', 'without', ['A1', 'A2']),
]

it('adds up over traces', () => {
  const { row, record } = totalOf(results, 'trained')
  expect(record).toMatchObject({ attacks: 8, found: { 5: 4, 10: 4, 50: 4 }, precisionAt10: 0.2, eventPrAucMean: 0.5 })
  expect(record.interval.at10.low).toBeLessThan(4)
  expect(record.interval.at10.high).toBeGreaterThan(4)
  expect(row[4]).toBe('4/8')
  expect(qualityRow(results[0]!).slice(0, 5)).toEqual(['trained, a', '3', '3', '3', '3/4'])
})

it('pairs two detectors attack by attack within a trace', () => {
  const { at10 } = gainOf(results, 'trained', 'without')
  expect(at10).toMatchObject({ gained: 2, lost: 1 })
  expect(at10.text).toMatch(/^\+1 \(\+2 −1; 90 % -?\d+–\d+\)$/)
})

it('tells false alerts by what went on', () => {
  expect(hardNegativesTable(results).slice(0, 2)).toEqual([
    ['detector', 'alerts', 'false', 'travel', 'elsewhere'],
    ['trained', '20', '16', '4', '12'],
  ])
})

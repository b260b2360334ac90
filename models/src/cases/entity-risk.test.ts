import { expect, test } from 'vitest'
import { addRisk, newEntityRisk, riskAt, riskBitsMin, riskFloorBits, riskReason, riskScaleMs } from './entity-risk.ts'

const hourMs = 3_600_000

test('a slow campaign adds up where no event stands out', () => {
  const risk = newEntityRisk()
  let bits = 0
  for (let hour = 0; hour < 12; hour++) bits = addRisk(risk, hour * hourMs, riskFloorBits + 5)
  expect(bits).toBeGreaterThan(riskBitsMin)
  expect(riskReason(bits)).toMatchObject({ detection: 'entity_risk', bits: 0 })
  expect(riskReason(bits)!.words).toMatch(/^strange events of this identity add up to 4\d bits within about a day$/)
})

test('everyday events add nothing, however many', () => {
  const risk = newEntityRisk()
  for (let i = 0; i < 10_000; i++) addRisk(risk, i * 1000, riskFloorBits)
  expect(risk.bits).toBe(0)
  expect(riskReason(risk.bits)).toBeUndefined()
})

test('fades with event time, never backwards', () => {
  const risk = newEntityRisk()
  addRisk(risk, 100 * hourMs, riskFloorBits + 30)
  expect(riskAt(risk, 100 * hourMs + riskScaleMs)).toBeCloseTo(30 / Math.E, 10)
  expect(riskAt(risk, 50 * hourMs)).toBe(30)
  expect(addRisk(risk, 50 * hourMs, riskFloorBits + 1)).toBe(31)
  expect(risk.timeMs).toBe(100 * hourMs)
})

test('is below what is told after two quiet days', () => {
  const risk = newEntityRisk()
  addRisk(risk, 0, riskFloorBits + 100)
  expect(riskReason(riskAt(risk, 48 * hourMs))).toBeUndefined()
})

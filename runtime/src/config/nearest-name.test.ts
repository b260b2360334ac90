import { expect, it } from 'vitest'
import { nearestName } from './nearest-name.ts'

const known = ['alertsPerDay', 'caseGapMs', 'caseMaxMs', 'names', 'tenant']

it.each([
  ['alerts_per_day', 'alertsPerDay'],
  ['ALERTS-PER-DAY', 'alertsPerDay'],
  ['alertPerDay', 'alertsPerDay'],
  ['alertsPerDays', 'alertsPerDay'],
  ['tennant', 'tenant'],
  ['caseGap', 'caseGapMs'],
  ['name', 'names'],
])('%s is near %s', (name, near) => {
  expect(nearestName(name, known)).toBe(near)
})

it.each(['', 'x', '__proto__', 'colour', 'kafka', '-', 'z'.repeat(100_000)])('%.20s is near none', (name) => {
  expect(nearestName(name, known)).toBeUndefined()
})

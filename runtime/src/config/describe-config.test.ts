import { expect, it } from 'vitest'
import { describeConfig } from './describe-config.ts'

it('describes every setting once, with its variable and flag', () => {
  const rows = describeConfig()
  expect(rows.find(({ key }) => key === 'alertsPerDay')).toEqual({
    key: 'alertsPerDay',
    type: 'a number from 0 to 10000',
    default: '10',
    env: 'OSTIARY_ALERTS_PER_DAY',
    flag: '--alerts-per-day',
    description: expect.stringMatching(/^Pages a day/),
    changesAnswers: true,
  })
  expect(rows.find(({ key }) => key === 'reorderMs')).toMatchObject({
    default: '15m',
    env: 'OSTIARY_REORDER_MS',
    flag: '--reorder',
  })
  for (const column of ['key', 'env', 'flag', 'description'] as const)
    expect(new Set(rows.map((row) => row[column])).size).toBe(rows.length)
  for (const { description } of rows) expect(description).toMatch(/^[A-Z].*\.$/)
})

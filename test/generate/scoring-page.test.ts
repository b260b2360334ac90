import { expect, test } from 'vitest'
import { scoringPage } from './scoring-page.ts'
import { rankNumbers } from './scoring-tables.ts'

test('the formulas of the page state the numbers of the rank', () => {
  const { noise, impact, policy, policyMax, mass } = rankNumbers()
  const text = scoringPage()
  expect(text).toContain(`g   = 1 − exp(−m / ${mass})`)
  expect(text).toContain(`− ${noise} · ν)`)
  expect(text).toContain(`I      = g · (${impact} · action + ${policy} · min(policy, ${policyMax}))`)
})

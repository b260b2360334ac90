import { readFileSync } from 'node:fs'
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

test('the page states the weight of the autoencoder in the model that ships', () => {
  const manifest = new URL('../../models/artefacts/starter/manifest.json', import.meta.url)
  const { autoencoderWeight } = JSON.parse(readFileSync(manifest, 'utf8')) as { autoencoderWeight: number }
  expect(scoringPage()).toContain(`(${autoencoderWeight} in those that \`ostiary train\` writes)`)
})

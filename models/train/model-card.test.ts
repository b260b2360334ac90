import { describe, expect, it } from 'vitest'
import { type ModelCardFacts, modelCard } from './model-card.ts'

const bits = { values: [1.25, 2.5, 3.75], bits: [1, 1.25, 2], tail: { scale: 0.5, shape: 0.125 }, samples: 4321 }
const facts: ModelCardFacts = {
  trainedFromMs: Date.UTC(2026, 0, 2),
  trainedUntilMs: Date.UTC(2026, 1, 3, 4, 5, 6),
  events: 240_000,
  identities: 57,
  rows: { trained: 175_000, heldBack: 25_000 },
  inputs: [
    { id: 'new_value.action', weight: 1 },
    { id: 'context.gate', weight: 0 },
  ],
  architecture: { widths: [2, 1, 2], activations: ['tanh', 'linear'] },
  making: [
    ['seed', '7'],
    ['backend', 'wasm'],
  ],
  history: [
    { epoch: 1, loss: 0.0512345, heldBack: 0.061 },
    { epoch: 2, loss: 0.025 },
  ],
  autoencoderWeight: 0.25,
  calibration: { score: bits, surprise: bits, autoencoder: bits },
  reliability: [
    {
      name: 'later half',
      events: 1700,
      points: [
        { stated: 1, seen: 1.05 },
        { stated: 2, seen: 1.75 },
      ],
    },
  ],
  versions: { ostiary: '0.1.0', 'tfjs-layers': '4.22.0' },
  hashes: { 'model.json': 'a'.repeat(64), 'weights.bin': 'b'.repeat(64) },
}

describe('model card', () => {
  it('tells every fact', () => {
    const card = modelCard(facts)
    for (const row of [
      '| first event | 2026-01-02T00:00:00.000Z |',
      '| last event | 2026-02-03T04:05:06.000Z |',
      '| events | 240000 |',
      '| identities | 57 |',
      '| rows the autoencoder was trained on | 175000 |',
      '| rows held back from it | 25000 |',
      '| 0 | `new_value.action` | 1 |',
      '| 1 | `context.gate` | 0 |',
      '| widths of layers | 2 → 1 → 2 |',
      '| activations | tanh, linear |',
      '| weights | 7 |',
      '| seed | 7 |',
      '| backend | wasm |',
      '| 1 | 0.05123 | 0.06100 |',
      '| 2 | 0.02500 |  |',
      '| later half | 1700 | 2 | 0.25 |',
      '| score | 1 | 1.250 | 2 |',
      '| autoencoder | 2 | 3.750 | 4 |',
      '| surprise | nats of the rank without impact | 4321 | 0.5000 | 0.1250 |',
      '| tfjs-layers | 4.22.0 |',
      `| model.json | \`${'a'.repeat(64)}\` |`,
      `| weights.bin | \`${'b'.repeat(64)}\` |`,
    ])
      expect(card.split('\n')).toContain(row)
    expect(card).toContain('times 0.25 nats')
    expect(card).not.toContain('1.25 |')
  })

  it('has every section', () => {
    const heads = modelCard(facts).match(/^## .*/gm)
    expect(heads).toEqual([
      '## What it is',
      '## Intended use',
      '## Data',
      '## Inputs',
      '## Network and training',
      '## Loss',
      '## Calibration',
      '## On data held back',
      '## Limits',
      '## Versions',
      '## Files',
    ])
  })

  it('says so where nobody told the loss of an imported network', () => {
    expect(modelCard({ ...facts, history: [] })).toContain('did not tell')
  })

  it('keeps its tables whole, whatever it is told', () => {
    const card = modelCard({ ...facts, versions: { 'a|b\nc': '1\\<script>' } })
    expect(card.split('\n')).toContain('| a\\|b c | 1\\\\\\<script> |')
  })
})

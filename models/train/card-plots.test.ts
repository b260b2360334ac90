import { expect, it } from 'vitest'
import { cardPlots } from './card-plots.ts'
import type { EpochLoss } from './fit-autoencoder.ts'
import type { ModelEvidence } from './model-evidence.ts'

const bins = { from: 0, step: 0.5, series: [{ name: 'rows trained on', count: 4, shares: [0.25, 0.75] }] }
const evidence: ModelEvidence = {
  errors: bins,
  scores: { ...bins, series: [] },
  reliability: [
    {
      name: 'later half',
      events: 2000,
      points: [
        { stated: 1, seen: 1.5 },
        { stated: 2, seen: 2 },
      ],
    },
  ],
}
const history: readonly EpochLoss[] = [
  { epoch: 1, loss: 0.02, heldBack: 0.03 },
  { epoch: 2, loss: 0.01, heldBack: 0.02 },
]
const svg = cardPlots(history, evidence)

it('draws a line for each series, and says what it is', () => {
  expect(svg.match(/<polyline /g)).toHaveLength(4)
  for (const text of ['Loss', 'rows held back', 'Reconstruction error', 'Scores', 'Reliability of bits', 'later half'])
    expect(svg, text).toContain(`>${text}</text>`)
})

it('lower values lie lower, within the picture', () => {
  const lines = [...svg.matchAll(/<polyline points="([^"]+)"/g)].map(([, points]) =>
    points!.split(' ').map((point) => point.split(',').map(Number) as [number, number]),
  )
  const [trained, heldBack] = lines as [[number, number][], [number, number][]]
  expect(trained[0]![1]).toBeLessThan(trained[1]![1])
  expect(heldBack[1]![1]).toBe(trained[0]![1])
  for (const [x, y] of lines.flat()) {
    expect(x).toBeGreaterThanOrEqual(0)
    expect(x).toBeLessThanOrEqual(440)
    expect(y).toBeGreaterThanOrEqual(0)
    expect(y).toBeLessThanOrEqual(300)
  }
})

it('says so where there is nothing to show, and holds no script, link or broken number', () => {
  expect(svg.match(/nothing to show/g)).toHaveLength(1)
  const empty = cardPlots([], { errors: { ...bins, series: [] }, scores: { ...bins, series: [] }, reliability: [] })
  expect(empty.match(/nothing to show/g)).toHaveLength(4)
  for (const text of [svg, empty]) expect(text).not.toMatch(/NaN|Infinity|undefined|<script|href/)
})

it('the same facts give the same bytes', () => {
  expect(cardPlots(history, evidence)).toBe(svg)
})

import { type EventScore, signals } from '@ostiary/models'
import type { AccessEvent } from '@ostiary/schemas'
import { expect, test } from 'vitest'
import { createLogger } from '../log/logger.ts'
import { expositionOf } from '../service/exposition.ts'
import { ServiceHealth } from '../service/health-server.ts'
import { createServiceMetrics } from '../service/service-metrics.ts'
import { ScoreTally } from './score-tally.ts'

const health = new ServiceHealth(createLogger({ level: 'silent', service: 'test', version: '0' }))
const metrics = createServiceMetrics(health, 'detector')

function scored(uid: string, score: number, nats: number): EventScore {
  const event = { event_uid: uid } as AccessEvent
  const rest = { surprise: score, impact: 0, autoencoder: 0, scoreNats: 0, surpriseNats: 0, lesson: 'taught' as const }
  return { event, score, nats: new Float64Array(signals.length).fill(nats), ...rest }
}

async function shown(): Promise<string> {
  return expositionOf(await health.registry.getMetricsAsJSON(), 'openmetrics')
}

test('nothing shows before it is told, and what is told is told once', async () => {
  const tally = new ScoreTally()
  tally.add(scored('e-1', 0.5, 0))
  tally.add(scored('e-2', 3.5, 5))
  expect(await shown()).toContain('ostiary_score_bits_count 0\n')
  tally.tell(metrics)
  tally.tell(metrics)
  const text = await shown()
  expect(text).toContain('ostiary_score_bits_count 2\n')
  expect(text).toContain('ostiary_score_exceedances_total{bits="1"} 1\n')
  expect(text).toContain('ostiary_score_exceedances_total{bits="3"} 1\n')
  expect(text).toContain('ostiary_score_exceedances_total{bits="4"} 0\n')
  expect(text).toContain('ostiary_score_exceedances_expected_total{bits="1"} 1\n')
  expect(text).toContain('ostiary_score_exceedances_expected_total{bits="3"} 0.25\n')
  for (const { id } of signals) {
    expect(text).toContain(`ostiary_signal_nats_sum{signal="${id}"} 5\n`)
    expect(text).toContain(`ostiary_signal_nats_bucket{signal="${id}",le="0.5"} 1\n`)
  }
  // The highest score is the example that its bucket shows.
  expect(text).toMatch(/ostiary_score_bits_bucket\{le="4\.0"\} 2 # \{event="e-2"\} 3\.5 /)
})

test('an id too long for an example is left out, not cut', async () => {
  const tally = new ScoreTally()
  tally.add(scored('x'.repeat(200), 27, 0))
  tally.tell(metrics)
  expect(await shown()).not.toContain('xxx')
})

test('drift is of the model in force: another begins anew', () => {
  const tally = new ScoreTally()
  for (let i = 0; i < 3000; i++) tally.add(scored('e', 6, 0))
  expect(tally.drift.score).toBeGreaterThan(1)
  tally.startOver()
  expect(tally.drift).toEqual({ score: undefined, surprise: undefined })
})

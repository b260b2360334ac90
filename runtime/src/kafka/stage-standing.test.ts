import { expect, test } from 'vitest'
import { createLogger } from '../log/logger.ts'
import { ServiceHealth } from '../service/health-server.ts'
import { createServiceMetrics, idsMax } from '../service/service-metrics.ts'
import type { WorkerStanding } from './stage.ts'
import { tellStanding } from './stage-standing.ts'

const health = new ServiceHealth(createLogger({ level: 'silent', service: 'test', version: '0' }))
const metrics = createServiceMetrics(health, 'detector')

function holding(...workers: readonly WorkerStanding[]): void {
  const rest = { stateEntries: 2, stateBytes: 10, snapshotBytes: 5, unsavedMs: 1500 }
  tellStanding(
    metrics,
    workers.map((worker) => ({ standing: () => ({ worker, ...rest }) })),
    0,
  )
}

async function valuesOf(name: string): Promise<readonly { readonly labels: object; readonly value: number }[]> {
  return (await health.registry.getSingleMetric(name)!.get()).values
}

test('adds up over the partitions held; the oldest snapshot and the furthest drift count', async () => {
  holding(
    { identities: 3, drift: { score: 0.1, surprise: undefined } },
    { identities: 4, drift: { score: 0.3, surprise: undefined } },
  )
  expect(await valuesOf('ostiary_identities')).toEqual([{ labels: {}, value: 7 }])
  expect(await valuesOf('ostiary_state_bytes')).toEqual([{ labels: {}, value: 20 }])
  expect(await valuesOf('ostiary_snapshot_age_seconds')).toEqual([{ labels: {}, value: 1.5 }])
  expect(await valuesOf('ostiary_drift_index')).toEqual([{ labels: { of: 'score' }, value: 0.3 }])
})

test('shows the models in force while they are, and never more than a few', async () => {
  const model = (id: string): WorkerStanding => ({ models: [['in_force', id]] })
  holding(model('a'.repeat(64)), model('a'.repeat(64)), model(''))
  expect(await valuesOf('ostiary_model_info')).toEqual([
    { labels: { role: 'in_force', model: 'a'.repeat(12) }, value: 2 },
    { labels: { role: 'in_force', model: 'none' }, value: 1 },
  ])
  holding(
    ...Array.from({ length: 100 }, (_, index) => model(`${index}`.padStart(64, '0').split('').reverse().join(''))),
  )
  expect((await valuesOf('ostiary_model_info')).length).toBe(idsMax)
  holding()
  expect(await valuesOf('ostiary_model_info')).toEqual([])
  expect(await valuesOf('ostiary_identities')).toEqual([{ labels: {}, value: 0 }])
})

import { expect, test } from 'vitest'
import { BucketCounts } from './bucket-counts.ts'
import { BucketedHistogram } from './bucketed-histogram.ts'
import { expositionOf } from './exposition.ts'
import { MetricMaker } from './metric-maker.ts'
import { createRegistry } from './service-registry.ts'

const registry = createRegistry()
const make = new MetricMaker(registry, 'desk')
make.counter(['desk'], 'things_total', 'Things "so\\called"', ['what']).inc({ what: 'a "b"\n\\c' }, 2)
make.gauge(['desk'], 'level', 'How high').set(Number.POSITIVE_INFINITY)
make.gauge(['detector'], 'elsewhere', 'Of another service').set(1)
const waits = make.histogramOfThings(['desk'], 'wait_seconds', 'Waits', [0.5, 2])
waits.observe({ value: 1.5, exemplarLabels: { event: 'e-1' } })
waits.observe({ value: 9 })
const signals = new BucketedHistogram([registry], {
  ...{ name: 'nats', help: 'By signal', label: 'signal' },
  ...{ values: ['a', 'b'], buckets: [1, 2] },
})

const bodyOf = async (format: 'prometheus' | 'openmetrics'): Promise<string> =>
  expositionOf(await registry.getMetricsAsJSON(), format)

test("Prometheus's own text has counters under their whole name, and no exemplars", async () => {
  const text = await bodyOf('prometheus')
  expect(text).toContain('# TYPE things_total counter\nthings_total{what="a \\"b\\"\\n\\\\c"} 2\n')
  expect(text).toContain('level +Inf\n')
  expect(text).toContain('wait_seconds_bucket{le="2"} 1\n')
  expect(text).not.toMatch(/# \{|EOF|elsewhere/)
})

test('OpenMetrics has families without their suffix, bounds as numbers, exemplars and an end', async () => {
  const text = await bodyOf('openmetrics')
  expect(text).toContain('# TYPE things counter\nthings_total{')
  expect(text).toMatch(/^wait_seconds_bucket\{le="2\.0"\} 1 # \{event="e-1"\} 1\.5 \d+(\.\d+)?$/m)
  expect(text).toMatch(/^wait_seconds_bucket\{le="0\.5"\} 0$/m)
  expect(text.endsWith('\n# EOF\n')).toBe(true)
})

test('counts taken over in bulk show as any histogram does, and are taken once', async () => {
  const counts = new BucketCounts([1, 2])
  for (const value of [0, 1, 1.5, 7]) counts.add(value)
  signals.take('a', counts)
  signals.take('a', counts)
  const text = await bodyOf('prometheus')
  const lines = text.split('\n').filter((line) => line.startsWith('nats'))
  expect(lines.filter((line) => line.includes('signal="a"'))).toEqual([
    'nats_bucket{signal="a",le="1"} 2',
    'nats_bucket{signal="a",le="2"} 3',
    'nats_bucket{signal="a",le="+Inf"} 4',
    'nats_sum{signal="a"} 9.5',
    'nats_count{signal="a"} 4',
  ])
  expect(lines).toContain('nats_count{signal="b"} 0')
})

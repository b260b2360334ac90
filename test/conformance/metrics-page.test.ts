import { readFileSync } from 'node:fs'
import { createLogger } from '@ostiary/runtime'
import { createServiceMetrics, labelBounds, ServiceHealth, type ServiceName, stages } from '@ostiary/runtime/kafka'
import { describe, expect, test } from 'vitest'

/** Series of one service, those of the process among them. deploy/prometheus/prometheus.yml refuses five times as many. */
const seriesMax = 1000

const page = readFileSync(new URL('../../docs/spec/metrics.md', import.meta.url), 'utf8')
const services: readonly ServiceName[] = ['collector', 'enricher', 'detector', 'census', 'desk', 'forwarder']
const log = createLogger({ level: 'silent', service: 'test', version: '0' })

interface Shown {
  readonly name: string
  readonly type: string
  readonly labels: readonly string[]
}

function registryOf(service: ServiceName): ServiceHealth['registry'] {
  const health = new ServiceHealth(log)
  createServiceMetrics(health, service)
  return health.registry
}

async function shownBy(service: ServiceName): Promise<readonly Shown[]> {
  const registry = registryOf(service)
  return (await registry.getMetricsAsJSON())
    .filter(({ name }) => name.startsWith('ostiary_'))
    .map(({ name, type }) => {
      const { labelNames } = registry.getSingleMetric(name) as unknown as { labelNames: readonly string[] }
      return { name, type: String(type), labels: labelNames }
    })
}

const rows = [...page.matchAll(/^\| `(ostiary_\w+)` \| (counter|gauge|histogram) \| ([^|]*)\| ([^|]*) \| \w/gm)].map(
  ([, name, type, labels, at]) => ({
    metric: { name: name!, type: type!, labels: [...labels!.matchAll(/`(\w+)`/g)].map((match) => match[1]!) },
    services: at!
      .split(', ')
      .flatMap((word) => (word === 'all' ? services : word === 'stages' ? stages : [word as ServiceName])),
  }),
)

test.each(services)(
  'docs/spec/metrics.md lists what the %s shows, with type and labels, and nothing else',
  async (of) => {
    const listed = rows.filter(({ services: at }) => at.includes(of)).map(({ metric }) => metric)
    expect(listed.length).toBeGreaterThan(4)
    expect(listed).toEqual(await shownBy(of))
  },
)

const labels = rows.flatMap(({ metric: { name, labels: names } }) => names.map((label) => ({ name, label })))

describe('every label', () => {
  test('is bounded, and every bound has its label', () => {
    expect(labels.map(({ name, label }) => `${name} ${label}`).sort()).toEqual(Object.keys(labelBounds).sort())
  })

  test('is named for a kind of thing of which there are few, never for a person, place or key', () => {
    const kinds = ['bits', 'disposition', 'kind', 'model', 'of', 'outcome', 'reason', 'role', 'severity', 'signal']
    expect([...new Set(labels.map(({ label }) => label))].sort()).toEqual(
      [...kinds, 'tables', 'topic', 'version', 'what'].sort(),
    )
  })

  test('that takes fixed values has them listed', () => {
    const elsewhere = ['topic', 'signal']
    for (const { name, label } of labels) {
      const bound = labelBounds[`${name} ${label}`]!
      if (!('values' in bound) || elsewhere.includes(label) || name === 'ostiary_records_rejected_total') continue
      const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` | \`${label}\` |`))
      expect(row, `${name} ${label}`).toBeDefined()
      const given = row!.endsWith('| the same |') ? [] : [...row!.matchAll(/`([\w.]+)`/g)].map((match) => match[1]!)
      if (given.length > 0) expect(given.slice(2), `${name} ${label}`).toEqual(bound.values)
    }
  })
})

test.each(services)(`the %s has at most ${seriesMax} series, whatever comes`, async (of) => {
  const registry = registryOf(of)
  let series = 0
  for (const { name, type, values } of await registry.getMetricsAsJSON()) {
    if (!name.startsWith('ostiary_')) {
      series += values.length
      continue
    }
    const names = labels.filter((label) => label.name === name)
    // Roles and hashes go together: a hash is shown once, whatever its role.
    const free = names.map(({ label }) => labelBounds[`${name} ${label}`]!)
    const ids = free.find((bound) => 'idsMax' in bound)
    const combinations =
      ids !== undefined && 'idsMax' in ids
        ? ids.idsMax
        : free.reduce((product, bound) => product * ('values' in bound ? bound.values.length : 1), 1)
    const each = String(type) === 'histogram' ? await samplesOf(registry, name, combinations) : 1
    series += combinations * each
  }
  expect(series).toBeGreaterThan(30)
  expect(series).toBeLessThanOrEqual(seriesMax)
})

/** Buckets, sum and count of one series of a histogram. */
async function samplesOf(registry: ServiceHealth['registry'], name: string, combinations: number): Promise<number> {
  const metric = registry.getSingleMetric(name) as unknown as { get(): Promise<{ values: readonly unknown[] }> }
  return (await metric.get()).values.length / combinations
}

import { readFileSync } from 'node:fs'
import { createLogger } from '@ostiary/runtime'
import { createServiceMetrics, ServiceHealth } from '@ostiary/runtime/kafka'
import { rejectReasons } from '@ostiary/schemas'
import { expect, test } from 'vitest'

const page = readFileSync(new URL('../../docs/spec/metrics.md', import.meta.url), 'utf8')
const { registry } = new ServiceHealth(createLogger({ level: 'silent', service: 'test', version: '0' }))
createServiceMetrics(registry)
const series = (await registry.getMetricsAsJSON()).filter(({ name }) => name.startsWith('ostiary_'))

test('docs/spec/metrics.md lists every metric with its type and label, and no other', () => {
  const listed = [...page.matchAll(/^\| `(ostiary_\w+)` \| (counter|gauge|histogram) \| (?:`(\w+)` )?\|/gm)]
  const labelsOf = (name: string): readonly string[] =>
    (registry.getSingleMetric(name) as unknown as { labelNames: readonly string[] }).labelNames
  expect(listed.map(([, name, type, label]) => ({ name, type, labels: label === undefined ? [] : [label] }))).toEqual(
    series.map(({ name, type }) => ({ name, type: String(type), labels: labelsOf(name) })),
  )
})

test('docs/spec/metrics.md lists the values of every label that takes fixed ones', () => {
  const fixed = series.flatMap(({ name, type, values }) => {
    const given = values.flatMap(({ labels }) => Object.values(labels)).map(String)
    return String(type) === 'counter' && given.length > 0 ? [[name, given] as const] : []
  })
  expect(fixed.length).toBeGreaterThan(4)
  for (const [name, given] of fixed) {
    if (name === 'ostiary_records_rejected_total') {
      expect(given).toEqual(rejectReasons)
      continue
    }
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\` | \``))
    expect([...(row ?? '').matchAll(/`([\w.]+)`/g)].map((match) => match[1]!).slice(1), name).toEqual(given)
  }
})

import type { MetricObjectWithValues, MetricValue } from 'prom-client'

interface Exemplar {
  readonly labelSet: Readonly<Record<string, string>>
  readonly value: number
  /** Seconds since the Unix epoch. */
  readonly timestamp: number
}

type Shown = MetricValue<string> & { readonly metricName?: string; readonly exemplar?: Exemplar | null }

/** The formats in which metrics are told: Prometheus's own text, and OpenMetrics 1.0.0, which has exemplars too. */
export type ExpositionFormat = 'prometheus' | 'openmetrics'

/**
 * Metrics as text. The library can write either, but writing OpenMetrics renames its counters for good, and a registry is
 * asked for both formats by turns.
 */
export function expositionOf(
  metrics: readonly MetricObjectWithValues<MetricValue<string>>[],
  format: ExpositionFormat,
): string {
  const isOpen = format === 'openmetrics'
  const lines: string[] = []
  for (const { name, help, type, values } of metrics) {
    const isCounter = String(type) === 'counter'
    const family = isOpen && isCounter ? name.replace(/_total$/, '') : name
    lines.push(`# HELP ${family} ${escaped(help)}`, `# TYPE ${family} ${type}`)
    for (const { metricName = name, labels, value, exemplar } of values as readonly Shown[]) {
      const sample = isOpen && isCounter ? `${family}_total` : metricName
      const example = isOpen && exemplar ? exemplarOf(exemplar) : ''
      lines.push(`${sample}${labelsOf(labels, isOpen)} ${numberOf(value)}${example}`)
    }
  }
  return `${lines.join('\n')}\n${isOpen ? '# EOF\n' : ''}`
}

function exemplarOf({ labelSet, value, timestamp }: Exemplar): string {
  return ` # ${labelsOf(labelSet, true)} ${numberOf(value)} ${timestamp}`
}

function labelsOf(labels: Readonly<Partial<Record<string, string | number>>>, isOpen: boolean): string {
  const parts = Object.entries(labels).map(([name, value]) => {
    // Bounds of buckets are floating-point numbers in OpenMetrics, and are compared as text.
    const text = isOpen && name === 'le' && Number.isInteger(value) ? `${value}.0` : escaped(value)
    return `${name}="${text}"`
  })
  return parts.length === 0 ? '' : `{${parts.join(',')}}`
}

function escaped(value: string | number | undefined): string {
  return String(value).replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/"/g, '\\"')
}

function numberOf(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf'
}

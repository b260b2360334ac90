import type { Metric } from 'prom-client'
import { BucketCounts } from './bucket-counts.ts'
import type { ServiceRegistry } from './service-registry.ts'

interface ShownValue {
  readonly metricName: string
  readonly labels: Readonly<Record<string, string | number>>
  readonly value: number
}

/**
 * A histogram over one label whose values are counted elsewhere and taken over in bulk: the library's own looks its series up
 * for every value, which would cost more than scoring the event.
 */
export class BucketedHistogram {
  readonly name: string
  readonly help: string
  readonly type = 'histogram'
  readonly aggregator = 'sum'
  readonly labelNames: readonly string[]
  readonly #series: ReadonlyMap<string, BucketCounts>

  constructor(
    registers: readonly ServiceRegistry[],
    options: {
      readonly name: string
      readonly help: string
      readonly label: string
      readonly values: readonly string[]
      readonly buckets: readonly number[]
    },
  ) {
    this.name = options.name
    this.help = options.help
    this.labelNames = [options.label]
    this.#series = new Map(options.values.map((value) => [value, new BucketCounts(options.buckets)]))
    for (const registry of registers) registry.registerMetric(this as unknown as Metric<string>)
  }

  /** Takes over what was counted for a value of the label. */
  take(value: string, counts: BucketCounts): void {
    this.#series.get(value)?.take(counts)
  }

  async get(): Promise<{ name: string; help: string; type: string; aggregator: string; values: ShownValue[] }> {
    const { name, help, type, aggregator } = this
    const values = [...this.#series].flatMap(([value, counts]) => this.#shown(value, counts))
    return { name, help, type, aggregator, values }
  }

  #shown(value: string, { bounds, counts, sum }: BucketCounts): ShownValue[] {
    const labels = { [this.labelNames[0]!]: value }
    let below = 0
    const buckets = [...counts].map((count, index) => {
      below += count
      return { metricName: `${this.name}_bucket`, labels: { ...labels, le: bounds[index] ?? '+Inf' }, value: below }
    })
    return [
      ...buckets,
      { metricName: `${this.name}_sum`, labels, value: sum },
      { metricName: `${this.name}_count`, labels, value: below },
    ]
  }
}

import { Counter, Gauge, Histogram } from 'prom-client'
import type { ServiceName } from '../kafka/topics.ts'
import { labelBounds } from './metric-labels.ts'
import type { ServiceRegistry } from './service-registry.ts'

/** Makes the metrics of one service. One that the service does not have can be counted in, and is shown nowhere. */
export class MetricMaker {
  readonly #registry: ServiceRegistry
  readonly #service: ServiceName

  constructor(registry: ServiceRegistry, service: ServiceName) {
    this.#registry = registry
    this.#service = service
  }

  counter<Label extends string = never>(
    at: readonly ServiceName[],
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Counter<Label> {
    const made = new Counter<Label>({ name, help, labelNames: [...labelNames], registers: this.registersOf(at) })
    // Known from the start, so that a rate over the first occurrence is not lost.
    for (const labels of startingLabels(name, labelNames)) made.inc(labels as Partial<Record<Label, string>>, 0)
    return made
  }

  gauge<Label extends string = never>(
    at: readonly ServiceName[],
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Gauge<Label> {
    return new Gauge<Label>({ name, help, labelNames: [...labelNames], registers: this.registersOf(at) })
  }

  histogram(at: readonly ServiceName[], name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({ name, help, buckets: [...buckets], registers: this.registersOf(at) })
  }

  /** One whose buckets each name the newest thing that fell into them: an event, an alert, or a record's place. */
  histogramOfThings(at: readonly ServiceName[], name: string, help: string, buckets: readonly number[]): Histogram {
    return new Histogram({
      name,
      help,
      buckets: [...buckets],
      enableExemplars: true,
      registers: this.registersOf(at),
    })
  }

  registersOf(at: readonly ServiceName[]): ServiceRegistry[] {
    return at.includes(this.#service) ? [this.#registry] : []
  }
}

/** Every combination of the values that a metric's labels have from the start; none where one of them has no such list. */
function startingLabels(name: string, labelNames: readonly string[]): readonly Record<string, string>[] {
  if (labelNames.length === 0) return []
  let combined: Record<string, string>[] = [{}]
  for (const label of labelNames) {
    const bound = labelBounds[`${name} ${label}`]
    if (bound === undefined || !('values' in bound) || !bound.fromStart) return []
    combined = combined.flatMap((so) => bound.values.map((value) => ({ ...so, [label]: value })))
  }
  return combined
}

import type { BenchService } from '../bench/kafka/bench-cluster.ts'
import type { Held, SoakSample } from './soak-run.ts'

/** Samples around a moment of which the median is taken, since a single one may fall before or after a collection of garbage. */
const around = 6

/** What a service held at a fifth of a run and at its end. */
export interface Growth {
  readonly service: string
  readonly residentEarly: number
  readonly residentLate: number
  /** The least of the heap near that moment: what is alive, give or take. */
  readonly heapEarly: number
  readonly heapLate: number
  readonly files: number
}

/** At 20 % and at the end, by service. */
export function growthOf(samples: readonly SoakSample[]): Growth[] {
  const names = Object.keys(samples[0]?.held ?? {}) as BenchService[]
  const fifth = Math.floor(samples.length / 5)
  const early = samples.slice(Math.max(0, fifth - around / 2), fifth + around / 2)
  const late = samples.slice(-around)
  return names.map((service) => {
    const of = (some: readonly SoakSample[], pick: (held: Held) => number): number[] =>
      some.map(({ held }) => pick(held[service])).sort((a, b) => a - b)
    const median = (values: readonly number[]): number => values[values.length >> 1] ?? Number.NaN
    return {
      service,
      residentEarly: median(of(early, (held) => held.residentMiB)),
      residentLate: median(of(late, (held) => held.residentMiB)),
      heapEarly: of(early, (held) => held.heapMiB)[0] ?? Number.NaN,
      heapLate: of(late, (held) => held.heapMiB)[0] ?? Number.NaN,
      files: of(late, (held) => held.files).at(-1) ?? Number.NaN,
    }
  })
}

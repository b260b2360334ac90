import { bitsAt, bitsTableOf, exceedancesMin, samplesMin } from '../src/calibration/bits-table.ts'
import { EvenSample } from '../src/calibration/even-sample.ts'
import { isHeldBack } from './held-back.ts'

/** Most scores of each kind that the evidence is made of. */
const scoresMax = 250_000
const bins = 40
/** Share of the values that lie within the bins; the last bin holds those beyond, too. */
const shownShare = 0.999

/** Values of several series, counted in the same bins. */
export interface Histogram {
  /** Where the first bin begins, and how wide each is. */
  readonly from: number
  readonly step: number
  readonly series: readonly {
    readonly name: string
    readonly count: number
    /** Share of the series in each bin. */
    readonly shares: readonly number[]
  }[]
}

/** What bits promise, against what came on data that had no part in them. */
export interface Reliability {
  readonly name: string
  /** Events that were judged. */
  readonly events: number
  /** For whole bits b that 20 events or more should reach: −log2 of the share that did. */
  readonly points: readonly { readonly stated: number; readonly seen: number }[]
}

/** What a model card shows of how a model does on data that it was not made from. */
export interface ModelEvidence {
  /** Roots of the reconstruction errors of rows trained on, and of those held back. */
  readonly errors: Histogram
  /** Scores, in nats, of identities trained on, and of those held back. */
  readonly scores: Histogram
  readonly reliability: readonly Reliability[]
}

/** Gathers scores by who and when, to hold a calibration made of some against the others. */
export class ScoreEvidence {
  readonly #halfMs: number
  readonly #trained = new EvenSample(scoresMax)
  readonly #heldBack = new EvenSample(scoresMax)
  readonly #earlier = new EvenSample(scoresMax)
  readonly #later = new EvenSample(scoresMax)

  /** @param halfMs time at which the later half begins */
  constructor(halfMs: number) {
    this.#halfMs = halfMs
  }

  add(identityUid: string, timeMs: number, nats: number): void {
    const byWho = isHeldBack(identityUid) ? this.#heldBack : this.#trained
    const byTime = timeMs < this.#halfMs ? this.#earlier : this.#later
    byWho.add(nats)
    byTime.add(nats)
  }

  scores(): Histogram {
    return histogram([
      ['identities trained on', this.#trained.values()],
      ['identities held back', this.#heldBack.values()],
    ])
  }

  reliability(): readonly Reliability[] {
    return [
      ...reliabilityOf('identities held back', this.#trained.values(), this.#heldBack.values()),
      ...reliabilityOf('later half', this.#earlier.values(), this.#later.values()),
    ]
  }
}

/** Counts values in bins that all series share; a series without values is left out. */
export function histogram(given: readonly (readonly [string, Float64Array])[]): Histogram {
  const series = given.filter(([, values]) => values.length > 0)
  const all = Float64Array.from(series.flatMap(([, values]) => [...values])).sort()
  const from = all[0] ?? 0
  const until = all[Math.floor((all.length - 1) * shownShare)] ?? 0
  const step = until > from ? (until - from) / bins : 1
  return {
    from,
    step,
    series: series.map(([name, values]) => ({ name, count: values.length, shares: sharesOf(values, from, step) })),
  }
}

function sharesOf(values: Float64Array, from: number, step: number): number[] {
  const counts = Array<number>(bins).fill(0)
  for (const value of values) {
    const bin = Math.min(Math.floor((value - from) / step), bins - 1)
    counts[bin]! += 1
  }
  return counts.map((count) => count / values.length)
}

/** How bits made of some values hold on others; nothing where either are too few. */
export function reliabilityOf(name: string, made: Float64Array, judged: Float64Array): readonly Reliability[] {
  if (made.length < samplesMin || judged.length < samplesMin) return []
  const table = bitsTableOf(made)
  const read = Float64Array.from(judged, (value) => bitsAt(table, value).bits).sort()
  const points: { stated: number; seen: number }[] = []
  for (let stated = 1; judged.length / 2 ** stated >= exceedancesMin; stated++) {
    const reached = read.length - firstFrom(read, stated)
    // None at all is off by more than any figure says.
    if (reached === 0) break
    points.push({ stated, seen: -Math.log2(reached / read.length) })
  }
  return [{ name, events: judged.length, points }]
}

/** Place of the first value of rising ones that is not under a limit. */
function firstFrom(rising: Float64Array, limit: number): number {
  const at = rising.findIndex((value) => value >= limit)
  return at < 0 ? rising.length : at
}

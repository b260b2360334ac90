import { type EventScore, signals } from '@ostiary/models'
import { BitCounts } from './bit-counts.ts'

/** What is kept of an event's score until the other model has scored it too. */
interface Kept {
  readonly score: number
  readonly surprise: number
  readonly autoencoder: number
  /** Place of the signal that reads most; −1 where none reads anything. */
  readonly leading: number
}

/** Quantiles of how far the scores of one model lie from another's, in bits. */
export interface Shift {
  readonly of: string
  readonly events: number
  readonly min: number
  readonly p01: number
  readonly p10: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** How far the scores of model B lie from those of A, over the same events. */
export class ScoreShift {
  readonly #waiting: readonly [Kept[], Kept[]] = [[], []]
  readonly #score = new BitCounts()
  readonly #surprise = new BitCounts()
  readonly #autoencoder = new BitCounts()
  readonly #leading: readonly BitCounts[] = signals.map(() => new BitCounts())

  /** Takes a score of model 0 or 1. Both give theirs in the same order. */
  add(model: 0 | 1, { score, surprise, autoencoder, nats }: EventScore): void {
    this.#waiting[model].push({ score, surprise, autoencoder, leading: leadingOf(nats) })
  }

  /** Compares what both have scored. Called batch by batch, so that no more than a batch waits. */
  settle(): void {
    const [a, b] = this.#waiting
    const both = Math.min(a.length, b.length)
    for (let i = 0; i < both; i++) this.#compare(a[i]!, b[i]!)
    a.splice(0, both)
    b.splice(0, both)
  }

  /** Overall, then of events by the signal that reads most in them, those with most events first. */
  shifts(): readonly Shift[] {
    const bySignal = this.#leading
      .map((counts, index) => shiftOf(`events led by ${signals[index]!.id}`, counts))
      .filter(({ events }) => events > 0)
      .sort((a, b) => b.events - a.events || (a.of < b.of ? -1 : 1))
    return [
      shiftOf('score', this.#score),
      shiftOf('surprise', this.#surprise),
      shiftOf('autoencoder', this.#autoencoder),
      ...bySignal,
    ]
  }

  #compare(a: Kept, b: Kept): void {
    this.#score.add(b.score - a.score)
    this.#surprise.add(b.surprise - a.surprise)
    this.#autoencoder.add(b.autoencoder - a.autoencoder)
    if (a.leading >= 0) this.#leading[a.leading]!.add(b.score - a.score)
  }
}

function leadingOf(nats: Float64Array): number {
  let leading = -1
  for (let i = 0; i < nats.length; i++) if (nats[i]! > (leading < 0 ? 0 : nats[leading]!)) leading = i
  return leading
}

function shiftOf(of: string, counts: BitCounts): Shift {
  return {
    of,
    events: counts.total,
    min: counts.min,
    p01: counts.quantile(0.01),
    p10: counts.quantile(0.1),
    p50: counts.quantile(0.5),
    p90: counts.quantile(0.9),
    p99: counts.quantile(0.99),
    max: counts.max,
  }
}

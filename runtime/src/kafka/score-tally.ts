import { BitsDrift, type EventScore, signals } from '@ostiary/models'
import { BucketCounts } from '../service/bucket-counts.ts'
import { signalBuckets } from '../service/detection-metrics.ts'
import { calibratedBits, type drifting, type ServiceMetrics } from '../service/service-metrics.ts'
import { exemplarOf } from './stage-tally.ts'

/**
 * Counts the scores of a partition until they are committed: how they spread, how often each whole bit is reached, how much
 * each signal is surprised, and whether all that is still what the model was calibrated on.
 */
export class ScoreTally {
  readonly #signals: readonly BucketCounts[] = signals.map(() => new BucketCounts(signalBuckets))
  readonly #drift = { score: new BitsDrift(), surprise: new BitsDrift() }
  #scores: number[] = []
  #highest: { readonly bits: number; readonly event: string } = { bits: -1, event: '' }

  add({ event, score, surprise, nats }: EventScore): void {
    this.#scores.push(score)
    if (score > this.#highest.bits) this.#highest = { bits: score, event: event.event_uid }
    this.#drift.score.add(score)
    this.#drift.surprise.add(surprise)
    for (let i = 0; i < nats.length; i++) this.#signals[i]!.add(nats[i]!)
  }

  /** How far recent scores are from those that the model was calibrated on. */
  get drift(): Readonly<Record<(typeof drifting)[number], number | undefined>> {
    return { score: this.#drift.score.index(), surprise: this.#drift.surprise.index() }
  }

  /** Another model scores from here on. */
  startOver(): void {
    this.#drift.score = new BitsDrift()
    this.#drift.surprise = new BitsDrift()
  }

  tell({ scoreBits, signalNats, scoreExceedances, scoreExceedancesExpected }: ServiceMetrics): void {
    const scores = this.#scores
    if (scores.length === 0) return
    const { bits: highest, event } = this.#highest
    for (const bits of scores)
      scoreBits.observe({ value: bits, exemplarLabels: bits === highest ? exemplarOf({ event }) : {} })
    for (const [index, { id }] of signals.entries()) signalNats.take(id, this.#signals[index]!)
    let expected = scores.length
    for (const bits of calibratedBits) {
      expected /= 2
      scoreExceedancesExpected.labels(String(bits)).inc(expected)
      scoreExceedances.labels(String(bits)).inc(scores.filter((score) => score >= bits).length)
    }
    this.#scores = []
    this.#highest = { bits: -1, event: '' }
  }
}

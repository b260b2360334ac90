import { type EventScore, MapByAge, signals } from '@ostiary/models'

/** Events whose scores are remembered, to say later why one did not alert. */
export const recentScoresMax = 65_536
/** Most signals that are remembered of an event. */
const signalsMax = 5

/** How an event was scored, as far as it is remembered. Bits. */
export interface RecentScore {
  readonly event_id: string
  readonly time: number
  readonly identity: string
  readonly operation: string
  readonly score: number
  readonly surprise: number
  readonly impact: number
  /** The highest readings, highest first: signal and bits. */
  readonly signals: readonly (readonly [string, number])[]
}

/** The last events' scores, bounded: the oldest is forgotten first. Part of a state file. */
export class RecentScores {
  readonly #scores: MapByAge<string, RecentScore> = new MapByAge()

  add({ event, score, surprise, impact, nats }: EventScore): void {
    const read: [string, number][] = []
    for (let i = 0; i < nats.length; i++)
      if (nats[i]! > 0) read.push([signals[i]!.id, Math.round(nats[i]! * Math.LOG2E * 100) / 100])
    read.sort((a, b) => b[1] - a[1])
    this.#scores.set(event.event_uid, {
      event_id: event.event_uid,
      time: event.time,
      identity: event.identity.uid,
      operation: `${event.api.service}:${event.api.operation}`,
      score,
      surprise,
      impact,
      signals: read.slice(0, signalsMax),
    })
    if (this.#scores.size > recentScoresMax) this.#scores.takeOldest()
  }

  encode(): Uint8Array {
    return Buffer.from(JSON.stringify([...this.#scores.values()]), 'utf8')
  }

  restore(bytes: Uint8Array): void {
    this.#scores.clear()
    for (const score of recentScoresOf(bytes).slice(-recentScoresMax)) this.#scores.set(score.event_id, score)
  }
}

/** Reads what `encode` gave. Throws a TypeError when it is something else. */
export function recentScoresOf(bytes: Uint8Array): readonly RecentScore[] {
  const scores: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'))
  if (!Array.isArray(scores)) throw new TypeError('Cannot read recent scores: a list is expected')
  return scores as RecentScore[]
}

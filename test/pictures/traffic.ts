import { setTimeout as sleep } from 'node:timers/promises'
import { simulate } from '@ostiary/runtime'
import type { WatchedServices } from './watched-services.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const seed = 5
/** So many make a few records a second while most of them are at work. */
const identities = 5000
/** It is always this moment of the made-up organisation: a Wednesday on which people work. */
const presentMs = Date.parse('2026-01-07T15:30:00Z')
/** A midnight lies within, so that there is a census. */
const pastMs = 28 * hourMs
/** Attacks begin some hours before the present; so many are kept, to be sent while it is watched. */
const attacksFromMs = 24 * hourMs
const attacksCount = 14
/** How long one of them takes then, however long it took. */
const attackMs = 40_000
const batchRecords = 1000
const beatMs = 500

type Json = Record<string, unknown>
interface Timed {
  readonly timeMs: number
  readonly record: Json
}

/** A made-up organisation: a day of its past at once, then what it does now, with attacks. Its clock is moved to ours. */
export class Traffic {
  readonly #services: WatchedServices
  readonly #events: Iterator<Timed>
  readonly #attacks: Map<string, Timed[]> = new Map()
  #next: Timed | undefined

  constructor(services: WatchedServices, nowMs: number) {
    this.#services = services
    this.#events = this.#ordinary(nowMs - presentMs)
    this.#next = this.#events.next().value as Timed
  }

  /** Sends what has happened so far. @param onSent told how much of the past is sent, from 0 to 1 */
  async past(onSent: (share: number) => void): Promise<void> {
    const beginMs = this.#next!.timeMs
    for (let batch = this.#until(Date.now()); batch.length > 0; batch = this.#until(Date.now())) {
      await this.#send(batch)
      onSent((this.#next!.timeMs - beginMs) / pastMs)
    }
  }

  /** Sends what happens in the time given: ordinary records, attacks, repeats, and what nobody can read. */
  async present(forMs: number, onPassed: (share: number) => void): Promise<void> {
    const beginMs = Date.now()
    const planned = this.#planned(beginMs, forMs)
    for (let beat = 0; Date.now() < beginMs + forMs; beat += 1) {
      const due = planned.filter(({ timeMs }) => timeMs <= Date.now())
      planned.splice(0, due.length)
      const batch = [...this.#until(Date.now()), ...due]
      await this.#send(batch)
      // Senders send again what they think lost, and not all that arrives is a record.
      if (beat % 24 === 7) await this.#send(batch)
      if (beat % 60 === 31) await this.#services.collect(['{"detail-type": "a heartbeat"}', '{"cut off'])
      onPassed((Date.now() - beginMs) / forMs)
      await sleep(beatMs)
    }
  }

  /** The attacks kept, spread over the time given, each as dense as it has to be. */
  #planned(beginMs: number, forMs: number): Timed[] {
    const stories = [...this.#attacks.values()]
    return stories
      .flatMap((story, position) => {
        const firstMs = story[0]!.timeMs
        const lengthMs = Math.max(1, story.at(-1)!.timeMs - firstMs)
        const startMs = beginMs + ((position + 0.5) / stories.length) * (forMs - attackMs)
        const pace = Math.min(1, attackMs / lengthMs)
        return story.map(({ timeMs, record }) => movedTo(record, startMs + (timeMs - firstMs) * pace))
      })
      .sort((a, b) => a.timeMs - b.timeMs)
  }

  /** The records that belong to no attack; the first attacks are put aside. */
  *#ordinary(shiftMs: number): Generator<Timed> {
    const attacks = { fromDay: attacksFromMs / dayMs, perWeek: 500 }
    const startMs = presentMs - pastMs
    for (const { record, timeMs, label } of simulate({ seed, identities, days: 2, startMs, attacks })) {
      const one = movedTo(record as unknown as Json, timeMs + shiftMs)
      if (label === undefined) yield one
      else if (this.#attacks.has(label.attackId)) this.#attacks.get(label.attackId)!.push(one)
      else if (this.#attacks.size < attacksCount) this.#attacks.set(label.attackId, [one])
    }
  }

  #until(timeMs: number): Timed[] {
    const batch: Timed[] = []
    while (this.#next !== undefined && this.#next.timeMs <= timeMs && batch.length < batchRecords) {
      batch.push(this.#next)
      this.#next = this.#events.next().value as Timed | undefined
    }
    return batch
  }

  async #send(batch: readonly Timed[]): Promise<void> {
    if (batch.length > 0) await this.#services.collect(batch.map(({ record }) => JSON.stringify(record)))
  }
}

function movedTo(record: Json, timeMs: number): Timed {
  return { timeMs, record: { ...record, eventTime: new Date(timeMs).toISOString().replace(/\.\d+Z$/, 'Z') } }
}

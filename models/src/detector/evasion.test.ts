import { describe, expect, it } from 'vitest'
import { closeDay } from '../census/census.ts'
import { dayMs, type EventParts, hourMs, minuteMs, startMs, testEvent } from '../detections/test-event.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import { createDetector, type DetectorState } from './detector.ts'
import { defaultDetectorOptions } from './options.ts'

/** Scores are ranks in nats, so that tests see what a calibration would only stretch. */
const plainModel: ScoringModel = {
  ...uncalibratedModel,
  scoreBits: (rank) => ({ bits: rank, extrapolated: false }),
  surpriseBits: (rank) => rank,
}

const habits = ['ListBuckets', 'GetObject', 'PutObject', 'HeadObject', 'GetBucketLocation', 'ListObjects']
const attacker: EventParts = {
  src: { asn: 64_999, country: 'NL', subnet_uid: 'net-9', network_type: 'hosting' },
  user_agent: { family: 'other:1' },
}
const payload: EventParts = {
  api: { service: 'iam', operation: 'CreateAccessKey', access_level: 'permissions' },
}

/** A tenant of colleagues who do the same work, and one victim among them. */
class Tenant {
  readonly #detector = createDetector(
    { ...defaultDetectorOptions, digestBits: 1e9 },
    { model: plainModel, tablesId: '', codeVersion: '', scores: true },
  )
  readonly state: DetectorState = this.#detector.init()
  #day = 0
  #events = 0

  get nowMs(): number {
    return startMs + this.#day * dayMs
  }

  /** One day of work of everyone; `inserted` are the victim's too, in the afternoon. Returns the victim's scores: habits, inserted. */
  day(inserted: readonly EventParts[] = []): { readonly usual: number[]; readonly inserted: number[] } {
    const usual: number[] = []
    for (let i = 0; i < 36; i++)
      for (const uid of ['victim', 'a', 'b', 'c', 'd']) {
        const score = this.#score(uid, this.nowMs + i * 10 * minuteMs, {
          api: { operation: habits[i % habits.length]! },
        })
        if (uid === 'victim') usual.push(score)
      }
    const fromMs = this.nowMs + 7 * hourMs
    const strange = inserted.map((parts, i) => this.#score('victim', fromMs + i * 15_000, parts))
    this.#day += 1
    for (const output of this.#detector.step(this.state, { kind: 'tick', timeMs: this.nowMs }))
      if (output.kind === 'census_day')
        this.#detector.step(this.state, { kind: 'census', table: closeDay(this.state.census, output.sums, output.day) })
    return { usual, inserted: strange }
  }

  #score(uid: string, time: number, parts: EventParts): number {
    const event = testEvent({ ...parts, time, event_uid: `event-${this.#events++}`, identity: { uid } })
    for (const output of this.#detector.step(this.state, { kind: 'event', event }))
      if (output.kind === 'score') return output.score.score
    throw new Error('Cannot find the score of an event')
  }
}

function established(): Tenant {
  const tenant = new Tenant()
  for (let day = 0; day < 20; day++) tenant.day()
  return tenant
}

const most = (scores: readonly number[]): number => Math.max(...scores)
/** The attacker goes through the victim's own habits, from a place and with a client of his own. */
const rehearsal = habits.map((operation): EventParts => ({ ...attacker, api: { operation } }))

/** Days of rehearsal; the most strange event of each, and what the payload scores after them. */
function rehearse(days: number): { readonly daily: number[]; readonly payload: number } {
  const tenant = established()
  const daily = Array.from({ length: days }, () => most(tenant.day(rehearsal).inserted))
  return { daily, payload: tenant.day([{ ...attacker, ...payload }]).inserted[0]! }
}

describe('evasion, as docs/detection.md tells it', () => {
  const usual = most(established().day().usual)
  const fromHome = established().day([payload]).inserted[0]!

  it('slow drift: a week of rehearsal buys nothing', () => {
    const { daily, payload: after } = rehearse(7)
    expect(most(daily) - Math.min(...daily)).toBeLessThan(1)
    expect(rehearse(0).payload - after).toBeLessThan(1)
  })

  it('slow drift: two months make the place usual, at the price of weeks of loud days, and never the action', () => {
    const { daily, payload: after } = rehearse(60)
    expect(daily.filter((score) => score > 4 * usual).length).toBeGreaterThan(10)
    expect(daily.at(-1)).toBeLessThan(daily[0]! / 2)
    expect(after).toBeGreaterThan(fromHome)
  })

  it('slow drift: a new action of the same service every day lowers the next by at most a third', () => {
    const tenant = established()
    for (let day = 0; day < 40; day++) {
      const step = { ...payload.api, operation: `Step${day}` }
      expect(tenant.day([{ api: step }]).inserted[0]).toBeGreaterThan(3 * usual)
    }
    expect(tenant.day([payload]).inserted[0]).toBeGreaterThan((2 / 3) * fromHome)
  })

  it('mimicry: who does only what the victim does, from where the victim does it, is not seen', () => {
    const inserted = established().day(habits.map((operation) => ({ api: { operation } }))).inserted
    expect(most(inserted)).toBeLessThan(fromHome / 3)
  })

  it('mimicry: an action the victim never took shows from the victim`s own machine', () => {
    expect(fromHome).toBeGreaterThan(5 * usual)
  })

  const noise = Array.from({ length: 500 }, (_, i): EventParts => {
    const api = { service: `service${i % 50}`, operation: `Noise${i}`, access_level: 'list' } as const
    return { api }
  })

  it('flood: hundreds of oddities before the payload take off at most a quarter of it', () => {
    const { inserted } = established().day([...noise, payload])
    expect(inserted.at(-1)).toBeGreaterThan(0.75 * fromHome)
    expect(inserted.at(-1)).toBeGreaterThan(most(inserted.slice(100, -1)))
  })

  it('flood: ten noisy days take off at most a third of it', () => {
    const tenant = established()
    for (let day = 0; day < 10; day++) tenant.day(noise.slice(0, 100))
    expect(tenant.day([payload]).inserted[0]).toBeGreaterThan((2 / 3) * fromHome)
  })

  it('a change of habits for good is learnt: nobody stays strange for ever', () => {
    const { daily } = rehearse(40)
    expect(daily[6]).toBeGreaterThan(daily[0]! - 1)
    expect(daily[14]).toBeLessThan(0.6 * daily[0]!)
    expect(daily[39]).toBeLessThan(0.4 * daily[0]!)
  })
})

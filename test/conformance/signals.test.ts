import {
  ByteReader,
  ByteWriter,
  CensusDay,
  CensusTable,
  closeDay,
  dayOf,
  fields,
  hash32,
  type IdentityState,
  type Moment,
  momentOf,
  newIdentityState,
  type Signal,
  signals,
} from '@ostiary/models'
import type { AccessEvent } from '@ostiary/schemas'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { accessEvent, accessEvents } from '../arbitraries/access-event.ts'

const registered = signals as readonly Signal<unknown>[]
const dailyFactor = 0.99
/** Runs of each property and signal: enough for 26 signals in a few seconds. */
const runs = { numRuns: 40 }

function encoded(signal: Signal<unknown>, state: unknown): string {
  const writer = new ByteWriter()
  signal.encode(state, writer)
  return Buffer.from(writer.finish()).toString('hex')
}

function decoded(signal: Signal<unknown>, state: unknown): unknown {
  const reader = new ByteReader(Buffer.from(encoded(signal, state), 'hex'))
  // Into what was another identity's: nothing of hers may be left.
  const other = new Life(signal, example)
  for (let i = 0; i < 50; i++) other.live(roaming(example, i), true)
  const copy = other.state
  signal.decode(reader, copy)
  expect(reader.done).toBe(true)
  return copy
}

/** One identity, seen by one signal, as the detector would let it: day's decay, read, observe, learn. */
class Life {
  readonly signal: Signal<unknown>
  readonly identity: IdentityState
  state: unknown
  readonly #census: CensusTable

  constructor(signal: Signal<unknown>, first: AccessEvent, census: CensusTable = CensusTable.empty) {
    this.signal = signal
    this.identity = newIdentityState(first.time, dayOf(first.time))
    this.state = signal.init()
    this.#census = census
  }

  moment(event: AccessEvent): Moment {
    return momentOf(event, this.identity, this.#census)
  }

  /** Nats of the event, before it is observed and, every other time, learnt. */
  live(event: AccessEvent, teaches: boolean): number {
    const { identity, signal } = this
    if (dayOf(event.time) > identity.day) {
      identity.day = dayOf(event.time)
      identity.mass *= dailyFactor
      signal.decay?.(this.state, dailyFactor)
    }
    const moment = this.moment(event)
    const nats = signal.surprise(moment, this.state)
    signal.observe?.(moment, this.state)
    if (teaches) {
      signal.learn?.(moment, this.state, 1)
      identity.mass += 1
    }
    if (event.time > identity.lastMs) identity.lastMs = event.time
    return nats
  }
}

/** What other identities did, for the signals that lean on it. */
function censusOf(events: readonly AccessEvent[]): CensusTable {
  const sums = new CensusDay()
  for (const event of events)
    for (const [index, field] of fields.entries()) {
      const value = field.of(event)
      if (value !== '') sums.addValue(index, hash32(value), value, 1)
    }
  return closeDay(CensusTable.empty, sums, 20_088)
}

const events = accessEvents(60)
const census = fc.array(accessEvent, { maxLength: 20 }).map(censusOf)

/** An event of which every value is new: what somebody who wants to flood a memory would send. */
function invented(base: AccessEvent, i: number): AccessEvent {
  return {
    ...base,
    time: base.time + i * 20_000,
    session: { ...base.session, uid: `ses-${i}`, credential_uid: `key-${i}`, credential_type: 'long_term' },
    api: { ...base.api, service: `service-${i}`, operation: `Do${i}`, region: `region-${i}`, error_code: `error-${i}` },
    src: { ...base.src, asn: 100_000 + i, subnet_uid: `net-${i}`, country: `C${i}`, network_type: 'access' },
    user_agent: { ...base.user_agent, family: `agent-${i}` },
    resources: [{ uid: `res-${i}`, type: 'x', account_uid: '', criticality: 0 }],
    facts: [`fact-${i}`],
  }
}

/** The same in sessions that last a while, from countries that exist: fills what `invented` passes by. */
function roaming(base: AccessEvent, i: number): AccessEvent {
  const countries = ['DE', 'SG', 'BR', 'JP', 'ZA', 'NZ', 'US', 'IN', 'IS']
  const event = invented(base, i)
  return {
    ...event,
    session: {
      ...event.session,
      uid: `ses-${Math.floor(i / 8)}`,
      credential_type: i % 2 === 0 ? 'temporary' : 'console',
      mfa: i % 3 === 0 ? 'yes' : 'no',
      chained: i % 5 === 0,
    },
    src: { ...event.src, country: countries[(i * 7) % countries.length]! },
  }
}

const example = fc.sample(accessEvent, { seed: 7, numRuns: 1 })[0]!

test('ids are unique and in snake case', () => {
  expect(new Set(signals.map((signal) => signal.id)).size).toBe(signals.length)
  for (const signal of signals) expect(signal.id).toMatch(/^[a-z]+(_[a-z]+)*(\.[a-z]+(_[a-z]+)*)?$/)
})

describe.each(registered.map((signal) => [signal.id, signal] as const))('%s', (_id, signal) => {
  test('is finite and not negative on any stream, whatever teaches', () => {
    fc.assert(
      fc.property(events, census, fc.nat({ max: 3 }), (stream, table, every) => {
        const life = new Life(signal, stream[0]!, table)
        for (const [index, event] of stream.entries()) {
          const nats = life.live(event, index % (every + 1) === 0)
          expect(Number.isFinite(nats)).toBe(true)
          expect(nats).toBeGreaterThanOrEqual(0)
        }
      }),
      runs,
    )
  })

  test('reads without changing its state: scores before it learns', () => {
    fc.assert(
      fc.property(events, accessEvent, census, (stream, last, table) => {
        const life = new Life(signal, stream[0]!, table)
        for (const event of stream) life.live(event, true)
        const before = encoded(signal, life.state)
        const first = signal.surprise(life.moment(last), life.state)
        expect(signal.surprise(life.moment(last), life.state)).toBe(first)
        expect(encoded(signal, life.state)).toBe(before)
      }),
      runs,
    )
  })

  test('gives the same bits after a snapshot as without one', () => {
    fc.assert(
      fc.property(events, events, census, (past, future, table) => {
        const stream = [...past, ...future]
        const whole = new Life(signal, stream[0]!, table)
        const cut = new Life(signal, stream[0]!, table)
        for (const event of past) {
          whole.live(event, true)
          cut.live(event, true)
        }
        cut.state = decoded(signal, cut.state)
        for (const [index, event] of future.entries())
          expect(cut.live(event, index % 2 === 0)).toBe(whole.live(event, index % 2 === 0))
        expect(encoded(signal, cut.state)).toBe(encoded(signal, whole.state))
      }),
      runs,
    )
  })

  test('keeps no memory outside its state: one identity cannot move another', () => {
    fc.assert(
      fc.property(events, events, (mine, theirs) => {
        const alone = new Life(signal, mine[0]!)
        const beside = new Life(signal, mine[0]!)
        const other = new Life(signal, theirs[0]!)
        for (const [index, event] of mine.entries()) {
          const stranger = theirs[index % theirs.length]!
          other.live(stranger, true)
          expect(beside.live(event, true)).toBe(alone.live(event, true))
        }
        expect(encoded(signal, beside.state)).toBe(encoded(signal, alone.state))
      }),
      runs,
    )
  })

  test('decays for ten years without becoming a number that is none', () => {
    const life = new Life(signal, example)
    for (let i = 0; i < 50; i++) life.live(roaming(example, i), true)
    for (let day = 0; day < 3650; day++) signal.decay?.(life.state, dailyFactor)
    const later = { ...example, time: example.time + 3650 * 86_400_000 }
    expect(Number.isFinite(signal.surprise(life.moment(later), life.state))).toBe(true)
    decoded(signal, life.state)
  })

  test('refuses a snapshot that ends early', () => {
    const life = new Life(signal, example)
    for (let i = 0; i < 50; i++) life.live(roaming(example, i), true)
    const bytes = Buffer.from(encoded(signal, life.state), 'hex')
    expect(() => signal.decode(new ByteReader(bytes.subarray(0, bytes.length - 1)), signal.init())).toThrow(RangeError)
  })
})

/** All signals of one identity at once. */
class WholeLife {
  readonly identity: IdentityState = newIdentityState(example.time, dayOf(example.time))

  live(event: AccessEvent): void {
    const moment = momentOf(event, this.identity, CensusTable.empty)
    for (const [index, signal] of registered.entries()) {
      const state = this.identity.slots[index]
      if (!Number.isFinite(signal.surprise(moment, state))) throw new Error(`${signal.id} is not finite`)
      signal.observe?.(moment, state)
      signal.learn?.(moment, state, 1)
    }
    if (event.time > this.identity.lastMs) this.identity.lastMs = event.time
  }

  sizes(): number[] {
    return registered.map((signal, index) => encoded(signal, this.identity.slots[index]).length / 2)
  }
}

test('100,000 invented values take no more room than 10,000', () => {
  const life = new WholeLife()
  let before: number[] = []
  for (let i = 0; i < 100_000; i++) {
    life.live(invented(example, i))
    if (i === 9_999) before = life.sizes()
  }
  expect(life.sizes()).toEqual(before)
})

/** Most bytes that all signals of one identity may take together; the rest of the 4,096 is the identity's own. */
const signalBytesMax = 3640

test('all signals together fit an identity at worst', () => {
  const most = registered.map(() => 0)
  for (const flood of [invented, roaming]) {
    const life = new WholeLife()
    for (let i = 0; i < 5_000; i++) life.live(flood(example, i))
    // An hour full of different things, for what starts anew each hour.
    for (let i = 0; i < 200; i++) {
      const event = flood(example, 6_000 + i)
      const time = Date.UTC(2027, 0, 1) + i * 1000
      life.live({ ...event, time, api: { ...event.api, outcome: 'failure' } })
      for (const [index, size] of life.sizes().entries()) most[index] = Math.max(most[index]!, size)
    }
  }
  const sum = most.reduce((a, b) => a + b, 0)
  expect(sum, signals.map((signal, index) => `${signal.id} ${most[index]}`).join(', ')).toBeLessThanOrEqual(
    signalBytesMax,
  )
})

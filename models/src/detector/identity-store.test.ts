import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayMs, hourMs, startMs, testEvent } from '../detections/test-event.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import { ByteReader, ByteWriter } from '../sketches/byte-codec.ts'
import { createDetector, type DetectorInput, type DetectorOutput } from './detector.ts'
import { encodeIdentityState, type IdentityState, newIdentityState } from './identity-state.ts'
import { IdentityStore } from './identity-store.ts'
import { counterOf } from './learn.ts'
import { defaultDetectorOptions } from './options.ts'

function encoded(store: IdentityStore): string {
  const writer = new ByteWriter(store.encodedBytes)
  store.encode(writer)
  expect(writer.length).toBe(store.encodedBytes)
  return Buffer.from(writer.finish()).toString('hex')
}

/** A plain map of states, for what a store must equal; knows no limits. */
class PlainStates extends Map<string, IdentityState> {
  claim(uid: string, timeMs: number, day: number): IdentityState {
    const state = this.get(uid) ?? newIdentityState(timeMs, day)
    this.set(uid, state)
    return state
  }

  forgetFaded(day: number): void {
    for (const [uid, state] of this) {
      const absentDays = day - state.day
      if (absentDays >= 90 && state.mass * 0.5 ** (absentDays / 60) < 0.5) this.delete(uid)
    }
  }

  encoded(): string {
    const writer = new ByteWriter()
    writer.u32(this.size)
    for (const [uid, state] of this) {
      const one = new ByteWriter()
      encodeIdentityState(state, one)
      writer.text(uid)
      writer.bytes(one.finish())
    }
    return Buffer.from(writer.finish()).toString('hex')
  }
}

/** Changes a state as events do: numbers, a counter that grows and decays, lessons that come and go. */
function live(state: IdentityState, day: number, hash: number): void {
  state.day = Math.max(state.day, day)
  state.lastMs = day * dayMs
  state.mass += 1 / hash
  const counter = counterOf(state, 'action')
  for (let i = 0; i < hash; i++) counter.learn(hash + i, 1, day)
  if (hash % 3 === 0) counter.decay(0.25)
  if (hash % 4 === 0) state.lessons.splice(0)
  else if (state.lessons.length < 6) state.lessons.push({ timeMs: day * dayMs, values: new Int32Array(13).fill(hash) })
}

const step = fc.oneof(
  {
    weight: 20,
    arbitrary: fc.record({ who: fc.nat({ max: 9 }), days: fc.nat({ max: 1 }), hash: fc.integer({ min: 1, max: 40 }) }),
  },
  { weight: 2, arbitrary: fc.record({ absentDays: fc.integer({ min: 1, max: 200 }) }) },
  { weight: 1, arbitrary: fc.constant('restart' as const) },
)

test('holds what a plain map of states would, however few of them lie unfolded', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 20, maxLength: 120 }),
      fc.integer({ min: 1, max: 4 }),
      (steps, unfolded) => {
        const plain = new PlainStates()
        let store = new IdentityStore(100, false, unfolded)
        let day = 20_000
        for (const one of steps) {
          if (one === 'restart') {
            const bytes = Buffer.from(encoded(store), 'hex')
            store = new IdentityStore(100, false, unfolded)
            store.decode(new ByteReader(bytes))
          } else if ('absentDays' in one) {
            day += one.absentDays
            plain.forgetFaded(day)
            store.forgetFaded(day)
          } else {
            day += one.days
            live(plain.claim(`id-${one.who}`, day * dayMs, day), day, one.hash)
            live(store.claim(`id-${one.who}`, 'issuer', day * dayMs, day), day, one.hash)
          }
          expect(store.size).toBe(plain.size)
        }
        for (const [uid, state] of plain) expect(store.get(uid)?.mass).toBe(state.mass)
        expect(encoded(store)).toBe(plain.encoded())
      },
    ),
    { numRuns: 100 },
  )
})

const model: ScoringModel = {
  ...uncalibratedModel,
  scoreBits: (rank) => ({ bits: rank, extrapolated: false }),
  surpriseBits: (rank) => rank,
}

const inputArbitrary = fc.record({
  who: fc.nat({ max: 7 }),
  gapMs: fc.oneof(
    { weight: 12, arbitrary: fc.integer({ min: -hourMs, max: 9 * hourMs }) },
    { weight: 1, arbitrary: fc.constant(100 * dayMs) },
  ),
  operation: fc.constantFrom('ListBuckets', 'StopLogging', 'CreateUser', 'Decrypt', 'GetObject'),
  asn: fc.integer({ min: 1, max: 6 }),
  country: fc.constantFrom('DE', 'SG', 'BR'),
  session: fc.nat({ max: 5 }),
})

function inputsOf(
  parts: readonly (typeof inputArbitrary extends fc.Arbitrary<infer T> ? T : never)[],
): DetectorInput[] {
  let time = startMs
  return parts.flatMap(({ who, gapMs, operation, asn, country, session }, index): DetectorInput[] => {
    time += gapMs
    const event = testEvent({
      time,
      event_uid: `event-${index}`,
      identity: { uid: `id-${who}`, issuer_uid: `issuer-${who % 2}` },
      api: { service: 'iam', operation },
      src: { asn, country },
      session: { uid: `ses-${session}` },
    })
    return [
      { kind: 'tick', timeMs: time },
      { kind: 'event', event },
    ]
  })
}

/** Everything a detector says and remembers with so many states unfolded; restarted from bytes before every n-th input. */
function run(inputs: readonly DetectorInput[], unfolded: number, restartEvery: number): string[] {
  const options = { ...defaultDetectorOptions, digestBits: 4, identitiesMax: 5 }
  const setting = { model, tablesId: '', codeVersion: 'code', scores: true, exhibits: true }
  const detector = createDetector(options, setting)
  const newStore = (): IdentityStore => new IdentityStore(options.identitiesMax, false, unfolded)
  let state = { ...detector.init(), identities: newStore() }
  const said: string[] = []
  for (const [index, input] of inputs.entries()) {
    if (index % restartEvery === restartEvery - 1) {
      const identities = newStore()
      identities.decode(new ByteReader(Buffer.from(encoded(state.identities), 'hex')))
      state = { ...state, identities }
    }
    for (const output of detector.step(state, input)) said.push(textOf(output))
  }
  return [...said, encoded(state.identities)]
}

function textOf(output: DetectorOutput): string {
  if (output.kind === 'exhibit') return JSON.stringify({ ...output.exhibit, state: [...output.exhibit.state] })
  return output.kind === 'census_day' ? JSON.stringify([output.day, output.sums.toJson()]) : JSON.stringify(output)
}

test('a detector says the same to the byte with one state unfolded, a few or all, restarted or not', () => {
  fc.assert(
    fc.property(fc.array(inputArbitrary, { minLength: 30, maxLength: 150 }), (parts) => {
      const inputs = inputsOf(parts)
      const all = run(inputs, 1000, Number.POSITIVE_INFINITY)
      expect(run(inputs, 1, Number.POSITIVE_INFINITY)).toEqual(all)
      expect(run(inputs, 3, 17)).toEqual(all)
    }),
    { numRuns: 40 },
  )
})

test('a state that cannot be read is refused when it is restored, not when its identity comes', () => {
  const store = new IdentityStore(100)
  store.claim('id', 'issuer', startMs, 20_000)
  const bytes = store.bytesOf('id')!
  expect(() => new IdentityStore(100).restore('id', bytes)).not.toThrow()
  for (let length = 0; length < bytes.length; length++)
    expect(() => new IdentityStore(100).restore('id', bytes.slice(0, length))).toThrow(RangeError)
})

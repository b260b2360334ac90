import { expect, test } from 'vitest'
import { dayMs, minuteMs, startMs, testEvent } from '../detections/test-event.ts'
import { Feedback, type Verdict } from '../feedback/feedback.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import { ByteWriter } from '../sketches/byte-codec.ts'
import { hash32 } from '../sketches/hash.ts'
import { createDetector, type DetectorInput, type DetectorState } from './detector.ts'
import { encodeIdentityState } from './identity-state.ts'
import { counterOf } from './learn.ts'
import { dayOf } from './moment.ts'
import { defaultDetectorOptions } from './options.ts'

const detector = createDetector(
  { ...defaultDetectorOptions, digestBits: 1e9, quarantineBits: 12 },
  { model: uncalibratedModel, tablesId: '', codeVersion: '', scores: false },
)
const uid = 'victim'
const strangeMs = startMs + 10 * dayMs + minuteMs
const asn = hash32('AS64999')

/** A day of usual work, from a time of day on. */
function work(state: DetectorState, day: number, events = 48): void {
  for (let i = 0; i < events; i++)
    feed(state, {
      kind: 'event',
      event: testEvent({
        time: startMs + day * dayMs + i * 10 * minuteMs,
        event_uid: `${day}-${i}`,
        identity: { uid },
      }),
    })
}

function feed(state: DetectorState, input: DetectorInput): void {
  detector.step(state, input)
}

/** Ten usual days, and on the eleventh something so strange that its lesson waits. */
function struck(): DetectorState {
  const state = detector.init()
  for (let day = 0; day < 10; day++) work(state, day)
  feed(state, {
    kind: 'event',
    event: testEvent({
      time: strangeMs,
      event_uid: 'strange',
      identity: { uid },
      api: { operation: 'StopLogging', service: 'cloudtrail', access_level: 'write' },
      src: { asn: 64_999, country: 'NL', subnet_uid: 'net-9' },
      user_agent: { family: 'other:1' },
    }),
  })
  expect(state.identities.get(uid)!.lessons).toHaveLength(1)
  return state
}

function say(state: DetectorState, ...said: Verdict[]): void {
  const cases = said.map((verdict) => ({ identity_uid: uid, first_ms: strangeMs, last_ms: strangeMs, verdict }))
  feed(state, { kind: 'feedback', feedback: new Feedback({ cases, suppressions: [] }) })
}

function asnWeight(state: DetectorState): number {
  return counterOf(state.identities.get(uid)!, 'asn').weight(asn)
}

function bytesOf(state: DetectorState): Uint8Array {
  const writer = new ByteWriter()
  encodeIdentityState(state.identities.get(uid)!, writer)
  return writer.finish()
}

/** The state after so many more days, with what is said at the beginning of each. */
function after(days: number, said: Readonly<Record<number, readonly Verdict[]>> = {}): DetectorState {
  const state = struck()
  for (let day = 11; day < 11 + days; day++) {
    const now = said[day]
    if (now !== undefined) say(state, ...now)
    work(state, day)
  }
  return state
}

test('unlabelled, a lesson waits seven days and then teaches at half its weight beside what was remembered', () => {
  expect(asnWeight(after(6))).toBeLessThan(0.5)
  expect(asnWeight(after(8))).toBeGreaterThan(0.9)
})

test('benign, it teaches whole from the next day on', () => {
  expect(asnWeight(after(1, { 11: ['benign'] }))).toBeGreaterThan(1.4)
  expect(after(1, { 11: ['benign'] }).identities.get(uid)!.lessons).toEqual([])
})

test.each(['true_positive', 'expected'] as const)(
  '%s, it waits and is then forgotten, what was remembered too',
  (verdict) => {
    expect(asnWeight(after(6, { 11: [verdict] }))).toBeGreaterThan(0.4)
    const state = after(8, { 11: [verdict] })
    expect(asnWeight(state)).toBe(0)
    expect(state.identities.get(uid)!.lessons).toEqual([])
  },
)

test('the same said twice does what it does once', () => {
  for (const verdict of ['benign', 'true_positive', 'expected'] as const)
    expect(bytesOf(after(8, { 11: [verdict], 12: [verdict, verdict] }))).toEqual(bytesOf(after(8, { 11: [verdict] })))
})

test('taken back before the lesson`s time has come, it leaves no bit behind', () => {
  const never = bytesOf(after(8))
  expect(bytesOf(after(8, { 12: ['true_positive'], 15: [] }))).toEqual(never)
  expect(bytesOf(after(8, { 12: ['expected'], 15: [] }))).toEqual(never)
  const sameDay = struck()
  say(sameDay, 'benign')
  say(sameDay)
  for (let day = 11; day < 19; day++) work(sameDay, day)
  expect(bytesOf(sameDay)).toEqual(never)
  expect(bytesOf(after(8, { 12: ['benign'] }))).not.toEqual(never)
})

test('a day with a confirmed case is left out of the usual maximum', () => {
  const usual = after(1)
  const confirmed = after(1, { 11: ['true_positive'] })
  const weight = (state: DetectorState): number => state.identities.get(uid)!.dayMaximumWeight
  // One day less, of those that have closed.
  expect(weight(confirmed)).toBeCloseTo((weight(usual) - 1) / 0.9, 12)
  expect(weight(after(1, { 11: ['benign'] }))).toBe(weight(usual))
  expect(dayOf(strangeMs)).toBe(dayOf(startMs) + 10)
})

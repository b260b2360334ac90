import { describe, expect, it } from 'vitest'
import { closeDay } from '../census/census.ts'
import { dayMs, hourMs, minuteMs, startMs, testEvent } from '../detections/test-event.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import { ByteWriter } from '../sketches/byte-codec.ts'
import { createDetector, type DetectorInput, type DetectorState } from './detector.ts'
import { encodeIdentityState, stateBytesMax } from './identity-state.ts'
import { defaultDetectorOptions } from './options.ts'

const plainModel: ScoringModel = {
  ...uncalibratedModel,
  scoreBits: (rank) => ({ bits: rank, extrapolated: false }),
  surpriseBits: (rank) => rank,
}

function detectorOf(identitiesMax: number) {
  return createDetector(
    { ...defaultDetectorOptions, identitiesMax, digestBits: 1e9 },
    { model: plainModel, tablesId: '', codeVersion: '', scores: true },
  )
}

type Detector = ReturnType<typeof detectorOf>

function scoreOf(detector: Detector, state: DetectorState, input: DetectorInput): number {
  for (const output of detector.step(state, input)) if (output.kind === 'score') return output.score.score
  throw new Error('Cannot find the score of an event')
}

const habits = ['ListBuckets', 'GetObject', 'PutObject', 'HeadObject']

/** Passes a time; what the days that are over taught is in force from then on. */
function tick(detector: Detector, state: DetectorState, timeMs: number): void {
  for (const output of detector.step(state, { kind: 'tick', timeMs }))
    if (output.kind === 'census_day')
      detector.step(state, { kind: 'census', table: closeDay(state.census, output.sums, output.day) })
}

/** Ten days of one identity's work, an event every ten minutes of the working day. */
function work(detector: Detector, state: DetectorState, uid: string, days: number, fromMs = startMs): number[] {
  const scores: number[] = []
  for (let day = 0; day < days; day++)
    for (let i = 0; i < 48; i++) {
      const time = fromMs + day * dayMs + i * 10 * minuteMs
      if (i === 0) tick(detector, state, time)
      const event = testEvent({
        time,
        event_uid: `${uid}-${time}`,
        identity: { uid },
        api: { operation: habits[i % habits.length]! },
      })
      scores.push(scoreOf(detector, state, { kind: 'event', event }))
    }
  return scores
}

describe('poisoning', () => {
  it('an identity that invents 100,000 values keeps a bounded state and teaches few of them', () => {
    const detector = detectorOf(100)
    const state = detector.init()
    work(detector, state, 'victim', 10)
    const fromMs = startMs + 10 * dayMs
    for (let i = 0; i < 100_000; i++) {
      const event = testEvent({
        time: fromMs + i * 100,
        event_uid: `invented-${i}`,
        identity: { uid: 'victim' },
        api: { operation: `Invented${i}`, service: `service${i}` },
        src: { asn: 1 + i, country: '', subnet_uid: `net-${i}` },
        user_agent: { family: `other:${i}` },
        resources: [{ uid: `res-${i}`, type: '', account_uid: '', criticality: 0 }],
      })
      detector.step(state, { kind: 'event', event })
    }
    const identity = state.identities.get('victim')!
    const writer = new ByteWriter()
    encodeIdentityState(identity, writer)
    expect(writer.length).toBeLessThanOrEqual(stateBytesMax)
    expect(identity.mass).toBeLessThan(480 + defaultDetectorOptions.noveltyPerDayMax + 1)
  })

  it('minted names change no bit of an established identity`s scores, even when there is room for none of them', () => {
    const minted = 30_000
    const scoresWith = (mints: number, identitiesMax: number) => {
      const detector = detectorOf(identitiesMax)
      const state = detector.init()
      work(detector, state, 'regular', 5)
      const fromMs = startMs + 5 * dayMs - 12 * hourMs
      for (let i = 0; i < mints; i++) {
        const event = testEvent({
          time: fromMs + Math.floor((i / mints) * 4 * hourMs),
          event_uid: `minted-${i}`,
          identity: { uid: `minted-${i}`, issuer_uid: `iss-${i % 7}` },
          api: { operation: i % 2 === 0 ? 'StopLogging' : `Minted${i}`, service: 'cloudtrail' },
          src: { asn: 64_600 + (i % 50), country: 'NL' },
        })
        detector.step(state, { kind: 'event', event })
      }
      expect(state.identities.size).toBeLessThanOrEqual(identitiesMax + 1024 + 1)
      return work(detector, state, 'regular', 3, startMs + 5 * dayMs)
    }
    const undisturbed = scoresWith(0, 1000)
    expect(scoresWith(minted, 1000)).toEqual(undisturbed)
    expect(scoresWith(minted, 1_000_000)).toEqual(undisturbed)
  })

  it('insisting does not make a strange address usual before its lessons have aged', () => {
    const detector = detectorOf(100)
    const state = detector.init()
    work(detector, state, 'victim', 10)
    const strange = (index: number) =>
      testEvent({
        time: startMs + 10 * dayMs + index * minuteMs,
        event_uid: `strange-${index}`,
        identity: { uid: 'victim' },
        api: { operation: 'StopLogging', service: 'cloudtrail', access_level: 'write' },
        src: { asn: 64_999, country: 'NL', subnet_uid: 'net-9' },
        user_agent: { family: 'other:1' },
      })
    const scores = Array.from({ length: 500 }, (_, i) => scoreOf(detector, state, { kind: 'event', event: strange(i) }))
    const usual = scoreOf(detector, state, {
      kind: 'event',
      event: testEvent({ time: startMs + 10 * dayMs + 9 * hourMs, identity: { uid: 'victim' } }),
    })
    expect(scores[0]).toBeGreaterThan(scores[1]!)
    expect(Math.min(...scores)).toBeGreaterThan(usual + 5)
  })
})

import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayMs, minuteMs, startMs, testEvent } from '../detections/test-event.ts'
import { createPipeline, type PipelineOutput } from '../pipeline.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import { encodeSnapshot, restoreSnapshot } from '../snapshot.ts'
import { defaultDetectorOptions } from './options.ts'

const plainModel: ScoringModel = {
  ...uncalibratedModel,
  scoreBits: (rank) => ({ bits: rank, extrapolated: false }),
  surpriseBits: (rank) => rank,
}

const pipelineOf = () =>
  createPipeline(
    { ...defaultDetectorOptions, digestBits: 4 },
    { model: plainModel, tablesId: 'tables', codeVersion: 'code', scores: true },
    { alertsPerDay: 10, pageBits: 8, casesMax: 1000 },
  )

const operations = ['ListBuckets', 'GetObject', 'StopLogging', 'CreateUser', 'RunInstances', 'Decrypt']

const eventArbitrary = fc.record({
  who: fc.integer({ min: 0, max: 3 }),
  gapMs: fc.integer({ min: 0, max: 7_200_000 }),
  operation: fc.integer({ min: 0, max: operations.length - 1 }),
  asn: fc.integer({ min: 1, max: 6 }),
})

function eventsOf(parts: readonly { who: number; gapMs: number; operation: number; asn: number }[]) {
  let time = startMs
  return parts.map((part, index) => {
    time += part.gapMs
    return testEvent({
      time,
      event_uid: `event-${index}`,
      identity: { uid: `id-${part.who}` },
      api: { operation: operations[part.operation]! },
      src: { asn: part.asn },
    })
  })
}

/** What can be compared: outputs as text, since scores share a working array. */
function text(outputs: readonly PipelineOutput[]): string[] {
  return outputs.map((output) =>
    output.kind === 'score' || output.kind === 'shadow_score'
      ? `${output.score.event.event_uid} ${output.score.score} ${[...output.score.nats].join()}`
      : JSON.stringify(output),
  )
}

describe('pipeline', () => {
  it('scores an event before it learns from it', () => {
    const pipeline = pipelineOf()
    const state = pipeline.init()
    const scores: number[] = []
    for (let i = 0; i < 200; i++) {
      const strange = i >= 198
      const event = testEvent({
        time: startMs + i * minuteMs,
        event_uid: `${i}`,
        ...(strange ? { api: { service: 'iam', operation: 'CreateUser' } } : {}),
      })
      for (const output of pipeline.step(state, event)) if (output.kind === 'score') scores.push(output.score.score)
    }
    expect(scores[198]).toBeGreaterThan(scores[197]! + 3)
    expect(scores[199]).toBeLessThan(scores[198]!)
  })

  it('goes on from a snapshot with the same bits as without one', () => {
    fc.assert(
      fc.property(fc.array(eventArbitrary, { minLength: 20, maxLength: 200 }), fc.nat(), (parts, at) => {
        const events = eventsOf(parts)
        const cut = at % events.length
        const whole = pipelineOf()
        const wholeState = whole.init()
        const expected = events.flatMap((event) => text(whole.step(wholeState, event)))
        const first = pipelineOf()
        const firstState = first.init()
        const given = events.slice(0, cut).flatMap((event) => text(first.step(firstState, event)))
        const second = pipelineOf()
        const secondState = second.init()
        restoreSnapshot(secondState, encodeSnapshot(firstState))
        given.push(...events.slice(cut).flatMap((event) => text(second.step(secondState, event))))
        expect(given).toEqual(expected)
        expect(encodeSnapshot(secondState)).toEqual(encodeSnapshot(wholeState))
      }),
      { numRuns: 25 },
    )
  })

  it('gives each identity the same answers however identities interleave within a day', () => {
    fc.assert(
      fc.property(fc.array(eventArbitrary, { minLength: 10, maxLength: 100 }), (parts) => {
        const events = eventsOf(parts.map((part) => ({ ...part, gapMs: part.gapMs % 60_000 })))
        const byKey = [...events].sort((a, b) =>
          a.identity.uid < b.identity.uid ? -1 : a.identity.uid > b.identity.uid ? 1 : 0,
        )
        const answers = (order: typeof events) => {
          const pipeline = pipelineOf()
          const state = pipeline.init()
          const scores = new Map<string, number>()
          for (const event of order)
            for (const output of pipeline.step(state, event))
              if (output.kind === 'score') scores.set(event.event_uid, output.score.score)
          return [...scores].sort(([a], [b]) => (a < b ? -1 : 1))
        }
        expect(answers(byKey)).toEqual(answers(events))
      }),
      { numRuns: 25 },
    )
  })

  it('never pages more than a day`s budget plus the burst, and gives every case one disposition', () => {
    const pipeline = pipelineOf()
    const state = pipeline.init()
    const pages = new Set<string>()
    const dispositions = new Map<string, Set<string>>()
    const days = 3
    for (let i = 0; i < days * 200; i++) {
      const uid = `id-${i % 100}`
      const time = startMs + Math.floor((i / 200) * dayMs)
      for (let warm = 0; warm < 60 && i < 100; warm++)
        pipeline.step(state, testEvent({ time, event_uid: `w-${i}-${warm}`, identity: { uid } }))
      const strange = testEvent({
        time,
        event_uid: `s-${i}`,
        identity: { uid },
        api: { service: `service${i}`, operation: `Operation${i}`, access_level: 'write' },
        src: { asn: 10_000 + i, country: 'NL', subnet_uid: `n${i}` },
        user_agent: { family: `family${i}` },
      })
      for (const output of pipeline.step(state, strange)) {
        if (output.kind !== 'alert') continue
        const { finding_uid, disposition } = output.alert
        if (disposition === 'page') pages.add(finding_uid)
        dispositions.set(finding_uid, (dispositions.get(finding_uid) ?? new Set()).add(disposition))
      }
    }
    expect(dispositions.size).toBeGreaterThan(100)
    expect(pages.size).toBeGreaterThan(5)
    expect(pages.size).toBeLessThanOrEqual(10 * days + 10)
  })
})

import { expect, test } from 'vitest'
import { startMs, testEvent } from './detections/test-event.ts'
import { defaultDetectorOptions } from './detector/options.ts'
import { learntSha256 } from './learnt.ts'
import { createPipeline } from './pipeline.ts'
import type { ScoringModel } from './score/scoring-model.ts'
import { uncalibratedModel } from './score/uncalibrated-model.ts'
import { encodeSnapshot, type SnapshotSections } from './snapshot.ts'

/** A model whose scores are so many times another's, so that cases, risk and the desk's answers differ. */
function modelOf(times: number): ScoringModel {
  return {
    ...uncalibratedModel,
    autoencoderWeight: times,
    autoencoderBits: () => times,
    scoreBits: (rank) => ({ bits: rank * times, extrapolated: false }),
    surpriseBits: (rank) => rank * times,
  }
}

function sectionsAfter(events: number, times: number): SnapshotSections {
  const setting = { model: modelOf(times), tablesId: '', codeVersion: '', scores: false }
  const desk = { alertsPerDay: 2, pageBits: 8, casesMax: 100 }
  const pipeline = createPipeline(defaultDetectorOptions, setting, desk)
  const state = pipeline.init()
  for (let i = 0; i < events; i++)
    pipeline.step(
      state,
      testEvent({
        time: startMs + i * 1_000_000,
        event_uid: `${i}`,
        identity: { uid: `id-${i % 5}` },
        api: { service: 'iam', operation: i % 37 === 36 ? `Create${i}` : 'ListUsers' },
        src: { asn: i % 41 === 40 ? i : 7 },
      }),
    )
  return encodeSnapshot(state)
}

test('what is learnt is the same under every model, and other for other events', () => {
  const [plain, sharp] = [sectionsAfter(400, 1), sectionsAfter(400, 9)]
  const bytes = (sections: SnapshotSections, name: string): string =>
    Buffer.from(sections.get(name)!).toString('base64')
  expect(bytes(sharp, 'cases') === bytes(plain, 'cases')).toBe(false)
  expect(bytes(sharp, 'identities') === bytes(plain, 'identities'), 'risk is made of scores').toBe(false)
  expect(learntSha256(sharp)).toBe(learntSha256(plain))
  expect(learntSha256(sectionsAfter(399, 1))).not.toBe(learntSha256(plain))
})

test('a section that is missing is told', () => {
  const sections = new Map(sectionsAfter(1, 1))
  sections.delete('census')
  expect(() => learntSha256(sections)).toThrow('"census"')
})

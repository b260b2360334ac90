import { canonicalJson, type Exhibit, type Finding } from '@ostiary/schemas'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CensusTable } from '../census/census-table.ts'
import { startMs, testEvent } from '../detections/test-event.ts'
import { createPartition } from '../partition.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import { caseOf, recompute } from './exhibit.ts'
import { defaultDetectorOptions } from './options.ts'

const minuteMs = 60_000

const plainModel: ScoringModel = {
  ...uncalibratedModel,
  scoreBits: (rank) => ({ bits: rank, extrapolated: false }),
  surpriseBits: (rank) => rank,
}

const eventArbitrary = fc.record({
  who: fc.integer({ min: 0, max: 5 }),
  gapMs: fc.oneof(fc.integer({ min: -600, max: 9 }), fc.integer({ min: 0, max: 900 })),
  operation: fc.constantFrom('ListBuckets', 'StopLogging', 'CreateUser', 'Decrypt'),
  asn: fc.integer({ min: 1, max: 6 }),
})

test('every finding comes out of its exhibit again, whatever came before it', () => {
  const options = { ...defaultDetectorOptions, digestBits: 0.5, openCasesMax: 2, identitiesMax: 3 }
  const setting = { model: plainModel, tablesId: 't', codeVersion: 'code', scores: false, exhibits: true }
  let closed = 0
  fc.assert(
    fc.property(fc.array(eventArbitrary, { minLength: 50, maxLength: 150 }), (parts) => {
      const partition = createPartition(options, setting)
      const state = partition.init()
      const findings: Finding[] = []
      const exhibits: Exhibit[] = []
      let time = startMs
      for (const [index, { who, gapMs, operation, asn }] of parts.entries()) {
        time += gapMs * minuteMs
        const event = testEvent({
          time,
          event_uid: `event-${index}`,
          identity: { uid: `id-${who}`, issuer_uid: `issuer-${who % 2}` },
          api: { service: 'iam', operation },
          src: { asn },
        })
        for (const output of partition.step(state, { kind: 'event', event }))
          if (output.kind === 'finding') findings.push(output.finding)
          else if (output.kind === 'exhibit') exhibits.push(output.exhibit)
      }
      closed += exhibits.filter(({ activity }) => activity === 'close').length
      const again = exhibits.map((exhibit) => recompute(exhibit, plainModel, CensusTable.empty))
      expect(again.flatMap(({ finding }) => finding ?? []).map(canonicalJson)).toEqual(findings.map(canonicalJson))
      checkChains(exhibits, again)
    }),
    { numRuns: 100, seed: 7 },
  )
  expect(closed).toBeGreaterThan(0)
})

/** What an exhibit gives, the next one of its case begins with, but for what unexhibited events count. */
function checkChains(exhibits: readonly Exhibit[], again: readonly ReturnType<typeof recompute>[]): void {
  for (const [index, { finding_uid }] of exhibits.entries()) {
    const next = exhibits.find((one, at) => at > index && one.finding_uid === finding_uid)
    if (next === undefined) continue
    const { best, reasons, explanation, sent, impact } = again[index]!.held
    const before = caseOf(next)!
    expect(canonicalJson([before.best, before.reasons, before.explanation, before.sent, before.impact])).toBe(
      canonicalJson([best, reasons, explanation, sent, impact]),
    )
  }
}

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CensusTable } from './census/census-table.ts'
import { createDesk, type DeskState } from './desk/desk.ts'
import { deskEntries, restoreDesk } from './desk/desk-entries.ts'
import { startMs, testEvent } from './detections/test-event.ts'
import type { DetectorOutput } from './detector/detector.ts'
import { defaultDetectorOptions } from './detector/options.ts'
import { Feedback } from './feedback/feedback.ts'
import { createPartition, type PartitionInput, type PartitionState } from './partition.ts'
import { bodiesOfEntries, partitionEntries, restorePartition } from './partition-entries.ts'
import type { CalibratedBits, ScoringModel } from './score/scoring-model.ts'
import { uncalibratedModel } from './score/uncalibrated-model.ts'

const hourMs = 3_600_000

const plainModel: ScoringModel = {
  ...uncalibratedModel,
  scoreBits: (rank) => ({ bits: rank, extrapolated: false }),
  surpriseBits: (rank) => rank,
}

/** Twice as strange, to the one; half as strange, to the other. */
const models: ReadonlyMap<string, ScoringModel> = new Map(
  [2, 0.5].map((factor) => {
    const scoreBits = (rank: number): CalibratedBits => ({ bits: factor * rank, extrapolated: false })
    return [`times ${factor}`, { ...plainModel, id: `times ${factor}`, scoreBits }]
  }),
)

const partitionOf = () =>
  createPartition(
    { ...defaultDetectorOptions, digestBits: 4, openCasesMax: 2, identitiesMax: 3 },
    { model: plainModel, tablesId: '', codeVersion: 'code', scores: false, exhibits: true, notesChanges: true },
  )

const labelled = new Feedback({
  cases: [{ identity_uid: 'id-1', first_ms: 0, last_ms: startMs + 90 * hourMs, verdict: 'true_positive' }],
  suppressions: [],
})
const feedbacks = new Map([Feedback.none, labelled].map((one) => [one.id, one]))

const modelArbitrary = fc.constantFrom(undefined, ...models.values())

const inputArbitrary = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('event' as const),
      who: fc.integer({ min: 0, max: 5 }),
      gapMs: fc.integer({ min: -hourMs, max: 9 * hourMs }),
      operation: fc.constantFrom('ListBuckets', 'StopLogging', 'CreateUser', 'Decrypt'),
      asn: fc.integer({ min: 1, max: 6 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('tick' as const), gapMs: fc.integer({ min: 0, max: hourMs * 30 }) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tables' as const), id: fc.constantFrom('t1', 't2') }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('census' as const), epoch: fc.integer({ min: 0, max: 3 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('model' as const), model: modelArbitrary }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('shadow' as const), model: modelArbitrary }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('feedback' as const), feedback: fc.constantFrom(...feedbacks.values()) }),
  },
)

function inputsOf(
  parts: readonly (typeof inputArbitrary extends fc.Arbitrary<infer T> ? T : never)[],
): PartitionInput[] {
  let time = startMs
  return parts.map((part, index): PartitionInput => {
    if (part.kind === 'tables' || part.kind === 'model' || part.kind === 'shadow' || part.kind === 'feedback')
      return part
    if (part.kind === 'census') return { kind: 'census', table: CensusTable.empty, epoch: part.epoch }
    time += part.gapMs
    if (part.kind === 'tick') return { kind: 'tick', timeMs: time }
    const event = testEvent({
      time,
      event_uid: `event-${index}`,
      identity: { uid: `id-${part.who}`, issuer_uid: `issuer-${part.who % 2}` },
      api: { service: 'iam', operation: part.operation },
      src: { asn: part.asn },
    })
    return { kind: 'event', event }
  })
}

function text(output: DetectorOutput): string {
  if (output.kind === 'exhibit') return JSON.stringify({ ...output.exhibit, state: [...output.exhibit.state] })
  return output.kind === 'census_day' ? JSON.stringify([output.day, output.sums.toJson()]) : JSON.stringify(output)
}

/** Saves what changed over all that was saved before, as a changelog does. */
function save(saved: Map<string, Uint8Array>, changes: ReadonlyMap<string, Uint8Array | null>): void {
  for (const [name, bytes] of changes) {
    saved.delete(name)
    if (bytes !== null) saved.set(name, bytes)
  }
}

test('a partition restored from the changes of several saves goes on with the same bits', () => {
  fc.assert(
    fc.property(
      fc.array(inputArbitrary, { minLength: 30, maxLength: 150 }),
      fc.array(fc.nat(149), { maxLength: 4 }),
      (parts, cuts) => {
        const inputs = inputsOf(parts)
        const whole = partitionOf()
        const wholeState = whole.init()
        const expected = inputs.flatMap((input) => whole.step(wholeState, input).map(text))
        const operator = partitionOf()
        let state: PartitionState = operator.init()
        let store = partitionEntries(state)
        const saved = new Map<string, Uint8Array>()
        const given: string[] = []
        for (const [index, input] of inputs.entries()) {
          given.push(...operator.step(state, input).map(text))
          if (!cuts.includes(index)) continue
          save(saved, store.takeChanges())
          if (index % 2 === 0) continue
          const inForce = state.detector.feedback.id
          state = operator.init()
          const { census, model, shadow, feedback } = bodiesOfEntries(saved)
          expect(census).toBe(CensusTable.empty.id)
          expect(feedback).toBe(inForce)
          restorePartition(state, saved, CensusTable.empty, {
            model: models.get(model),
            shadow: models.get(shadow),
            feedback: feedbacks.get(feedback)!,
          })
          store = partitionEntries(state)
        }
        expect(given).toEqual(expected)
      },
    ),
    { numRuns: 40 },
  )
})

test('entries that miss one, or hold something else, are refused', () => {
  const operator = partitionOf()
  const state = operator.init()
  const saved = new Map<string, Uint8Array>()
  for (const input of inputsOf([{ kind: 'event', who: 1, gapMs: 0, operation: 'Decrypt', asn: 1 }]))
    operator.step(state, input)
  save(saved, partitionEntries(state).takeChanges())
  for (const name of ['meta', 'sums/0']) {
    const damaged = new Map(saved)
    damaged.delete(name)
    expect(() => restorePartition(operator.init(), damaged, CensusTable.empty), name).toThrow()
  }
  const cut = new Map(saved).set('identity/id-1', saved.get('identity/id-1')!.subarray(0, 9))
  expect(() => restorePartition(operator.init(), cut, CensusTable.empty)).toThrow(RangeError)
})

test('a desk restored from its changes decides the same, and forgets the same cases first', () => {
  const findingArbitrary = fc.record({
    uid: fc.integer({ min: 0, max: 12 }),
    who: fc.integer({ min: 0, max: 4 }),
    score: fc.integer({ min: 0, max: 30 }),
    gapMs: fc.integer({ min: 0, max: 5 * hourMs }),
    always: fc.boolean(),
  })
  fc.assert(
    fc.property(fc.array(findingArbitrary, { minLength: 20, maxLength: 80 }), fc.array(fc.nat(79)), (parts, cuts) => {
      const desk = createDesk({ alertsPerDay: 2, pageBits: 10, casesMax: 5, notesChanges: true })
      let timeMs = startMs
      const findings = parts.map((part) => {
        timeMs += part.gapMs
        const policies = part.always ? ['root_used'] : []
        const { uid, score, always, who } = part
        return {
          finding_uid: `f-${uid}`,
          identity_uid: `id-${who}`,
          time: timeMs,
          score,
          always,
          policies,
          reasons: [],
        }
      })
      const decide = (state: DeskState, finding: (typeof findings)[number]): string =>
        JSON.stringify(desk.step(state, { finding: finding as never }))
      const wholeState = desk.init()
      const expected = findings.map((finding) => decide(wholeState, finding))
      let state = desk.init()
      let store = deskEntries(state)
      const saved = new Map<string, Uint8Array>()
      const given: string[] = []
      for (const [index, finding] of findings.entries()) {
        given.push(decide(state, finding))
        if (!cuts.includes(index)) continue
        save(saved, store.takeChanges())
        if (index % 2 === 0) continue
        state = desk.init()
        restoreDesk(state, saved)
        store = deskEntries(state)
      }
      expect(given).toEqual(expected)
    }),
    { numRuns: 60 },
  )
})

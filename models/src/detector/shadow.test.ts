import fc from 'fast-check'
import { expect, test } from 'vitest'
import { startMs, testEvent } from '../detections/test-event.ts'
import { createPartition, type PartitionInput } from '../partition.ts'
import { partitionEntries } from '../partition-entries.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import type { DetectorOutput } from './detector.ts'
import { defaultDetectorOptions } from './options.ts'

function modelOf(id: string, factor: number): ScoringModel {
  return {
    ...uncalibratedModel,
    id,
    scoreBits: (rank) => ({ bits: factor * Math.max(rank, 0), extrapolated: false }),
    surpriseBits: (rank) => Math.max(rank, 0),
  }
}
const champion = modelOf('champion', 1)
const shadow = modelOf('shadow', 3)

const partsArbitrary = fc.array(
  fc.record({
    who: fc.integer({ min: 0, max: 3 }),
    gapMs: fc.integer({ min: 0, max: 7_200_000 }),
    operation: fc.constantFrom('ListBuckets', 'CreateUser', 'StopLogging', 'Decrypt'),
    asn: fc.integer({ min: 1, max: 5 }),
  }),
  { minLength: 20, maxLength: 120 },
)
type Parts = typeof partsArbitrary extends fc.Arbitrary<infer T> ? T : never

function eventsOf(parts: Parts): PartitionInput[] {
  let time = startMs
  return parts.map(({ who, gapMs, operation, asn }, index) => {
    time += gapMs
    const identity = { uid: `id-${who}` }
    const event = testEvent({ time, event_uid: `e-${index}`, identity, api: { operation }, src: { asn } })
    return { kind: 'event', event }
  })
}

function run(inputs: readonly PartitionInput[], model: ScoringModel) {
  const options = { ...defaultDetectorOptions, digestBits: 0.5 }
  const setting = { model, tablesId: '', codeVersion: 'code', scores: false, exhibits: true, notesChanges: true }
  const partition = createPartition(options, setting)
  const state = partition.init()
  const outputs: DetectorOutput[] = []
  // Scores share a working array, so only what stays is kept of them.
  for (const input of inputs) for (const output of partition.step(state, input)) outputs.push(structuredClone(output))
  return { outputs, entries: partitionEntries(state).takeChanges() }
}

function told(outputs: readonly DetectorOutput[], kinds: readonly DetectorOutput['kind'][]): string[] {
  return outputs.filter(({ kind }) => kinds.includes(kind)).map((output) => JSON.stringify(output))
}

function scores(outputs: readonly DetectorOutput[], kind: 'score' | 'shadow_score'): string[] {
  return outputs.flatMap((output) =>
    output.kind === kind ? [`${output.score.event.event_uid} ${output.score.score} ${output.score.lesson}`] : [],
  )
}

/** All but the ids of models. */
function memory(entries: ReadonlyMap<string, Uint8Array | null>): string[] {
  return [...entries]
    .filter(([name]) => name !== 'meta' && !name.startsWith('case/'))
    .map(([name, bytes]) => `${name} ${Buffer.from(bytes ?? []).toString('hex')}`)
}

test('findings and exhibits are the same to the byte with a shadow and without, and so is what is learnt', () => {
  let findings = 0
  fc.assert(
    fc.property(partsArbitrary, (parts) => {
      const alone = run(eventsOf(parts), champion)
      const beside = run([{ kind: 'shadow', model: shadow }, ...eventsOf(parts)], champion)
      const kinds = ['finding', 'exhibit', 'census_day'] as const
      expect(told(beside.outputs, kinds)).toEqual(told(alone.outputs, kinds))
      findings += told(alone.outputs, ['finding']).length
      expect(memory(beside.entries)).toEqual(memory(alone.entries))
      expect(told(alone.outputs, ['score', 'shadow_score'])).toEqual([])
    }),
    { numRuns: 30 },
  )
  expect(findings).toBeGreaterThan(30)
})

test('a shadow says what it would say in force, beside what the one in force says', () => {
  fc.assert(
    fc.property(partsArbitrary, (parts) => {
      const beside = run([{ kind: 'shadow', model: shadow }, ...eventsOf(parts)], champion)
      const swapped = run([{ kind: 'shadow', model: champion }, ...eventsOf(parts)], shadow)
      expect(scores(beside.outputs, 'shadow_score')).toEqual(scores(swapped.outputs, 'score'))
      expect(scores(beside.outputs, 'score')).toEqual(scores(swapped.outputs, 'shadow_score'))
    }),
    { numRuns: 30 },
  )
})

test('a promotion takes effect at its place, a rollback too, and what was learnt goes on', () => {
  const parts = Array.from({ length: 60 }, (_, index) => ({
    who: index % 3,
    gapMs: 600_000,
    operation: index % 7 === 0 ? ('CreateUser' as const) : ('ListBuckets' as const),
    asn: 1 + (index % 4),
  }))
  const events = eventsOf(parts)
  const shadowed: PartitionInput = { kind: 'shadow', model: champion }
  const switched = run(
    [
      shadowed,
      ...events.slice(0, 20),
      { kind: 'model', model: shadow },
      ...events.slice(20, 40),
      { kind: 'model', model: undefined },
      ...events.slice(40),
    ],
    champion,
  )
  const [ofChampion, ofOther] = [champion, shadow].map((model) =>
    scores(run([shadowed, ...events], model).outputs, 'score'),
  )
  const given = scores(switched.outputs, 'score')
  expect(given).toEqual([...ofChampion!.slice(0, 20), ...ofOther!.slice(20, 40), ...ofChampion!.slice(40)])
  expect(ofChampion).not.toEqual(ofOther)
  const named = switched.outputs.flatMap((output) => (output.kind === 'finding' ? [output.finding.model] : []))
  expect(new Set(named)).toEqual(new Set(['champion', 'shadow']))
})

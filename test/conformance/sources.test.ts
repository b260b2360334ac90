import {
  factNames,
  type JsonObject,
  type Outcome,
  rejectReasons,
  resourcesMax,
  type Source,
  sources,
} from '@ostiary/schemas'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bearingFields, canary, leavesOf, withMember, withSecrets } from './canary.ts'
import { allowListOf, fixturesOf, type SourceFixture, standing } from './source-fixtures.ts'

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function check(outcome: Outcome): void {
  if (outcome.kind === 'rejected') {
    expect(rejectReasons).toContain(outcome.reason)
    expect(outcome.detail.length).toBeGreaterThan(0)
    expect(outcome.detail.length).toBeLessThan(1000)
    return
  }
  if (outcome.kind === 'filtered') return
  const { event } = outcome
  expect(Number.isSafeInteger(event.timeMs)).toBe(true)
  expect(event.operation).not.toBe('')
  expect(event.resources.length).toBeLessThanOrEqual(resourcesMax)
  expect(new Set(event.facts).size).toBe(event.facts.length)
  for (const fact of event.facts) expect(factNames).toContain(fact)
  const { principal, resources } = event
  const texts = [event.eventUid, event.service, event.region, event.errorCode, event.sourceAddress, event.userAgent]
  const { mfa, sessionCreatedMs, chained, ...words } = principal
  for (const text of [...texts, event.targetAccountUid, ...Object.values(words), ...resources.flatMap(Object.values)]) {
    expect(typeof text).toBe('string')
  }
  expect([true, false, undefined]).toContain(mfa)
  expect(typeof chained).toBe('boolean')
  expect(sessionCreatedMs === undefined || Number.isSafeInteger(sessionCreatedMs)).toBe(true)
}

/** Any value in the place of any member of a fixture. */
function mutants(fixtures: readonly SourceFixture[]): fc.Arbitrary<JsonObject> {
  return fc
    .constantFrom(...fixtures)
    .chain(({ record }) => {
      const places = leavesOf(record).flatMap((keys) => keys.map((_key, i) => keys.slice(0, i + 1)))
      return fc.tuple(
        fc.constant(record),
        fc.array(fc.tuple(fc.constantFrom(...places), fc.jsonValue()), { maxLength: 4 }),
      )
    })
    .map(([record, changes]) => {
      let changed = record
      for (const [keys, value] of changes) {
        try {
          changed = withMember(changed, keys, value)
        } catch {
          // An earlier change took the place away.
        }
      }
      return changed
    })
}

describe.each(sources.map((source) => [source.id, source] as const))('source %s', (id, source: Source) => {
  const fixtures = fixturesOf(id)
  const list = allowListOf(id)
  const events = fixtures.filter((fixture) => fixture.outcome.kind === 'event')

  test('has fixtures of events and a table of the fields it reads', () => {
    expect(events.length, 'fixtures/*.json: {about, record, outcome}').toBeGreaterThan(0)
    expect(list.size, 'README.md, "Fields read": rows of | `path` | kept or looked at | what for |').toBeGreaterThan(0)
  })

  test('is total: any JSON object has an outcome', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        check(source.normalise(record))
        expect(typeof source.recognises(record)).toBe('boolean')
      }),
    )
    if (fixtures.length === 0) return
    fc.assert(
      fc.property(mutants(fixtures), (record) => {
        const outcome = source.normalise(record)
        check(outcome)
        expect(source.normalise(record)).toEqual(outcome)
      }),
      { numRuns: 1000 },
    )
  })

  describe.each(fixtures.map((fixture) => [fixture.name, fixture] as const))('fixture %s', (_name, fixture) => {
    const { record } = fixture

    test('gives what it says, twice, and leaves the record as it was', () => {
      const before = structuredClone(record)
      const outcome = source.normalise(record)
      check(outcome)
      expect(plain(outcome)).toEqual(fixture.outcome)
      expect(plain(source.normalise(structuredClone(record)))).toEqual(fixture.outcome)
      expect(record).toEqual(before)
    })

    test('is recognised by this source and no other', () => {
      expect(sources.filter((one) => one.recognises(record)).map((one) => one.id)).toEqual([id])
    })

    test('is not changed by secrets in members it does not know', () => {
      const outcome = source.normalise(withSecrets(record) as JsonObject)
      expect(plain(outcome)).toEqual(fixture.outcome)
      const hidden = { requestParameters: { password: canary }, responseElements: { token: canary } }
      expect(plain(source.normalise({ ...hidden, ...record }))).toEqual(fixture.outcome)
    })

    test('is read only where the README says so', () => {
      const unlisted: string[] = []
      const shown: string[] = []
      for (const [path, bearing] of bearingFields(source, record)) {
        const word = standing(list, path)
        if (word === undefined) unlisted.push(path)
        else if (bearing === 'kept' && word !== 'kept') shown.push(path)
      }
      expect(unlisted, 'fields that change the event but are not in the table "Fields read"').toEqual([])
      expect(shown, 'fields whose value shows in the event but that are not "kept"').toEqual([])
    })
  })
})

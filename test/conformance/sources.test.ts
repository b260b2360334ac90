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
import { allowListOf, fixturesOf, type SourceFixture, standing } from './source-fixtures.ts'

const canary = 'SECRET-CANARY-7f3a'
/** Names under which services hide what must never be read. */
const secretNames = [
  'password',
  'secretString',
  'sessionToken',
  'privateKey',
  'authorization',
  'client_secret',
] as const

function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

function isTree(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object'
}

/** Every leaf of a record, as its keys from the top. */
function leavesOf(value: unknown, keys: readonly string[] = []): readonly (readonly string[])[] {
  if (!isTree(value)) return [keys]
  return Object.entries(value).flatMap(([key, member]) => leavesOf(member, [...keys, key]))
}

/** The record with one member replaced. */
function withMember(record: JsonObject, keys: readonly string[], value: unknown): JsonObject {
  const copy = structuredClone(record) as Record<string, unknown>
  let at: Record<string, unknown> = copy
  for (const key of keys.slice(0, -1)) at = at[key] as Record<string, unknown>
  at[keys.at(-1)!] = value
  return copy
}

/** A path as an allow-list writes it: `resources[].ARN`. */
function pathOf(record: JsonObject, keys: readonly string[]): string {
  let path = ''
  let at: unknown = record
  for (const key of keys) {
    path += Array.isArray(at) ? '[]' : path === '' ? key : `.${key}`
    at = (at as Record<string, unknown>)[key]
  }
  return path
}

/** The record with secrets put into each of its objects, under names that no format has there. */
function withSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withSecrets)
  if (!isTree(value)) return value
  const copy: Record<string, unknown> = {}
  for (const [key, member] of Object.entries(value)) copy[key] = withSecrets(member)
  for (const name of secretNames) if (!(name in copy)) copy[name] = canary
  copy['nested-secrets'] = { deeper: [{ token: canary }] }
  return copy
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
    expect(events.length).toBeGreaterThan(0)
    expect(list.size).toBeGreaterThan(0)
  })

  test('is total: any JSON object has an outcome', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (record) => {
        check(source.normalise(record))
        expect(typeof source.recognises(record)).toBe('boolean')
      }),
    )
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
      const hidden = { requestParameters: { [secretNames[0]]: canary }, responseElements: { token: canary } }
      expect(plain(source.normalise({ ...hidden, ...record }))).toEqual(fixture.outcome)
    })

    test('is read only where the README says so', () => {
      const before = JSON.stringify(source.normalise(record))
      const unlisted: string[] = []
      const shown: string[] = []
      for (const keys of leavesOf(record)) {
        const path = pathOf(record, keys)
        const after = JSON.stringify(source.normalise(withMember(record, keys, canary)))
        const word = standing(list, path)
        if (after !== before && word === undefined) unlisted.push(path)
        if (after.includes(canary) && word !== 'kept') shown.push(path)
      }
      expect(unlisted, 'fields that change the event but are not in the table "Fields read"').toEqual([])
      expect(shown, 'fields whose value shows in the event but that are not "kept"').toEqual([])
    })
  })
})

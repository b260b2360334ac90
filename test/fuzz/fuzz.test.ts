import { sources } from '@ostiary/schemas'
import { expect, test } from 'vitest'
import { fixturesOf } from '../conformance/source-fixtures.ts'
import { fuzzSources } from './fuzz-sources.ts'

test('every one of 20,000 values has exactly the outcomes of the records in it', () => {
  const summary = fuzzSources(20_000, 1)
  expect(summary.failures).toEqual([])
  expect(summary.inputs).toBe(20_000)
  // The run is worth something only if it reaches all there is to reach.
  for (const { id } of sources) if (fixturesOf(id).length > 0) expect(summary.byWord.get(id), id).toBeGreaterThan(100)
  for (const reason of ['json.not_object', 'json.invalid', 'source.unsupported', 'record.invalid_time', 'heartbeat']) {
    expect(summary.byWord.get(reason) ?? 0, reason).toBeGreaterThan(100)
  }
})

test('the same seed gives the same run, another seed another', () => {
  const run = fuzzSources(500, 7)
  expect(fuzzSources(500, 7)).toEqual(run)
  expect(fuzzSources(500, 8).byWord).not.toEqual(run.byWord)
})

import { OstiaryError } from '@ostiary/schemas'
import { expect, it } from 'vitest'
import { type Check, type CheckRow, failure, ok, type Patient, skipped, warning } from './check.ts'
import { examine, outcomeOf } from './examine.ts'
import { clockOutcome } from './registry-checks.ts'

const patient = {} as Patient

async function rowsOf(checks: readonly Check[]): Promise<{ rows: CheckRow[]; told: string[] }> {
  const told: string[] = []
  const rows = await examine(checks, patient, {
    begin: (check) => told.push(`begin ${check}`),
    done: ({ check }) => told.push(`done ${check}`),
  })
  return { rows, told }
}

it('makes checks in order, tells of each, and leaves out what stands on one that failed', async () => {
  const { rows, told } = await rowsOf([
    { name: 'one', run: () => failure('broken') },
    { name: 'two', after: ['one'], run: () => ok('never asked') },
    { name: 'three', after: ['two'], run: async () => warning('so so') },
    { name: 'four', after: ['three'], run: () => ok('fine') },
  ])
  expect(rows).toEqual([
    { check: 'one', state: 'failure', detail: 'broken' },
    { check: 'two', ...skipped('one failed: mend that first') },
    { check: 'three', state: 'warning', detail: 'so so' },
    { check: 'four', state: 'ok', detail: 'fine' },
  ])
  expect(told.slice(0, 4)).toEqual(['begin one', 'done one', 'begin two', 'done two'])
})

it('an error that we know is a finding; a defect is not', async () => {
  const known = new OstiaryError('key.invalid', 'Cannot use key file')
  expect(await outcomeOf(() => Promise.reject(known))).toEqual(failure('Cannot use key file'))
  await expect(outcomeOf(() => Promise.reject(new TypeError('oops')))).rejects.toThrow('oops')
})

it('whoever does not answer has failed', async () => {
  expect(await outcomeOf(() => new Promise(() => undefined), 10)).toMatchObject({ state: 'failure' })
})

it.each([
  ['no date', undefined, 'skipped'],
  ['the same second', 1_000_000, 'ok'],
  ['a second behind', 999_000, 'ok'],
  ['within what a second hides', 997_000, 'ok'],
  ['three seconds behind', 996_000, 'warning'],
  ['five seconds ahead', 1_005_000, 'warning'],
  ['an hour behind', 1_000_000 - 3_600_000, 'failure'],
  ['an hour ahead', 1_000_000 + 3_600_000, 'failure'],
])('a registry whose clock says %s', (_, theirsMs, state) => {
  expect(clockOutcome({ theirsMs, beforeMs: 1_000_100, afterMs: 1_000_200 }).state).toBe(state)
})

it('a slow answer is no skew', () => {
  expect(clockOutcome({ theirsMs: 1_008_000, beforeMs: 1_000_000, afterMs: 1_010_000 }).state).toBe('ok')
})

import { alertLineOf } from '@ostiary/runtime'
import { describe, expect, test } from 'vitest'
import { alertOfLine } from './alert-of-line.ts'
import { testAlert } from './render/test-alert.ts'

const alert = testAlert()

describe.each(['ocsf', 'flat'] as const)('a line of format %s', (format) => {
  const line = alertLineOf({ format, productVersion: '0.1.0' })

  test('is read back as the alert', () => {
    // What both formats leave out is not asked for by any view.
    const { activity: _, revision, ...rest } = alert
    expect(alertOfLine(line(alert))).toMatchObject({ ...rest, revision })
  })

  test('keeps a name in the place of the identity', () => {
    const named = alertLineOf({ format, productVersion: '0.1.0', nameOf: () => 'ada' })
    expect(alertOfLine(named(alert))?.identity_uid).toBe('ada')
  })

  test('cut anywhere holds none', () => {
    const text = line(alert)
    for (let length = 0; length < text.length; length += 13) expect(alertOfLine(text.slice(0, length))).toBeUndefined()
  })
})

test.each([
  '',
  'null',
  '7',
  '"x"',
  '[]',
  '{}',
  '{"finding_uid":"a"}',
  '{"finding_uid":"a","identity":"b","reasons":[]}',
  '{"finding_uid":"a","identity":"b","reasons":[],"evidence":[null],"counterfactual":[],"notes":[]}',
  '{"unmapped":null}',
  '{"unmapped":{"ostiary":null},"finding_info":null}',
  '{"unmapped":{"ostiary":7},"finding_info":{"uid":"a"}}',
])('%s holds no alert', (line) => {
  expect(alertOfLine(line)).toBeUndefined()
})

import { readFileSync } from 'node:fs'
import { tacticNames, techniques } from '@ostiary/models'
import type { Alert, AttackNames } from '@ostiary/schemas'
import { toDetectionFinding, toFlat } from '@ostiary/schemas'
import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { alert as anyAlert } from '../arbitraries/alert.ts'
import { ocsfPathsOf } from '../generate/ocsf-fields.ts'

const schemaPath = '../../docs/spec/ocsf-detection-finding.schema.json'
const schema = JSON.parse(readFileSync(new URL(schemaPath, import.meta.url), 'utf8')) as object
const validate = new Ajv({ allErrors: true, strict: false }).compile(schema)

const attackNames: AttackNames = {
  version: '17',
  tactic: (uid) => (Object.hasOwn(tacticNames, uid) ? tacticNames[uid] : undefined),
  technique: (uid) => (Object.hasOwn(techniques, uid) ? techniques[uid]?.name : undefined),
}

/** The finding as a reader of the JSON gets it. */
function read(alert: Alert, title = 'a title'): Record<string, unknown> {
  const options = { productVersion: '0.1.0', title, attackNames, nameOf: () => undefined }
  return JSON.parse(JSON.stringify(toDetectionFinding(alert, options))) as Record<string, unknown>
}

test('every alert is a Detection Finding of OCSF 1.6.0', () => {
  fc.assert(
    fc.property(anyAlert, fc.string(), (alert, title) => {
      expect(validate(read(alert, title)) ? [] : validate.errors).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test.each([
  ['a class', { class_uid: 2001 }],
  ['a type', { type_uid: 200499 }],
  ['a time', { time: '2026-03-02' }],
  ['a severity', { severity_id: 7 }],
  ['an attribute', { detection: 'x' }],
  ['metadata', { metadata: { version: '1.6.0' } }],
  ['evidence', { evidences: [{ uid: 'e' }] }],
  ['an analytic', { finding_info: { uid: 'f', title: 't', analytic: { uid: 'a' } } }],
])('the schema refuses %s that is none', (_name, wrong) => {
  const [alert] = fc.sample(anyAlert, { numRuns: 1, seed: 1 })
  const right = read({ ...alert!, activity: 'create' })
  expect(validate(right)).toBe(true)
  expect(validate({ ...right, ...wrong })).toBe(false)
})

/** The member at a path, looking into the first element of arrays. */
function at(value: unknown, path: string): unknown {
  let here: unknown = value
  for (const key of path.split('.')) {
    if (Array.isArray(here)) here = here[0]
    here = (here as Record<string, unknown> | undefined)?.[key]
  }
  return here
}

test('every field of an alert is where the schema says it is', () => {
  const [drawn] = fc.sample(anyAlert, { numRuns: 1, seed: 2 })
  const alert: Alert = {
    ...drawn!,
    issuer_uid: 'iss-1',
    team: 'payments',
    policies: ['audit_disabled', 'root_used'],
    reasons: [
      { detection: 'd', signal: 's', bits: 3, words: 'w', tactic: 'TA0005', technique: 'T1110' },
      { detection: 'e', signal: 's', bits: 2, words: 'v', tactic: '', technique: '' },
    ],
    evidence: [
      { event_uid: 'e', time: drawn!.time, sha256: 'aa', operation: 'o', outcome: 'success', from: 'x', score: 1 },
    ],
    counterfactual: [{ words: 'w', score: 1 }],
  }
  const finding = read(alert)
  const missing = ocsfPathsOf('alert').filter((path) => at(finding, path) === undefined)
  expect(missing).toEqual([])
})

const seven = [
  'identity',
  'first_event_time',
  'last_event_time',
  'event_ids',
  'score',
  'disposition',
  'revision',
] as const

test('the flat form and unmapped.ostiary say the same of the seven keys', () => {
  fc.assert(
    fc.property(anyAlert, (alert) => {
      const flat = toFlat(alert, 'a title') as Record<string, unknown>
      const { ostiary } = read(alert)['unmapped'] as { ostiary: Record<string, unknown> }
      for (const key of seven) expect(JSON.parse(JSON.stringify(flat[key]))).toEqual(ostiary[key])
      expect(flat['first_event_time']).toBe(new Date(alert.first_event_time).toISOString())
    }),
  )
})

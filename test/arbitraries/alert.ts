import type { Alert } from '@ostiary/schemas'
import fc from 'fast-check'

const firstMs = Date.UTC(2025, 0, 1)
const time = fc.integer({ min: firstMs, max: firstMs + 200 * 86_400_000 })
const bits = fc.double({ min: 0, max: 80, noNaN: true })
const count = fc.integer({ min: 0, max: 2_147_483_647 })

/** Usual words, and now and then anything at all. */
function text(...usual: readonly string[]): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...usual) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
    { weight: 1, arbitrary: fc.constant('') },
  )
}

const evidence: fc.Arbitrary<Alert['evidence'][number]> = fc.record({
  event_uid: fc.uuid(),
  time,
  sha256: text('00'.repeat(32)),
  operation: text('StopLogging', 'CreateAccessKey'),
  outcome: text('success', 'AccessDenied'),
  from: text('AS64500 (Example Access), DE'),
  score: bits,
})

const reason: fc.Arbitrary<Alert['reasons'][number]> = fc.record({
  detection: text('first_operation', 'audit_disabled'),
  signal: text('new_value.operation'),
  bits,
  words: text('first use of StopLogging in 41 days'),
  tactic: text('TA0005', 'TA0006'),
  technique: text('T1562.008', 'T1110'),
})

/** Any alert that fits the schema, with values as the detector and the desk give them and others. */
export const alert: fc.Arbitrary<Alert> = fc.record({
  finding_uid: text('f-1', 'f-2'),
  revision: fc.integer({ min: 1, max: 100 }),
  activity: fc.constantFrom('create', 'update', 'close'),
  tenant_uid: text('default'),
  time,
  identity_uid: text('id-1', 'id-2'),
  identity_type: text('human', 'workload', 'ci', 'cloud_internal', 'root', 'unknown'),
  identity_evidence: text('SSO session of a person'),
  issuer_uid: text('iss-1'),
  team: text('payments'),
  zone: text('Europe/Berlin'),
  first_event_time: time,
  last_event_time: time,
  event_count: count,
  evidence: fc.array(evidence, { maxLength: 4 }),
  score: bits,
  surprise: bits,
  impact: bits,
  autoencoder: bits,
  extrapolated: fc.boolean(),
  severity: fc.constantFrom('Informational', 'Low', 'Medium', 'High', 'Critical'),
  reasons: fc.array(reason, { maxLength: 4 }),
  counterfactual: fc.array(fc.record({ words: text('from a known network'), score: bits }), { maxLength: 3 }),
  policies: fc.uniqueArray(text('audit_disabled', 'root_used'), { maxLength: 3 }),
  always: fc.boolean(),
  notes: fc.array(text('peers: none yet'), { maxLength: 3 }),
  model: text('m-1'),
  tables: text('t-1'),
  feedback: text(''),
  code: text('0.1.0'),
  disposition: fc.constantFrom('page', 'digest', 'suppressed'),
  disposition_reason: text('within the budget'),
})

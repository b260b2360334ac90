import { expect, test } from 'vitest'
import type { Alert } from '../alert.ts'
import { type AttackNames, toDetectionFinding } from './detection-finding.ts'
import { toFlat } from './ostiary-fields.ts'

const attackNames: AttackNames = {
  version: '17',
  tactic: (uid) => (uid === 'TA0005' ? 'Defense Evasion' : undefined),
  technique: (uid) => (uid === 'T1562.008' ? 'Disable or Modify Cloud Logs' : undefined),
}

const alert: Alert = {
  finding_uid: 'f-1',
  revision: 2,
  activity: 'update',
  tenant_uid: 'default',
  time: 1_772_438_460_123,
  identity_uid: 'id-7f3a',
  identity_type: 'human',
  identity_evidence: 'SSO session of a person',
  issuer_uid: 'iss-1',
  team: 'payments',
  zone: 'UTC',
  first_event_time: 1_772_438_400_000,
  last_event_time: 1_772_438_460_123,
  event_count: 2,
  evidence: [
    {
      event_uid: 'e-1',
      time: 1_772_438_400_000,
      sha256: 'aa',
      operation: 'StopLogging',
      outcome: 'success',
      from: 'AS1',
      score: 17.5,
    },
    {
      event_uid: 'e-2',
      time: 1_772_438_460_123,
      sha256: 'bb',
      operation: 'DeleteTrail',
      outcome: 'success',
      from: 'AS1',
      score: 12,
    },
  ],
  score: 21.6,
  surprise: 17.5,
  impact: 4.1,
  autoencoder: 3,
  extrapolated: true,
  severity: 'High',
  reasons: [
    {
      detection: 'audit_disabled',
      signal: 'policy',
      bits: 4,
      words: 'the audit log was disabled',
      tactic: 'TA0005',
      technique: 'T1562.008',
    },
    {
      detection: 'first_operation',
      signal: 'new_value.operation',
      bits: 12,
      words: 'first use of StopLogging',
      tactic: '',
      technique: '',
    },
    {
      detection: 'first_network',
      signal: 'new_value.asn',
      bits: 5,
      words: 'first time from AS1',
      tactic: 'TA0001',
      technique: 'T9999',
    },
  ],
  counterfactual: [{ words: 'from a known network', score: 16 }],
  policies: ['audit_disabled'],
  always: true,
  notes: ['peers: none yet'],
  model: 'm-1',
  tables: 't-1',
  feedback: '',
  code: '0.1.0',
  disposition: 'page',
  disposition_reason: 'within the budget',
}
const options = { productVersion: '0.1.0', title: 'human id-7f3a: the audit log was disabled', attackNames }
// biome-ignore lint/suspicious/noExplicitAny: the tests read single members of plain data.
const of = (changes: Partial<Alert> = {}, more: object = {}): any =>
  JSON.parse(JSON.stringify(toDetectionFinding({ ...alert, ...changes }, { ...options, ...more })))

test('names its class, activity and time', () => {
  expect(of()).toMatchObject({
    class_uid: 2004,
    category_uid: 2,
    type_uid: 200402,
    activity_id: 2,
    severity_id: 4,
    status_id: 1,
    time: 1_772_438_460_123,
    count: 2,
    risk_score: 22,
    is_alert: true,
    metadata: { version: '1.6.0', uid: 'f-1/2', product: { name: 'Ostiary', version: '0.1.0' } },
  })
  expect(of({ activity: 'create' }).type_uid).toBe(200401)
  expect(of({ activity: 'close' })).toMatchObject({ activity_id: 3, status: 'New' })
})

test.each([
  ['page', { disposition_id: 19, is_alert: true, status_id: 1 }],
  ['digest', { disposition_id: 17, is_alert: false, status_id: 1 }],
  ['suppressed', { disposition_id: 16, is_alert: false, status_id: 3 }],
] as const)('disposition %s', (disposition, members) => {
  expect(of({ disposition })).toMatchObject(members)
})

test('finding_info tells analytics and ATT&CK, each once', () => {
  const info = of().finding_info
  expect(info.analytic).toEqual({ uid: 'audit_disabled', name: 'audit_disabled', type_id: 1, type: 'Rule' })
  expect(info.related_analytics.map((one: { uid: string }) => one.uid)).toEqual(['first_operation', 'first_network'])
  expect(info.attacks).toEqual([
    {
      tactic: { uid: 'TA0005', name: 'Defense Evasion' },
      technique: { uid: 'T1562.008', name: 'Disable or Modify Cloud Logs' },
      sub_technique: { uid: 'T1562.008', name: 'Disable or Modify Cloud Logs' },
      version: '17',
    },
    { tactic: { uid: 'TA0001' }, technique: { uid: 'T9999' }, version: '17' },
  ])
  const twice = [...alert.reasons, ...alert.reasons]
  expect(of({ reasons: twice }).finding_info).toEqual({ ...info, desc: twice.map((one) => one.words).join('; ') })
})

test('confidence: a fact is high, what is extrapolated low', () => {
  expect(of().confidence).toBe('High')
  expect(of({ policies: [] }).confidence).toBe('Low')
  expect(of({ policies: [], extrapolated: false }).confidence).toBe('Medium')
})

const seven = {
  first_event_time: '2026-03-02T08:00:00.000Z',
  last_event_time: '2026-03-02T08:01:00.123Z',
  event_ids: ['e-1', 'e-2'],
  score: 21.6,
  disposition: 'page',
  revision: 2,
}

test('unmapped.ostiary and the flat form hold the seven keys', () => {
  expect(of().unmapped.ostiary).toMatchObject({ identity: 'id-7f3a', ...seven, reasons: alert.reasons, code: '0.1.0' })
  expect(toFlat(alert, options.title)).toMatchObject({
    identity: 'id-7f3a',
    ...seven,
    severity: 'High',
    finding_uid: 'f-1',
  })
})

test('every field of the alert is somewhere in both forms', () => {
  const flat = JSON.stringify(toFlat(alert, options.title))
  for (const key of [
    'disposition_reason',
    'identity_evidence',
    'counterfactual',
    'notes',
    'tables',
    'model',
    'team',
  ] as const) {
    expect(of().unmapped.ostiary[key]).toEqual(alert[key])
    expect(flat).toContain(JSON.stringify(alert[key]))
  }
})

test('shows a name only where one is given', () => {
  expect(JSON.stringify(of())).not.toContain('ines')
  const named = of({}, { nameOf: (uid: string) => (uid === 'id-7f3a' ? 'ines@example.com' : undefined) })
  expect(named.unmapped.ostiary.identity).toBe('ines@example.com')
  expect(named.evidences[0].actor.user).toMatchObject({ uid: 'id-7f3a', name: 'ines@example.com', type_id: 1 })
  expect(of({}, { nameOf: () => undefined }).unmapped.ostiary.identity).toBe('id-7f3a')
  expect(toFlat(alert, 'x', () => 'ines')['identity']).toBe('ines')
})

test('evidence says who did what, and an alert without events still says who', () => {
  expect(of().evidences).toHaveLength(2)
  expect(of().evidences[1]).toMatchObject({ uid: 'e-2', api: { operation: 'DeleteTrail' } })
  expect(of({ evidence: [] }).evidences).toEqual([{ actor: of().evidences[0].actor }])
})

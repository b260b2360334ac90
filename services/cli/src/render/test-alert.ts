import type { Alert } from '@ostiary/schemas'

/** For tests: an alert about a person. */
export function testAlert(members: Partial<Alert> = {}): Alert {
  const evidence = {
    event_uid: 'event-1',
    time: Date.UTC(2026, 2, 2, 14, 5),
    sha256: '0'.repeat(64),
    operation: 'cloudtrail:StopLogging',
    outcome: 'success',
    from: 'AS64500 (Example Access), DE',
    score: 21.5,
  }
  return {
    finding_uid: '0123456789abcdef0123456789abcdef',
    revision: 2,
    activity: 'update',
    tenant_uid: 'default',
    time: Date.UTC(2026, 2, 2, 14, 35),
    identity_uid: 'id-0123456789abcdef0123',
    identity_type: 'human',
    identity_evidence: 'SSO session of a person',
    issuer_uid: 'iss-1',
    team: 'payments',
    zone: '',
    first_event_time: Date.UTC(2026, 2, 2, 14, 5),
    last_event_time: Date.UTC(2026, 2, 2, 14, 20),
    event_count: 3,
    evidence: [evidence],
    score: 21.54,
    surprise: 18.2,
    impact: 3.3,
    autoencoder: 4.4,
    extrapolated: true,
    severity: 'High',
    reasons: [
      {
        detection: 'first_action_for_identity',
        signal: 'new_value.action',
        bits: 17.3,
        words: 'first use of cloudtrail:StopLogging in 41 days',
        tactic: 'TA0005',
        technique: 'T1562.008',
      },
    ],
    counterfactual: [{ words: 'from its usual network: 12.0 bits', score: 12 }],
    policies: ['audit_disabled'],
    always: false,
    notes: ['its peers do not do it either'],
    model: 'm-1',
    tables: 't-1',
    feedback: '',
    code: '0.1.0',
    disposition: 'page',
    disposition_reason: 'within the budget',
    ...members,
  }
}

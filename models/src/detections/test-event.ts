import type { AccessEvent } from '@ostiary/schemas'

/** An access event's fields, each of them optional. */
export type EventParts = {
  readonly [K in keyof AccessEvent]?: AccessEvent[K] extends readonly unknown[] | string | number
    ? AccessEvent[K]
    : Partial<AccessEvent[K]>
}

export const minuteMs = 60_000
export const hourMs = 3_600_000
export const dayMs = 86_400_000

/** Monday, 3 March 2025, 09:00 UTC: when the histories of tests begin. */
export const startMs: number = 1_740_992_400_000

/** For tests: a person of the documentation's account who lists buckets with the command line from a German access network. */
export function testEvent(parts: EventParts = {}): AccessEvent {
  const time = parts.time ?? startMs
  return {
    event_uid: `event-${time}`,
    tenant_uid: 'default',
    source: 'aws.cloudtrail',
    class_uid: 6003,
    late_ms: 0,
    facts: [],
    resources: [],
    ...parts,
    time,
    identity: {
      uid: 'id-0123456789abcdef',
      type: 'human',
      type_evidence: 'SSO session of a person',
      issuer_uid: 'iss-1',
      peer_group: 'grp-1',
      team: '',
      zone: '',
      privilege: 'standard',
      account_uid: '111122223333',
      ...parts.identity,
    },
    session: {
      uid: 'ses-1',
      credential_uid: 'key-1',
      credential_type: 'temporary',
      mfa: 'yes',
      created_time: null,
      chained: false,
      ...parts.session,
    },
    api: {
      service: 's3',
      operation: 'ListBuckets',
      access_level: 'list',
      outcome: 'success',
      error_code: '',
      region: 'eu-central-1',
      target_account_uid: '111122223333',
      ...parts.api,
    },
    src: {
      ip: 'ip-1',
      subnet_uid: 'net-1',
      asn: 64500,
      as_org: 'Example Access',
      country: 'DE',
      network_type: 'access',
      svc_name: '',
      indicator: '',
      ...parts.src,
    },
    user_agent: { family: 'aws-cli', version: '2', os: 'linux', kind: 'cli', ...parts.user_agent },
  }
}

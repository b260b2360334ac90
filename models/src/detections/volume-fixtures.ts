import { type Fixture, times } from './fixture.ts'

const change = { api: { service: 'ec2', operation: 'RunInstances', access_level: 'write' } } as const
const started = { ...change, facts: ['compute.started'] }
const denied = { api: { outcome: 'failure', error_code: 'AccessDenied' } } as const
const secret = { facts: ['secret.read'], api: { service: 'secretsmanager', operation: 'GetSecretValue' } }
const object = { api: { service: 's3', operation: 'GetObject', access_level: 'read' } } as const
const deletion = {
  facts: ['data.deleted'],
  api: { service: 's3', operation: 'DeleteObject', access_level: 'write' },
} as const
const list = (i: number) => ({ api: { service: 'ec2', operation: `Describe${i}`, access_level: 'list' as const } })
const refused = (i: number) => ({ api: { ...denied.api, service: 'ec2', operation: `Describe${i}` } })
const many = <T>(count: number, of: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => of(i))

/** For tests: where each detection of `volume.ts` must apply, and where it must not. */
export const volumeFixtures: Readonly<Record<string, Fixture>> = {
  burst_of_operations: {
    applies: { before: times(60), event: {} },
    says: /^61 events within the hour, where \d(\.\d)? are usual/,
    not: { daily: times(60), everyMs: 30_000, before: times(60), event: {} },
  },
  burst_of_changes: {
    applies: { before: times(30, change), event: change },
    says: /^31 changes within the hour, where \d+(\.\d)? are usual/,
    not: { before: times(30), event: change },
  },
  burst_of_instances: {
    applies: { before: times(30, started), event: started },
    says: /^31 changes within the hour, where \d+(\.\d)? are usual, the last a start of machines/,
    not: { before: times(30, started), event: change },
  },
  burst_of_errors: {
    applies: { before: times(15, denied), event: denied },
    says: /^16 failed calls within the hour/,
    not: { before: times(15), event: denied },
  },
  denied_on_many_actions: {
    applies: { before: many(10, refused), event: refused(10) },
    says: /^11 different actions failed within the hour, where \d+(\.\d)? are usual \(last: AccessDenied\)/,
    not: { before: times(10, refused(0)), event: refused(0) },
  },
  broad_discovery: {
    applies: { before: many(14, list), event: list(14) },
    says: /^1\d different actions within the hour, where \d+(\.\d)? are usual: looking around/,
    not: { before: many(14, list), event: change },
  },
  burst_of_secret_reads: {
    applies: { before: times(14, secret), event: secret },
    says: /^15 secret reads within the hour/,
    not: { before: times(4, secret), event: secret },
  },
  burst_of_data_reads: {
    applies: { before: times(60, object), event: object },
    says: /^61 reads of stored data within the hour/,
    not: { before: times(60, object), event: list(1) },
  },
  burst_of_deletions: {
    applies: { before: times(12, deletion), event: deletion },
    says: /^13 deletions within the hour/,
    not: { daily: times(12, deletion), before: times(12, deletion), event: deletion },
  },
}

import { type Fixture, times } from './fixture.ts'
import { testEvent } from './test-event.ts'
import { testCensus } from './test-identity.ts'

const createKey = { api: { service: 'iam', operation: 'CreateAccessKey', access_level: 'permissions' } } as const
/** A tenant in which others create access keys as a matter of course. */
const keyTenant = testCensus([testEvent(), testEvent(), testEvent(), testEvent(createKey)], 8)
/** ... and do so right after they listed buckets. */
const pairedTenant = testCensus([testEvent(), testEvent(createKey)], 20, [[0, 1]])
const stopLogging = { facts: ['audit.disabled'], api: { service: 'cloudtrail', operation: 'StopLogging' } }
const whoAmI = { api: { service: 'sts', operation: 'GetCallerIdentity', access_level: 'read' } } as const
const deletion = { facts: ['data.deleted'], api: { operation: 'DeleteObject' } }
const opened = { facts: ['resource.public'], api: { operation: 'PutBucketPolicy' } }
const readSecret = { facts: ['secret.read'], api: { service: 'secretsmanager', operation: 'GetSecretValue' } }
const stored = (uid: string, criticality = 0) => ({
  api: { operation: 'GetObject', access_level: 'read' as const },
  resources: [{ uid, type: 'AWS::S3::Bucket', account_uid: '111122223333', criticality }],
})
const dataTenant = testCensus([testEvent(), testEvent(stored('res-a'))], 20)
const denied = { api: { outcome: 'failure', error_code: 'AccessDenied' } } as const
const throttled = { api: { outcome: 'failure', error_code: 'Throttling' } } as const

/** For tests: where each detection of `action.ts` must apply, and where it must not. */
export const actionFixtures: Readonly<Record<string, Fixture>> = {
  action_uncommon_in_tenant: {
    applies: { event: createKey },
    says: /^first use of iam:CreateAccessKey in the 20 days it has been known; nobody else in the tenant/,
    not: { event: createKey, census: keyTenant },
  },
  first_action_for_identity: {
    applies: { event: createKey, census: keyTenant },
    says: /^first use of iam:CreateAccessKey in the 20 days it has been known; in the tenant about 8 uses/,
    not: { daily: [{}, createKey], event: createKey },
  },
  first_service_for_identity: {
    applies: { event: createKey },
    says: /^first use of the service iam in the 20 days it has been known/,
    not: { daily: [{}, createKey], event: { api: { service: 'iam', operation: 'ListUsers' } } },
  },
  action_out_of_context: {
    applies: { before: [{}], event: createKey, census: keyTenant },
    says: /^iam:CreateAccessKey does not belong with what this identity did within the hour/,
    not: { before: [{}], event: createKey, census: pairedTenant },
  },
  rare_error: {
    applies: { daily: [{}, {}, throttled], event: denied },
    says: /^first AccessDenied error in the 20 days it has been known/,
    not: { daily: [{}, {}, denied], event: denied },
  },
  first_resource_for_identity: {
    applies: { daily: [{}, stored('res-a')], event: stored('res-b', 3), census: dataTenant },
    says: /^first time on a resource of type AWS::S3::Bucket, criticality 3 of 4, in the 20 days it has been known/,
    not: { daily: [{}, stored('res-a')], event: stored('res-a') },
  },
  first_secret_read: {
    applies: { daily: [{}, stopLogging], event: readSecret },
    says: /^first time this identity reads a secret: secretsmanager:GetSecretValue/,
    not: { daily: times(2, readSecret), event: readSecret },
  },
  audit_logging_changed: {
    applies: { event: stopLogging },
    says: /^audit logging stopped or narrowed: cloudtrail:StopLogging, for the first time by this identity/,
    not: { daily: [{}, stopLogging], event: stopLogging },
  },
  newcomer_does_uncommon_action: {
    applies: { days: 10, event: createKey },
    says: /^a newcomer's first use of iam:CreateAccessKey in the 10 days it has been known; nobody else/,
    not: { days: 40, event: createKey },
  },
  unprivileged_permission_change: {
    applies: { event: createKey },
    says: /^first use of iam:CreateAccessKey, a change of permissions, in the 20 days it has been known, by an identity without special rights/,
    not: { event: { ...createKey, identity: { privilege: 'admin' } } },
  },
  first_identity_check: {
    applies: { event: whoAmI },
    says: /^asked who it is for the first time \(sts:GetCallerIdentity\) in the 20 days it has been known/,
    not: { daily: [{}, whoAmI], event: whoAmI },
  },
  first_listing_for_identity: {
    applies: { event: { api: { service: 'iam', operation: 'ListUsers', access_level: 'list' } } },
    says: /^first use of iam:ListUsers, which lists, in the 20 days it has been known/,
    not: { event: createKey },
  },
  first_sensitive_resource: {
    applies: { daily: [{}, stored('res-a')], event: stored('res-b', 2), census: dataTenant },
    says: /^first time on a resource of type AWS::S3::Bucket, criticality 2 of 4, in the 20 days/,
    not: { daily: [{}, stored('res-a')], event: stored('res-b'), census: dataTenant },
  },
  first_deletion: {
    applies: { daily: [{}, stopLogging], event: deletion },
    says: /^first time this identity deletes data: s3:DeleteObject in the 20 days/,
    not: { daily: [{}, deletion], event: deletion },
  },
  first_share: {
    applies: { daily: [{}, stopLogging], event: opened },
    says: /^first time this identity opens a resource to everyone: s3:PutBucketPolicy in the 20 days/,
    not: { daily: [{}, opened], event: opened },
  },
}

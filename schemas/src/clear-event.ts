import type { CredentialType } from './access-event.ts'

/** Every format of log Ostiary reads. */
export type SourceId = 'aws.cloudtrail' | 'azure.activity' | 'entra.signin' | 'entra.audit' | 'gcp.audit'

/**
 * Facts a source can read off a record's parameters or results, so that the parameters themselves need not be kept.
 * A closed list: each one means the same thing for every provider.
 */
export const factNames = [
  'admin.policy', // grants "*" or an administrator role
  'audit.disabled', // audit logging, a detector or its delivery was stopped, deleted or narrowed
  'credential.created', // a long-term credential (access key, password, service-account key) was created
  'credential.for_other', // ... for another identity than the caller
  'console.login', // interactive sign-in
  'role.assumed', // a role or service account was taken on
  'trust.changed', // who may assume a role was changed
  'resource.public', // a resource was opened to everyone
  'resource.shared', // a resource was shared with another, named account
  'secret.read', // the value of a secret or parameter was read
  'data.deleted', // stored data, a snapshot or a backup was deleted
  'compute.started', // instances or functions were started
  'compute.stopped', // instances were stopped or terminated
  'encryption.external', // data was encrypted with a key of another account or a customer-supplied key
  'mfa.changed', // an authentication factor was added, removed or disabled
  'policy.attached', // a permission was granted to an identity
  'insight', // the provider's own anomaly record
] as const
export type Fact = (typeof factNames)[number]

/** A resource as the source names it. */
export interface ClearResource {
  readonly uid: string
  readonly type: string
  readonly accountUid: string
}

/**
 * A record minimised to the fields its source's allow-list names, in clear. It lives in memory between a source's
 * `normalise` and the enricher's pseudonymisation and is never written, logged or sent.
 * Absent strings are `''`; absent numbers `undefined`.
 */
export interface ClearEvent {
  readonly source: SourceId
  /** The source's own id of the event, verbatim; `''` when it has none. */
  readonly eventUid: string
  /** Event time, ms since the Unix epoch. */
  readonly timeMs: number
  readonly kind: 'api' | 'authentication'
  /** The provider's service in its short form: `s3`, `iam`, `Microsoft.Compute`, `storage.googleapis.com`. */
  readonly service: string
  /** The operation in the provider's own words: `StopLogging`. */
  readonly operation: string
  readonly region: string
  /** What the record says itself, if it does. */
  readonly readOnly: boolean | undefined
  /** `''` for success. */
  readonly errorCode: string
  readonly failed: boolean
  readonly principal: ClearPrincipal
  /** An IP address, a service's DNS name, or `''`. */
  readonly sourceAddress: string
  readonly userAgent: string
  readonly targetAccountUid: string
  /** At most `resourcesMax`. */
  readonly resources: readonly ClearResource[]
  readonly facts: readonly Fact[]
}

/** Who acted, as the record says it, before identity is resolved. */
export interface ClearPrincipal {
  /** The provider's word: `AssumedRole`, `IAMUser`, `Root`, `AWSService`, `User`, `ServicePrincipal`, `serviceAccount`. */
  readonly kind: string
  /** The principal's stable id: ARN of user or session, object id, email of a service account. */
  readonly uid: string
  /** Name of the issuing role or service account's stable id; `''` when the principal is itself. */
  readonly issuerUid: string
  readonly sessionName: string
  /** A name of a person that the provider vouches for: sourceIdentity, SSO user, first principal of a delegation. */
  readonly vouchedName: string
  /** Which mechanism vouches: `sourceIdentity`, `sso`, `saml`, `oidc`, `impersonation`, `object_id`; `''`. */
  readonly vouchedBy: string
  /** Name of a cloud service acting by itself or for somebody: `cloudformation.amazonaws.com`. */
  readonly invokedBy: string
  readonly accountUid: string
  readonly credentialUid: string
  readonly credentialType: CredentialType
  readonly mfa: boolean | undefined
  readonly sessionCreatedMs: number | undefined
  /** The role or service account was taken on by another role or service account (role chaining, impersonation). */
  readonly chained: boolean
  /** Issuer of a web identity (OIDC provider host) or SAML provider, when the session came from one. */
  readonly federation: string
}

/** Most resources of one event that are kept; the rest are counted nowhere because the record itself is in the log. */
export const resourcesMax = 8

/** What CloudTrail calls `requestParameters` and the like: an object whose fields depend on the API. */
export type Fields = Readonly<Record<string, unknown>>

export interface SessionContext {
  readonly sessionIssuer?: Fields
  readonly webIdFederationData?: Fields
  readonly attributes?: { readonly creationDate: string; readonly mfaAuthenticated: string }
  readonly ec2RoleDelivery?: string
  readonly sourceIdentity?: string
}

/** Shared between the records of one session: read it, never change it. */
export interface UserIdentity {
  readonly type: string
  readonly principalId?: string
  readonly arn?: string
  readonly accountId?: string
  readonly accessKeyId?: string
  readonly userName?: string
  readonly sessionContext?: SessionContext
  readonly invokedBy?: string
  readonly identityProvider?: string
  readonly onBehalfOf?: Fields
  readonly credentialId?: string
  readonly inScopeOf?: Fields
}

export interface CloudTrailResource {
  readonly accountId?: string
  readonly type: string
  readonly ARN: string
}

/** One record as CloudTrail delivers it (event version 1.11), fields in AWS's order. */
export interface CloudTrailRecord {
  eventVersion: string
  userIdentity: UserIdentity
  eventTime: string
  eventSource: string
  eventName: string
  awsRegion: string
  sourceIPAddress: string
  userAgent: string
  errorCode?: string
  errorMessage?: string
  requestParameters: Fields | null
  responseElements: Fields | null
  additionalEventData?: Fields
  requestID?: string
  eventID: string
  readOnly: boolean
  resources?: readonly CloudTrailResource[]
  eventType: string
  managementEvent: boolean
  recipientAccountId: string
  sharedEventID?: string
  serviceEventDetails?: Fields
  vpcEndpointId?: string
  eventCategory: string
  tlsDetails?: Fields
  sessionCredentialFromConsole?: string
}

import { type Action, regionOfAction } from './action-catalogue.ts'
import { formatTime } from './calendar.ts'
import type { CloudTrailRecord, Fields, UserIdentity } from './cloudtrail-record.ts'
import type { Random } from './random.ts'
import { parametersOf, resourcesOf, type Target } from './request-parameters.ts'

/** A credential in use at a place: what all calls of one sitting share. */
export interface Session {
  readonly identity: UserIdentity
  readonly address: string
  readonly agent: string
  readonly region: string
  readonly accountId: string
  readonly fromConsole: boolean
}

export interface CallOutcome {
  readonly errorCode?: string
  readonly errorMessage?: string
  /** In place of what the action's table row would give. */
  readonly parameters?: Fields
  readonly response?: Fields
}

/** What a call belongs to, when it is somebody's attack. */
export interface AttackLabel {
  readonly attackId: string
  /** An ATT&CK technique's id. */
  readonly technique: string
  /** The scenario's name. */
  readonly name: string
}

export interface SimulatedEvent {
  readonly record: CloudTrailRecord
  /** The record's own time: whole seconds since 1970-01-01 UTC, in milliseconds. */
  readonly timeMs: number
  readonly label: AttackLabel | undefined
}

/** One call of a session on a resource, as CloudTrail delivers it. */
export function writeCall(
  session: Session,
  action: Action,
  resource: string,
  atMs: number,
  random: Random,
  outcome: CallOutcome = {},
): SimulatedEvent {
  const timeMs = Math.floor(atMs / 1000) * 1000
  const target: Target = { resource, region: session.region, accountId: session.accountId }
  const resources = outcome.errorCode === undefined ? resourcesOf(action, target) : undefined
  const record: CloudTrailRecord = {
    eventVersion: '1.11',
    userIdentity: session.identity,
    eventTime: formatTime(timeMs),
    eventSource: `${action.service}.amazonaws.com`,
    eventName: action.operation,
    awsRegion: regionOfAction(action, session.region),
    sourceIPAddress: session.address,
    userAgent: session.agent,
    ...(outcome.errorCode === undefined
      ? {}
      : { errorCode: outcome.errorCode, errorMessage: outcome.errorMessage ?? messageOf(outcome.errorCode, action) }),
    requestParameters: outcome.parameters ?? parametersOf(action, target, random),
    responseElements: outcome.response ?? null,
    requestID: random.uuid(),
    eventID: random.uuid(),
    readOnly: action.readOnly,
    ...(resources === undefined ? {} : { resources }),
    eventType: 'AwsApiCall',
    managementEvent: !action.isData,
    recipientAccountId: session.accountId,
    eventCategory: action.isData ? 'Data' : 'Management',
    ...(session.fromConsole ? { sessionCredentialFromConsole: 'true' } : {}),
  }
  return { record, timeMs, label: undefined }
}

function messageOf(errorCode: string, action: Action): string {
  return errorCode.includes('Denied') || errorCode.includes('Unauthorized')
    ? `User is not authorized to perform: ${action.service}:${action.operation}`
    : `${action.operation} failed: ${errorCode}`
}

/** A sign-in to the console. A failed one names no session. */
export function writeSignIn(
  session: Session,
  succeeded: boolean,
  mfa: boolean,
  atMs: number,
  random: Random,
): SimulatedEvent {
  const timeMs = Math.floor(atMs / 1000) * 1000
  const { type, principalId, arn, accountId, userName, sessionContext } = session.identity
  const record: CloudTrailRecord = {
    eventVersion: '1.11',
    // A user who signs in has no session yet; a role's session is what brought its owner to the console.
    userIdentity: {
      type,
      ...(principalId === undefined ? {} : { principalId }),
      ...(arn === undefined ? {} : { arn }),
      ...(accountId === undefined ? {} : { accountId }),
      ...(userName === undefined ? {} : { userName }),
      ...(type === 'AssumedRole' && sessionContext !== undefined ? { sessionContext } : {}),
    },
    eventTime: formatTime(timeMs),
    eventSource: 'signin.amazonaws.com',
    eventName: 'ConsoleLogin',
    awsRegion: 'us-east-1',
    sourceIPAddress: session.address,
    userAgent: session.agent,
    ...(succeeded ? {} : { errorMessage: 'Failed authentication' }),
    requestParameters: null,
    responseElements: { ConsoleLogin: succeeded ? 'Success' : 'Failure' },
    additionalEventData: {
      LoginTo: 'https://console.aws.amazon.com/console/home',
      MobileVersion: 'No',
      MFAUsed: mfa ? 'Yes' : 'No',
    },
    eventID: random.uuid(),
    readOnly: false,
    eventType: 'AwsConsoleSignIn',
    managementEvent: true,
    recipientAccountId: session.accountId,
    eventCategory: 'Management',
  }
  return { record, timeMs, label: undefined }
}

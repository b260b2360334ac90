import type { ClearPrincipal } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { nestedArray } from '../microsoft/nested-value.ts'
import { type FieldNames, pick, pickText } from '../microsoft/pick.ts'
import { lowerId } from '../microsoft/plain-text.ts'
import { mfaOf } from './mfa.ts'

/** How somebody or something signed in; the first word of the operation. */
export type SignInKind =
  | 'InteractiveSignIn'
  | 'NonInteractiveSignIn'
  | 'DeviceCodeSignIn'
  | 'PasswordGrantSignIn'
  | 'ServicePrincipalSignIn'
  | 'ManagedIdentitySignIn'
  | 'MicrosoftServiceSignIn'

const names = {
  userId: ['userId', 'UserId'],
  userName: ['userPrincipalName', 'UserPrincipalName'],
  servicePrincipalId: ['servicePrincipalId', 'ServicePrincipalId'],
  servicePrincipalName: ['servicePrincipalName', 'ServicePrincipalName'],
  sessionId: ['sessionId', 'SessionId'],
  keyId: ['servicePrincipalCredentialKeyId', 'ServicePrincipalCredentialKeyId'],
  tokenId: ['uniqueTokenIdentifier', 'UniqueTokenIdentifier'],
  credentialType: ['clientCredentialType', 'ClientCredentialType'],
  federatedId: ['federatedCredentialId', 'FederatedCredentialId'],
  protocol: ['authenticationProtocol', 'AuthenticationProtocol'],
  interactive: ['isInteractive', 'IsInteractive'],
  eventTypes: ['signInEventTypes', 'SignInEventTypes'],
} as const satisfies Record<string, FieldNames>

/** What Entra writes for a user it does not know. */
const noId = '00000000-0000-0000-0000-000000000000'

function idAt(fields: JsonObject, field: FieldNames): string {
  const id = lowerId(pickText(fields, field))
  return id === noId ? '' : id
}

const kindByCategory: ReadonlyMap<string, SignInKind> = new Map<string, SignInKind>([
  ['noninteractiveusersigninlogs', 'NonInteractiveSignIn'],
  ['aadnoninteractiveusersigninlogs', 'NonInteractiveSignIn'],
  ['serviceprincipalsigninlogs', 'ServicePrincipalSignIn'],
  ['aadserviceprincipalsigninlogs', 'ServicePrincipalSignIn'],
  ['managedidentitysigninlogs', 'ManagedIdentitySignIn'],
  ['aadmanagedidentitysigninlogs', 'ManagedIdentitySignIn'],
  ['microsoftserviceprincipalsigninlogs', 'MicrosoftServiceSignIn'],
])
const kindByEventType: ReadonlyMap<string, SignInKind> = new Map<string, SignInKind>([
  ['serviceprincipal', 'ServicePrincipalSignIn'],
  ['managedidentity', 'ManagedIdentitySignIn'],
  ['noninteractiveuser', 'NonInteractiveSignIn'],
])

/** The kind of a sign-in, from its log's category, else from what Graph says of it, else from who signed in. */
export function signInKindOf(fields: JsonObject, category: string): SignInKind {
  const named = kindByCategory.get(category.toLowerCase()) ?? kindOfEventTypes(fields)
  if (named !== undefined && named !== 'NonInteractiveSignIn') return named
  const protocol = pickText(fields, names.protocol).toLowerCase()
  if (protocol === 'devicecode') return 'DeviceCodeSignIn'
  if (protocol === 'ropc') return 'PasswordGrantSignIn'
  if (named !== undefined || isFalse(pick(fields, names.interactive))) return 'NonInteractiveSignIn'
  const isUser = idAt(fields, names.userId) !== '' || pickText(fields, names.userName) !== ''
  return isUser || idAt(fields, names.servicePrincipalId) === '' ? 'InteractiveSignIn' : 'ServicePrincipalSignIn'
}

function kindOfEventTypes(fields: JsonObject): SignInKind | undefined {
  for (const type of nestedArray(pick(fields, names.eventTypes))) {
    const kind = typeof type === 'string' ? kindByEventType.get(type.toLowerCase()) : undefined
    if (kind !== undefined) return kind
  }
  return undefined
}

function isFalse(value: unknown): boolean {
  return value === false || (typeof value === 'string' && value.toLowerCase() === 'false')
}

/** Whether a person was asked something: the sign-ins that open a session of somebody's. */
export function isInteractive(kind: SignInKind, fields: JsonObject): boolean {
  if (kind === 'InteractiveSignIn') return true
  const isPersonal = kind === 'DeviceCodeSignIn' || kind === 'PasswordGrantSignIn'
  return isPersonal && !isFalse(pick(fields, names.interactive))
}

/** Whether nobody but an application signs in. */
export function isApplication(kind: SignInKind): boolean {
  return kind === 'ServicePrincipalSignIn' || kind === 'ManagedIdentitySignIn' || kind === 'MicrosoftServiceSignIn'
}

/** Who signed in: a user by object id and user principal name, an application by the object id of its principal. */
export function principalOf(kind: SignInKind, fields: JsonObject, tenant: string, failed: boolean): ClearPrincipal {
  const isApp = isApplication(kind)
  const objectId = idAt(fields, isApp ? names.servicePrincipalId : names.userId)
  const name = pickText(fields, isApp ? names.servicePrincipalName : names.userName)
  return {
    kind: isApp ? applicationKind(kind) : 'User',
    uid: objectId || name,
    issuerUid: '',
    // The session's id: two networks using one session are what a stolen token looks like.
    sessionName: isApp ? '' : pickText(fields, names.sessionId),
    vouchedName: name,
    vouchedBy: name === '' || objectId === '' ? '' : 'object_id',
    invokedBy: '',
    accountUid: tenant,
    credentialUid: isApp ? idAt(fields, names.keyId) : pickText(fields, names.tokenId),
    credentialType: credentialTypeOf(kind, fields),
    mfa: isApp ? undefined : mfaOf(fields, failed),
    sessionCreatedMs: undefined,
    chained: false,
    federation: '',
  }
}

function applicationKind(kind: SignInKind): string {
  if (kind === 'ManagedIdentitySignIn') return 'ManagedIdentity'
  return kind === 'MicrosoftServiceSignIn' ? 'Service' : 'ServicePrincipal'
}

function credentialTypeOf(kind: SignInKind, fields: JsonObject): ClearPrincipal['credentialType'] {
  if (kind === 'MicrosoftServiceSignIn') return 'service'
  if (kind === 'ManagedIdentitySignIn' || kind === 'NonInteractiveSignIn') return 'temporary'
  if (kind !== 'ServicePrincipalSignIn') return 'console'
  const stated = pickText(fields, names.credentialType).toLowerCase()
  if (stated.includes('federated') || idAt(fields, names.federatedId) !== '') return 'web_identity'
  if (stated.includes('managedidentity')) return 'temporary'
  const isLongTerm = stated.includes('secret') || stated.includes('certificate') || stated.includes('assertion')
  return isLongTerm || idAt(fields, names.keyId) !== '' ? 'long_term' : 'unknown'
}

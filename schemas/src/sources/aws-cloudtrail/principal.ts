import type { CredentialType } from '../../access-event.ts'
import type { ClearPrincipal } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { parseTime } from '../parse-time.ts'
import { objectOf, textOf } from '../read-json.ts'

const ssoRolePrefix = 'AWSReservedSSO_'

/** Name of the session: what follows the last `/` of an assumed-role ARN, or the last `:` of a principal id. */
function sessionNameOf(arn: string, principalId: string): string {
  if (arn.includes(':assumed-role/') || arn.includes(':federated-user/')) return arn.slice(arn.lastIndexOf('/') + 1)
  // A web identity's id begins with its provider's ARN and names no session.
  const colon = principalId.startsWith('arn:') ? -1 : principalId.indexOf(':')
  return colon < 0 ? '' : principalId.slice(colon + 1)
}

const temporaryKinds: ReadonlySet<string> = new Set(['AssumedRole', 'Role', 'FederatedUser', 'SAMLUser'])

/** AWS gives the kind of an access key in its first four letters. */
function credentialTypeOf(kind: string, keyId: string, record: JsonObject, federation: string): CredentialType {
  if (kind === 'AWSService') return 'service'
  if (textOf(record['eventType']) === 'AwsConsoleSignIn') return 'console'
  if (keyId.startsWith('AKIA')) return 'long_term'
  // The console works with temporary keys of its own; AWS marks them.
  if (textOf(record['sessionCredentialFromConsole']) === 'true') return 'console'
  if (keyId.startsWith('ASIA')) return federation !== '' ? 'web_identity' : 'temporary'
  if (kind === 'WebIdentityUser') return 'web_identity'
  return temporaryKinds.has(kind) ? 'temporary' : 'unknown'
}

/** What AWS writes for a name that nobody has: it may be a password typed into the wrong field. */
const hiddenName = 'HIDDEN_DUE_TO_SECURITY_REASONS'

/**
 * A person who signs in to the access portal of Identity Center, as records of before `IdentityCenterUser` name them: of
 * type `Unknown`, with the account's number for a principal id.
 */
function isPortalUser(kind: string, user: JsonObject): boolean {
  const name = textOf(user['userName'])
  return kind === 'Unknown' && name !== '' && name !== hiddenName && !isOwnId(textOf(user['principalId']), user)
}

/** Whether a principal id tells a principal from others, which the number of its account does not. */
function isOwnId(principalId: string, user: JsonObject): boolean {
  return principalId !== '' && principalId !== textOf(user['accountId'])
}

/** Who vouches for a person's name behind a session, and the name. */
function vouched(kind: string, user: JsonObject, context: JsonObject, issuerName: string, sessionName: string) {
  const sourceIdentity = textOf(context['sourceIdentity'])
  if (sourceIdentity !== '') return { name: sourceIdentity, by: 'sourceIdentity' }
  if (issuerName.startsWith(ssoRolePrefix) && sessionName !== '') return { name: sessionName, by: 'sso' }
  const directoryId = textOf(objectOf(user['onBehalfOf'])['userId'])
  if (directoryId !== '') return { name: directoryId, by: 'object_id' }
  if (kind === 'SAMLUser') return { name: textOf(user['userName']), by: 'saml' }
  if (kind === 'IdentityCenterUser') return { name: textOf(user['userName']), by: 'object_id' }
  if (isPortalUser(kind, user)) return { name: textOf(user['userName']), by: 'sso' }
  return { name: '', by: '' }
}

function mfaOf(attributes: JsonObject, additional: JsonObject): boolean | undefined {
  const text = textOf(attributes['mfaAuthenticated']) || textOf(additional['MFAUsed'])
  if (text === 'true' || text === 'Yes') return true
  return text === 'false' || text === 'No' ? false : undefined
}

/** The most telling id but the ARN. The account's number stands in where nobody is named, unless a service acted. */
function uidOf(user: JsonObject, kind: string, region: string): string {
  const name = textOf(user['userName'])
  const account = textOf(user['accountId'])
  // A failed sign-in names its user without the ARN; it must count for the same user as a successful one.
  if (kind === 'IAMUser' && name !== '' && name !== hiddenName && account !== '') {
    return `arn:${partitionOf(region)}:iam::${account}:user/${name}`
  }
  const principalId = textOf(user['principalId'])
  if (isOwnId(principalId, user)) return principalId
  const other = name || textOf(objectOf(user['onBehalfOf'])['userId']) || textOf(user['invokedBy'])
  return other === '' && kind !== 'AWSService' ? account : other
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn'
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws'
}

/** Reads `userIdentity`, in every shape CloudTrail gives it. */
export function principalOf(record: JsonObject): ClearPrincipal {
  const user = objectOf(record['userIdentity'])
  const invokedBy = textOf(user['invokedBy'])
  const isServiceEvent = invokedBy !== '' || textOf(record['eventType']) === 'AwsServiceEvent'
  const kind = textOf(user['type']) || (isServiceEvent ? 'AWSService' : '')
  const context = objectOf(user['sessionContext'])
  const issuer = objectOf(context['sessionIssuer'])
  const attributes = objectOf(context['attributes'])
  const webIdentity = objectOf(context['webIdFederationData'])
  const arn = textOf(user['arn'])
  const principalId = textOf(user['principalId'])
  const issuerArn = textOf(issuer['arn'])
  const sessionName = sessionNameOf(arn, principalId)
  const federation = textOf(webIdentity['federatedProvider']) || textOf(user['identityProvider'])
  const keyId = textOf(user['accessKeyId']) || textOf(user['credentialId'])
  const person = vouched(kind, user, context, textOf(issuer['userName']), sessionName)
  return {
    kind,
    uid: arn || uidOf(user, kind, textOf(record['awsRegion'])),
    issuerUid: issuerArn,
    sessionName,
    vouchedName: person.name,
    vouchedBy: person.name === '' ? '' : person.by,
    invokedBy,
    accountUid: textOf(user['accountId']) || textOf(issuer['accountId']),
    credentialUid: keyId,
    credentialType: credentialTypeOf(kind, keyId, record, federation),
    mfa: mfaOf(attributes, objectOf(record['additionalEventData'])),
    sessionCreatedMs: parseTime(textOf(attributes['creationDate'])),
    chained: isChained(record, kind),
    federation,
  }
}

/** A role that takes on another role: the session that asks for one is itself a role's. */
function isChained(record: JsonObject, kind: string): boolean {
  return kind === 'AssumedRole' && textOf(record['eventName']).startsWith('AssumeRole')
}

import type { CredentialType } from '../../access-event.ts'
import type { ClearPrincipal } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { parseTime } from '../parse-time.ts'
import { objectAt, textAt } from '../read-json.ts'

const ssoRolePrefix = 'AWSReservedSSO_'

/** Name of the session: what follows the last `/` of an assumed-role ARN, or the last `:` of a principal id. */
function sessionNameOf(arn: string, principalId: string): string {
  if (arn.includes(':assumed-role/') || arn.includes(':federated-user/')) return arn.slice(arn.lastIndexOf('/') + 1)
  const colon = principalId.indexOf(':')
  return colon < 0 ? '' : principalId.slice(colon + 1)
}

/** AWS gives the kind of an access key in its first four letters. */
function credentialTypeOf(kind: string, keyId: string, eventType: string, federation: string): CredentialType {
  if (kind === 'AWSService') return 'service'
  if (eventType === 'AwsConsoleSignIn') return 'console'
  if (keyId.startsWith('AKIA')) return 'long_term'
  if (keyId.startsWith('ASIA')) return federation !== '' ? 'web_identity' : 'temporary'
  if (kind === 'WebIdentityUser') return 'web_identity'
  return kind === 'AssumedRole' || kind === 'FederatedUser' || kind === 'SAMLUser' ? 'temporary' : 'unknown'
}

/** Who vouches for a person's name behind a session, and the name. */
function vouched(kind: string, user: JsonObject, context: JsonObject, issuerName: string, sessionName: string) {
  const sourceIdentity = textAt(context, 'sourceIdentity')
  if (sourceIdentity !== '') return { name: sourceIdentity, by: 'sourceIdentity' }
  if (issuerName.startsWith(ssoRolePrefix) && sessionName !== '') return { name: sessionName, by: 'sso' }
  if (kind === 'SAMLUser') return { name: textAt(user, 'userName'), by: 'saml' }
  if (kind === 'IdentityCenterUser') {
    const onBehalfOf = objectAt(user, 'onBehalfOf')
    return { name: textAt(onBehalfOf, 'userId') || textAt(user, 'userName'), by: 'object_id' }
  }
  return { name: '', by: '' }
}

function mfaOf(attributes: JsonObject, additional: JsonObject): boolean | undefined {
  const text = textAt(attributes, 'mfaAuthenticated') || textAt(additional, 'MFAUsed')
  if (text === 'true' || text === 'Yes') return true
  return text === 'false' || text === 'No' ? false : undefined
}

/** Reads `userIdentity`, in every shape CloudTrail gives it. */
export function principalOf(record: JsonObject): ClearPrincipal {
  const user = objectAt(record, 'userIdentity')
  const kind = textAt(user, 'type')
  const context = objectAt(user, 'sessionContext')
  const issuer = objectAt(context, 'sessionIssuer')
  const attributes = objectAt(context, 'attributes')
  const webIdentity = objectAt(context, 'webIdFederationData')
  const arn = textAt(user, 'arn')
  const principalId = textAt(user, 'principalId')
  const issuerArn = textAt(issuer, 'arn')
  const sessionName = sessionNameOf(arn, principalId)
  const federation = textAt(webIdentity, 'federatedProvider') || textAt(user, 'identityProvider')
  const keyId = textAt(user, 'accessKeyId')
  const person = vouched(kind, user, context, textAt(issuer, 'userName'), sessionName)
  const invokedBy = textAt(user, 'invokedBy')
  return {
    kind: kind || (invokedBy === '' ? '' : 'AWSService'),
    uid: arn || principalId || textAt(user, 'userName') || invokedBy || textAt(user, 'accountId'),
    issuerUid: issuerArn,
    sessionName,
    vouchedName: person.name,
    vouchedBy: person.name === '' ? '' : person.by,
    invokedBy,
    accountUid: textAt(user, 'accountId') || textAt(issuer, 'accountId'),
    credentialUid: keyId,
    credentialType: credentialTypeOf(kind, keyId, textAt(record, 'eventType'), federation),
    mfa: mfaOf(attributes, objectAt(record, 'additionalEventData')),
    sessionCreatedMs: parseTime(textAt(attributes, 'creationDate')),
    chained: isChained(record, kind),
    federation,
  }
}

/** A role that takes on another role: the session that asks for one is itself a role's. */
function isChained(record: JsonObject, kind: string): boolean {
  return kind === 'AssumedRole' && textAt(record, 'eventName').startsWith('AssumeRole')
}

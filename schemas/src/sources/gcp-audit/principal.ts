import type { CredentialType } from '../../access-event.ts'
import type { ClearPrincipal } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { arrayOf, isObject, objectOf, textOf } from '../read-json.ts'
import { isServiceAccount, isServiceAgent, projectOf } from './account-name.ts'

/** Most links of an impersonation chain that are looked at; Google allows far fewer. */
const delegationsMax = 16

const memberPrefix = /^(?:user|serviceAccount):/

/** `user:ada@example.com` is `ada@example.com`; a `principal://` name of a pool stays whole. */
function bare(subject: string): string {
  return subject.replace(memberPrefix, '')
}

/**
 * The caller's name: the email; else the subject, which is all that identities of pools have. A token exchange and a
 * federated sign-in name the pool's identity in their metadata, and the issuer's own subject as the principal.
 */
function callerOf(authentication: JsonObject, metadata: JsonObject): string {
  const mapped = textOf(metadata['mapped_principal']) || textOf(metadata['mappedPrincipal'])
  if (mapped.startsWith('principal')) return mapped
  const email = textOf(authentication['principalEmail'])
  const subject = bare(textOf(authentication['principalSubject']))
  if (email === '') return subject || claimedSubject(objectOf(authentication['thirdPartyPrincipal']))
  return bare(email)
}

/** The subject of a third party's claims, where Google names the principal in no other way. */
function claimedSubject(party: JsonObject): string {
  return textOf(objectOf(party['thirdPartyClaims'])['sub']) || textOf(party['sub'])
}

function linkOf(link: JsonObject): string {
  const first = objectOf(link['firstPartyPrincipal'])
  return (
    bare(textOf(first['principalEmail'])) ||
    bare(textOf(link['principalSubject'])) ||
    bare(textOf(first['principalSubject'])) ||
    claimedSubject(objectOf(link['thirdPartyPrincipal']))
  )
}

interface Delegation {
  /** Who impersonated first; `''` when nobody did. */
  readonly origin: string
  /** A service agent that took on the account to run somebody's code. */
  readonly agent: string
}

/**
 * The first principal of an impersonation chain. Nobody can impersonate a person or a pool's identity, so one that stands
 * anywhere in the chain began it; else the chain's first account did. Service agents are not counted: Cloud Functions or
 * Cloud Build take on the account that a workload runs as, and the workload is that account.
 */
function delegationOf(authentication: JsonObject, caller: string): Delegation {
  let origin = ''
  let agent = ''
  for (const link of arrayOf(authentication['serviceAccountDelegationInfo']).slice(0, delegationsMax)) {
    if (!isObject(link)) continue
    const name = linkOf(link)
    if (name === '' || name === caller) continue
    if (isServiceAgent(name)) agent ||= name
    else if (origin === '' || (isServiceAccount(origin) && !isServiceAccount(name))) origin = name
  }
  return { origin, agent }
}

function kindOf(caller: string): string {
  if (caller === '' || caller === 'system:anonymous') return 'anonymous'
  if (caller.startsWith('principal')) return caller.includes('/workforcePools/') ? 'workforce' : 'workload'
  if (isServiceAgent(caller)) return 'serviceAgent'
  // `system:` names are those of a Kubernetes cluster's own accounts and nodes.
  if (isServiceAccount(caller) || caller.startsWith('system:') || caller.includes('.svc.id.goog'))
    return 'serviceAccount'
  return caller.includes('@') ? 'user' : ''
}

function credentialTypeOf(kind: string, key: string, delegated: boolean): CredentialType {
  if (kind === 'anonymous') return 'none'
  if (key !== '') return 'long_term'
  if (delegated) return 'temporary'
  if (kind === 'serviceAgent') return 'service'
  if (kind === 'workforce' || kind === 'workload') return 'web_identity'
  return kind === 'serviceAccount' ? 'temporary' : 'unknown'
}

/** The id of a key behind its account's name: `//iam.googleapis.com/projects/p/serviceAccounts/…/keys/ID`. */
function keyIdOf(keyName: string): string {
  const at = keyName.lastIndexOf('/keys/')
  return at < 0 ? keyName : keyName.slice(at + '/keys/'.length)
}

/**
 * Reads `authenticationInfo`, in every shape Google gives it.
 *
 * @param accountUid the project of the record, for callers whose name does not say theirs
 */
export function principalOf(payload: JsonObject, accountUid: string, console: boolean): ClearPrincipal {
  const authentication = objectOf(payload['authenticationInfo'])
  const caller = callerOf(authentication, objectOf(payload['metadata']))
  const { origin, agent } = delegationOf(authentication, caller)
  const key = keyIdOf(textOf(authentication['serviceAccountKeyName']))
  const kind = kindOf(caller)
  const type = credentialTypeOf(kind, key, origin !== '' || agent !== '')
  return {
    kind,
    uid: kind === 'anonymous' ? '' : caller,
    issuerUid: origin === '' ? '' : caller,
    sessionName: '',
    vouchedName: origin,
    vouchedBy: origin === '' ? '' : 'impersonation',
    invokedBy: agent,
    accountUid: projectOf(caller) || accountUid,
    credentialUid: key,
    credentialType: console && kind !== 'anonymous' ? 'console' : type,
    mfa: undefined,
    sessionCreatedMs: undefined,
    chained: origin !== '',
    federation: '',
  }
}

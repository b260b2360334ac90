import type { ClearEvent, IdentityType } from '@ostiary/schemas'
import { federationKind } from './federation-hosts.ts'
import { nameShape } from './name-shape.ts'
import type { ResolvedIdentity } from './resolved-identity.ts'
import { lowerAscii } from './resolved-identity.ts'
import { rolePattern } from './role-pattern.ts'

/** Who acted in an Azure Activity, Entra sign-in or Entra audit record: the directory's object id keys all of them. */
export function resolveMicrosoft(event: ClearEvent): ResolvedIdentity {
  const principal = event.principal
  const vouched = principal.vouchedBy === 'object_id' ? principal.vouchedName : ''
  const uid = lowerAscii(principal.uid || vouched)
  const directory = principal.accountUid
  const { type, evidence } = typeOf(event, uid)
  const name = principal.vouchedName || principal.sessionName || uid
  const key = uid || lowerAscii(name)
  return {
    key: key === '' ? `entra/nobody/${directory}` : `entra/${key}`,
    name: name || 'unnamed principal',
    type,
    evidence: key === '' ? 'the record names nobody' : evidence,
    issuer: `entra/directory/${directory}`,
    peerGroup: `entra/${type}/${rolePattern(principal.issuerUid) || directory}`,
    roleName: '',
    chained: principal.chained,
  }
}

function typeOf(event: ClearEvent, uid: string): { type: IdentityType; evidence: string } {
  const principal = event.principal
  const kind = principal.kind.toLowerCase()
  const federation = federationKind(principal.federation)
  if (federation.kind === 'ci') return { type: 'ci', evidence: federation.evidence }
  if (kind.includes('managedidentity') || kind.includes('managed_identity')) {
    return { type: 'workload', evidence: 'managed identity' }
  }
  if (kind.includes('serviceprincipal') || kind === 'application' || kind === 'app') {
    return { type: 'workload', evidence: 'service principal' }
  }
  if (kind.includes('service') || kind === 'system' || uid.startsWith('microsoft.')) {
    return { type: 'cloud_internal', evidence: 'Microsoft service acting by itself' }
  }
  if (kind === 'user' || kind === 'member' || kind === 'guest') return { type: 'human', evidence: 'directory user' }
  if (nameShape(uid) === 'email' || nameShape(principal.vouchedName) === 'email') {
    return { type: 'human', evidence: 'user principal name' }
  }
  return { type: 'unknown', evidence: 'object id of an unstated kind' }
}

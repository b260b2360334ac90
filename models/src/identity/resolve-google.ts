import type { ClearEvent, IdentityType } from '@ostiary/schemas'
import { federationKind, stableSubject } from './federation-hosts.ts'
import type { ResolvedIdentity } from './resolved-identity.ts'
import { lowerAscii } from './resolved-identity.ts'
import { rolePattern } from './role-pattern.ts'

/** Prefixes that policies and audit logs put before a member: `serviceAccount:name@project.iam.gserviceaccount.com`. */
const memberPrefix = /^(?:(?:user|serviceaccount|group|domain|deleted):)+/i

interface Caller {
  readonly key: string
  readonly type: IdentityType
  readonly evidence: string
  readonly issuer: string
}

/**
 * Who acted in a Google Cloud audit record: the first principal of the impersonation chain, else the principal itself.
 * An account that another one took on shows as `chained`.
 */
export function resolveGoogle(event: ClearEvent): ResolvedIdentity {
  const principal = event.principal
  const clear = lowerAscii((principal.vouchedName || principal.uid).replace(memberPrefix, ''))
  const caller = callerOf(clear, principal.federation, principal.kind)
  return {
    key: caller.key === '' ? `google/nobody/${principal.accountUid}` : `google/${caller.key}`,
    name: clear || 'unnamed principal',
    type: caller.type,
    evidence: principal.vouchedBy === 'impersonation' ? `${caller.evidence}, by impersonation` : caller.evidence,
    issuer: `google/${caller.issuer || principal.accountUid}`,
    peerGroup: peerGroupOf(caller, clear),
    roleName: '',
    chained: principal.chained,
  }
}

function peerGroupOf(caller: Caller, clear: string): string {
  if (caller.type === 'human') return `google/human/${caller.issuer}`
  return `google/${caller.type}/${caller.issuer}/${rolePattern(clear.slice(0, Math.max(clear.indexOf('@'), 0)))}`
}

function callerOf(clear: string, federation: string, kind: string): Caller {
  if (clear === '') return { key: '', type: 'unknown', evidence: 'the record names nobody', issuer: '' }
  if (clear.startsWith('principal://') || clear.startsWith('principalset://')) return federatedOf(clear, federation)
  const at = clear.lastIndexOf('@')
  // GKE writes the Kubernetes account behind its pool: `project.svc.id.goog[namespace/name]`.
  const domain = clear.slice(at + 1).split('[', 1)[0] ?? ''
  const base = { key: clear, issuer: domain }
  if (isServiceAgent(clear.slice(0, Math.max(at, 0)), domain)) {
    return { ...base, type: 'cloud_internal', evidence: 'Google-managed service agent' }
  }
  if (domain.includes('.svc.id.goog')) return { ...base, type: 'workload', evidence: 'Kubernetes service account' }
  if (domain.endsWith('gserviceaccount.com')) {
    const host = federationKind(federation)
    if (host.kind === 'ci') return { ...base, type: 'ci', evidence: host.evidence }
    if (domain === 'cloudbuild.gserviceaccount.com') {
      return { ...base, type: 'ci', evidence: 'Cloud Build service account' }
    }
    return { ...base, type: 'workload', evidence: 'service account' }
  }
  if (at > 0) return { ...base, type: 'human', evidence: 'Google account of a person' }
  const type: IdentityType = kind.toLowerCase() === 'serviceaccount' ? 'workload' : 'unknown'
  return { ...base, issuer: '', type, evidence: type === 'workload' ? 'service account' : 'principal without a domain' }
}

/**
 * Service agents are Google's own hands in a project. Google documents them under `gcp-sa-*`, `cloudservices`, `system`
 * and a few product domains, with names made of `service-` and the project's number.
 */
function isServiceAgent(name: string, domain: string): boolean {
  if (domain === 'cloudservices.gserviceaccount.com' || domain === 'system.gserviceaccount.com') return true
  if (domain === 'google.com' && name === 'system') return true
  if (domain.startsWith('gcp-sa-')) return true
  return /^(?:service-)[0-9]+$/.test(name) && domain.endsWith('gserviceaccount.com')
}

/** A workload or workforce identity: `principal://iam.googleapis.com/.../workloadIdentityPools/POOL/subject/SUBJECT`. */
function federatedOf(clear: string, federation: string): Caller {
  const at = clear.indexOf('/subject/')
  const pool = (at < 0 ? clear : clear.slice(0, at)).slice(clear.indexOf('//') + 2)
  const subject = at < 0 ? '' : stableSubject(clear.slice(at + '/subject/'.length))
  const base = { key: `${pool}/${subject}`, issuer: pool }
  if (pool.includes('/workforcepools/')) return { ...base, type: 'human', evidence: 'workforce identity of a person' }
  const host = federationKind(federation)
  if (host.kind === 'ci') return { ...base, type: 'ci', evidence: host.evidence }
  if (pool.endsWith('.svc.id.goog')) return { ...base, type: 'workload', evidence: 'Kubernetes service account' }
  // The subject was read off a token whose signature Google checked, so its form is evidence of its issuer.
  if (subject.startsWith('repo:')) return { ...base, type: 'ci', evidence: 'GitHub OIDC' }
  if (subject.startsWith('project_path:')) return { ...base, type: 'ci', evidence: 'GitLab OIDC' }
  return { ...base, type: 'workload', evidence: 'workload identity federation' }
}

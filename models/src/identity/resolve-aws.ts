import type { ClearEvent, ClearPrincipal, IdentityType, UserAgentKind } from '@ostiary/schemas'
import { isServiceAddress } from '../enrich/service-address.ts'
import { type FederationKind, federationKind, issuerOf, stableSubject, subjectOf } from './federation-hosts.ts'
import { isMachineShape, nameShape } from './name-shape.ts'
import type { ResolvedIdentity } from './resolved-identity.ts'
import { lastSegment, lowerAscii } from './resolved-identity.ts'
import { permissionSetOf, rolePattern } from './role-pattern.ts'

interface Typed {
  readonly type: IdentityType
  readonly evidence: string
}

/** Who acted in a CloudTrail record, for every `userIdentity` type that AWS documents. */
export function resolveAws(event: ClearEvent, agentKind: UserAgentKind): ResolvedIdentity {
  const principal = event.principal
  switch (principal.kind) {
    case 'Root':
      return rootOf(principal)
    case 'AWSService':
      return serviceOf(principal, event.sourceAddress)
    case 'AWSAccount':
      return accountOf(principal)
    case 'AssumedRole':
    case 'Role':
      return sessionOf(event, agentKind)
    case 'WebIdentityUser':
      return webIdentityOf(principal)
    case 'SAMLUser':
    case 'IdentityCenterUser':
    case 'Directory':
      return directoryUserOf(principal)
    default:
      return userOf(event, agentKind)
  }
}

function rootOf(principal: ClearPrincipal): ResolvedIdentity {
  const account = principal.accountUid
  return {
    key: `aws/root/${account}`,
    name: `root of ${account}`,
    type: 'root',
    evidence: 'root user of the account',
    issuer: accountIssuer(account),
    peerGroup: 'aws/root',
    roleName: '',
    chained: principal.chained,
  }
}

function serviceOf(principal: ClearPrincipal, sourceAddress: string): ResolvedIdentity {
  const service = principal.invokedBy || principal.uid || sourceAddress || 'unknown'
  return {
    key: `aws/service/${service}`,
    name: service,
    type: 'cloud_internal',
    evidence: 'AWS service acting by itself',
    issuer: 'aws/service',
    peerGroup: 'aws/service',
    roleName: '',
    chained: principal.chained,
  }
}

/** A principal of another account, whom the record names by account and unique id only. */
function accountOf(principal: ClearPrincipal): ResolvedIdentity {
  if (principal.uid === '' && principal.invokedBy !== '') return serviceOf(principal, '')
  const uid = withoutSession(principal.uid)
  return {
    key: `aws/account/${principal.accountUid}/${uid}`,
    name: uid || principal.accountUid,
    type: 'unknown',
    evidence: 'principal of another account',
    issuer: accountIssuer(principal.accountUid),
    peerGroup: 'aws/account',
    roleName: '',
    chained: principal.chained,
  }
}

function sessionOf(event: ClearEvent, agentKind: UserAgentKind): ResolvedIdentity {
  const principal = event.principal
  const role = issuingRole(principal)
  const roleName = lastSegment(role)
  const person = vouchedPerson(principal)
  if (person !== '') return personOf(principal, person, role, roleName)
  const { type, evidence } = typeOfSession(event, role, roleName, agentKind)
  return {
    key: `aws/role/${role}`,
    name: roleName,
    type,
    evidence,
    issuer: role,
    peerGroup: `aws/role/${principal.accountUid}/${rolePattern(roleName)}`,
    roleName,
    chained: principal.chained,
  }
}

function personOf(principal: ClearPrincipal, person: string, role: string, roleName: string): ResolvedIdentity {
  return {
    key: `aws/person/${person}`,
    name: person,
    type: 'human',
    evidence: vouchedEvidence(principal.vouchedBy),
    issuer: role || accountIssuer(principal.accountUid),
    peerGroup: roleName === '' ? `aws/user/${principal.accountUid}` : `aws/permission/${rolePattern(roleName)}`,
    roleName: permissionSetOf(roleName) ?? roleName,
    chained: principal.chained,
  }
}

/** The type of a role session that nobody vouches for, strongest evidence first. */
function typeOfSession(event: ClearEvent, role: string, roleName: string, agentKind: UserAgentKind): Typed {
  const principal = event.principal
  if (role.includes(':role/aws-service-role/') || roleName.startsWith('AWSServiceRoleFor')) {
    return { type: 'cloud_internal', evidence: 'service-linked role' }
  }
  if (event.sourceAddress.startsWith('codebuild.') || principal.invokedBy.startsWith('codebuild.')) {
    return { type: 'ci', evidence: 'called by CodeBuild' }
  }
  if (isServiceAddress(event.sourceAddress)) return { type: 'cloud_internal', evidence: 'called by an AWS service' }
  const federation = federationKind(principal.federation)
  if (federation.kind === 'ci') return { type: 'ci', evidence: federation.evidence }
  if (federation.kind === 'workload') return { type: 'workload', evidence: federation.evidence }
  if (principal.mfa === true) return { type: 'human', evidence: 'session with a second factor' }
  if (agentKind === 'browser' || agentKind === 'console') return { type: 'human', evidence: 'console session' }
  if (federation.kind === 'end_user') return { type: 'unknown', evidence: federation.evidence }
  return typeOfSessionName(principal.sessionName, roleName)
}

/** What a session's name tells when nothing better does. The caller chooses it, so it may type a session, never key it. */
function typeOfSessionName(sessionName: string, roleName: string): Typed {
  const shape = nameShape(sessionName)
  if (shape === 'instance') return { type: 'workload', evidence: 'instance profile session' }
  if (sessionName.startsWith('AWSCodeBuild-')) return { type: 'ci', evidence: 'CodeBuild session name' }
  // The name that aws-actions/configure-aws-credentials gives unless told otherwise.
  if (sessionName === 'GitHubActions') return { type: 'ci', evidence: 'session name of a CI action, weak' }
  if (isMachineShape(shape)) return { type: 'workload', evidence: 'machine-made session name' }
  if (shape === 'email') return { type: 'human', evidence: 'session named like an email, not vouched' }
  // A function's or task's session carries the function's name, and roles are named for what they serve.
  if (sessionName.length >= 4 && roleName.toLowerCase().includes(sessionName.toLowerCase())) {
    return { type: 'workload', evidence: 'session named for its role, weak' }
  }
  return { type: 'unknown', evidence: 'role session' }
}

/** A caller of AssumeRoleWithWebIdentity, before it has a role. */
function webIdentityOf(principal: ClearPrincipal): ResolvedIdentity {
  const { kind, evidence } = federationKind(principal.federation || principal.uid)
  const issuer = issuerOf(principal.federation || principal.uid) || 'unknown'
  const subject = principal.vouchedName || subjectOf(principal.uid || principal.sessionName)
  if (kind === 'person' && nameShape(subject) === 'email') {
    return { ...personOf(principal, lowerAscii(subject), '', ''), evidence, issuer: `aws/web/${issuer}` }
  }
  // A pool's end users are the tenant's customers, without number: they share one identity per issuer.
  const isCounted = kind !== 'person' && (kind === 'end_user' || isMachineShape(nameShape(subject)))
  const stable = isCounted ? '' : stableSubject(subject)
  return {
    key: `aws/web/${issuer}/${stable}`,
    name: stable || issuer,
    type: typeOfFederation(kind),
    evidence,
    issuer: `aws/web/${issuer}`,
    peerGroup: `aws/web/${issuer}`,
    roleName: '',
    chained: principal.chained,
  }
}

function typeOfFederation(kind: FederationKind): IdentityType {
  if (kind === 'ci' || kind === 'workload') return kind
  return kind === 'person' ? 'human' : 'unknown'
}

function directoryUserOf(principal: ClearPrincipal): ResolvedIdentity {
  const person = lowerAscii(principal.vouchedName || principal.uid || principal.sessionName)
  if (person === '') return nobodyOf(principal)
  const evidence = principal.kind === 'SAMLUser' ? 'SAML sign-in of a person' : 'directory user'
  return { ...personOf(principal, person, issuingRole(principal), ''), evidence }
}

/** What AWS writes for the name of a sign-in that failed because there is no such user: it may be a password. */
const hiddenName = 'HIDDEN_DUE_TO_SECURITY_REASONS'

/** An IAM user, a federated user of one (its issuer answers for it), or a kind that AWS has yet to document. */
function userOf(event: ClearEvent, agentKind: UserAgentKind): ResolvedIdentity {
  const principal = event.principal
  const person = vouchedPerson(principal)
  if (person !== '') return personOf(principal, person, principal.issuerUid, '')
  const isAnswered = principal.kind === 'FederatedUser' && principal.issuerUid !== ''
  const uid = isAnswered ? principal.issuerUid : withoutSession(principal.uid)
  if (uid === '' || uid === principal.accountUid || uid === hiddenName) {
    if (principal.invokedBy !== '' || isServiceAddress(event.sourceAddress)) {
      return serviceOf(principal, event.sourceAddress)
    }
    return nobodyOf(principal)
  }
  const { type, evidence } = typeOfUser(event, agentKind)
  return {
    key: `aws/user/${uid}`,
    name: lastSegment(uid),
    type,
    evidence,
    issuer: accountIssuer(principal.accountUid),
    peerGroup: `aws/user/${principal.accountUid}`,
    roleName: '',
    chained: principal.chained,
  }
}

function typeOfUser(event: ClearEvent, agentKind: UserAgentKind): Typed {
  if (event.facts.includes('console.login')) return { type: 'human', evidence: 'console sign-in' }
  if (event.principal.mfa === true) return { type: 'human', evidence: 'session with a second factor' }
  if (event.principal.credentialType === 'console' || agentKind === 'browser' || agentKind === 'console') {
    return { type: 'human', evidence: 'console session' }
  }
  return { type: 'unknown', evidence: 'user with an access key' }
}

function nobodyOf(principal: ClearPrincipal): ResolvedIdentity {
  return {
    key: `aws/nobody/${principal.accountUid}`,
    name: `unnamed principal of ${principal.accountUid || 'no account'}`,
    type: 'unknown',
    evidence: 'the record names nobody',
    issuer: accountIssuer(principal.accountUid),
    peerGroup: 'aws/nobody',
    roleName: '',
    chained: principal.chained,
  }
}

/** The name somebody vouches for, `''` when nobody does or when it is a machine's. */
function vouchedPerson(principal: ClearPrincipal): string {
  const name = principal.vouchedName
  if (name === '') return ''
  const federation = federationKind(principal.federation).kind
  if (federation === 'ci' || federation === 'workload' || federation === 'end_user') return ''
  // A directory's user id is a UUID by nature; a name that a caller passes along is not.
  const vouchedAsId = principal.vouchedBy === 'sso' || principal.vouchedBy === 'object_id'
  if (!vouchedAsId && isMachineShape(nameShape(name))) return ''
  return lowerAscii(name)
}

function vouchedEvidence(vouchedBy: string): string {
  switch (vouchedBy) {
    case 'sso':
      return 'SSO session of a person'
    case 'saml':
      return 'SAML session of a person'
    case 'oidc':
      return 'OIDC session of a person'
    case 'sourceIdentity':
      return 'source identity of the session'
    default:
      return 'vouched name'
  }
}

/** The role behind a session, from the issuer if the record names one, else from the session's own ARN. */
function issuingRole(principal: ClearPrincipal): string {
  if (principal.issuerUid !== '') return principal.issuerUid
  const parts = principal.uid.split('/')
  if (parts.length === 3 && parts[0]?.endsWith(':assumed-role')) {
    return `${parts[0].replace(':sts:', ':iam:').replace(/assumed-role$/, 'role')}/${parts[1]}`
  }
  return withoutSession(principal.uid) || accountIssuer(principal.accountUid)
}

/** `AROAEXAMPLE:session`: before the colon stands the role's unique id, behind it a name that the caller chose. */
function withoutSession(uid: string): string {
  return uid.startsWith('arn:') ? uid : (uid.split(':', 1)[0] ?? '')
}

function accountIssuer(accountUid: string): string {
  return `aws/account/${accountUid}`
}

import type { AccessEvent, Fact } from '@ostiary/schemas'
import type { Attack, Policy } from './detection.ts'
import { actionOf, networkKind, networkOf, quote } from './wording.ts'

function succeeded(event: AccessEvent): boolean {
  return event.api.outcome === 'success'
}

/** A successful action with a fact that the source read off its record. */
function did(event: AccessEvent, fact: Fact): boolean {
  return succeeded(event) && event.facts.includes(fact)
}

function attack(tactic: string, technique: string): Attack {
  return { tactic, technique }
}

function isRoot(event: AccessEvent): boolean {
  return event.identity.type === 'root' && event.src.network_type !== 'provider_service'
}

/** Whether a person, not a program, is behind a root event: signed in, or through a browser or the console. */
function isInteractive(event: AccessEvent): boolean {
  const { kind } = event.user_agent
  return (
    event.facts.includes('console.login') ||
    event.session.credential_type === 'console' ||
    kind === 'browser' ||
    kind === 'console'
  )
}

/** Removal of a second factor, in the providers' own words. */
const factorRemoval = /deactivate|delete|disable|remove|unregister/i

const outsideClouds: ReadonlySet<string> = new Set(['access', 'hosting', 'vpn', 'tor'])
/** Pipelines run in clouds and on rented servers, not in homes and not behind anonymisers. */
const outsidePipelines: ReadonlySet<string> = new Set(['access', 'vpn', 'tor'])

/** Evidence that a credential is bound to a machine or pod, so that its use elsewhere is a fact and not a guess. */
const boundEvidence: readonly string[] = [
  'instance profile session',
  'EKS OIDC',
  'GKE OIDC',
  'AKS OIDC',
  'Kubernetes service account',
]

function isBoundWorkload(event: AccessEvent): boolean {
  const { type, type_evidence: evidence } = event.identity
  return type === 'workload' && boundEvidence.some((words) => evidence.startsWith(words))
}

/** Evidence that a person was signed in by the cloud itself: a federation vouches for a factor of its own. */
const ownSignIn = 'console sign-in'

/**
 * Facts that matter whoever does them. They raise impact and say so; the few that are `always` page outside the budget,
 * because no baseline makes them harmless.
 */
export const policies: readonly Policy[] = [
  {
    id: 'root_interactive',
    attack: attack('TA0004', 'T1078.004'),
    impactBits: 4,
    always: true,
    mayBeRoutine: false,
    when: 'a person uses the root user: signs in, or acts through the console or a browser',
    applies: (event) => isRoot(event) && succeeded(event) && isInteractive(event),
    words: (event) => `the root user was used by hand: ${actionOf(event)}`,
  },
  {
    id: 'root_used',
    attack: attack('TA0004', 'T1078.004'),
    impactBits: 3,
    always: false,
    mayBeRoutine: false,
    when: 'the root user acts in any other way, or a sign-in of it is refused',
    applies: (event) => isRoot(event) && !(succeeded(event) && isInteractive(event)),
    words: (event) => `the root user was used: ${actionOf(event)}${succeeded(event) ? '' : ', refused'}`,
  },
  {
    id: 'audit_disabled',
    attack: attack('TA0005', 'T1562.008'),
    impactBits: 5,
    always: true,
    mayBeRoutine: true,
    when: 'audit logging, a detector or its delivery was stopped, deleted or narrowed',
    applies: (event) => did(event, 'audit.disabled'),
    words: (event) => `audit logging was stopped or narrowed: ${actionOf(event)}`,
  },
  {
    id: 'audit_disable_refused',
    attack: attack('TA0005', 'T1562.008'),
    impactBits: 3,
    always: false,
    mayBeRoutine: true,
    when: 'an attempt to stop, delete or narrow audit logging was refused',
    applies: (event) => !succeeded(event) && event.facts.includes('audit.disabled'),
    words: (event) => `an attempt to stop or narrow audit logging was refused: ${actionOf(event)}`,
  },
  {
    id: 'admin_granted',
    attack: attack('TA0004', 'T1098.003'),
    impactBits: 3,
    always: false,
    mayBeRoutine: true,
    when: 'administrator rights were granted',
    applies: (event) => did(event, 'admin.policy'),
    words: (event) => `administrator rights were granted: ${actionOf(event)}`,
  },
  {
    id: 'resource_public',
    attack: attack('TA0010', 'T1537'),
    impactBits: 3,
    always: false,
    mayBeRoutine: true,
    when: 'a resource was opened to everyone',
    applies: (event) => did(event, 'resource.public'),
    words: (event) => `a resource was opened to everyone: ${actionOf(event)}`,
  },
  {
    id: 'resource_shared',
    attack: attack('TA0010', 'T1537'),
    impactBits: 1.5,
    always: false,
    mayBeRoutine: true,
    when: 'a resource was shared with another account',
    applies: (event) => did(event, 'resource.shared') && !event.facts.includes('resource.public'),
    words: (event) => `a resource was shared with another account: ${actionOf(event)}`,
  },
  {
    id: 'workload_credential_away',
    attack: attack('TA0006', 'T1552.005'),
    impactBits: 4,
    always: false,
    mayBeRoutine: false,
    when: 'a credential bound to an instance or a pod is used from an access, hosting, VPN or Tor network',
    applies: (event) =>
      isBoundWorkload(event) &&
      event.session.credential_type !== 'long_term' &&
      outsideClouds.has(event.src.network_type),
    words: (event) => `credential of an instance or pod used from ${networkKind(event)}: ${networkOf(event)}`,
  },
  {
    id: 'pipeline_credential_away',
    attack: attack('TA0006', 'T1528'),
    impactBits: 3,
    always: false,
    mayBeRoutine: false,
    when: 'a credential that a pipeline gets by OIDC is used from an access, VPN or Tor network',
    applies: (event) =>
      event.identity.type === 'ci' &&
      event.identity.type_evidence.includes('OIDC') &&
      outsidePipelines.has(event.src.network_type),
    words: (event) => `credential of a pipeline used from ${networkKind(event)}: ${networkOf(event)}`,
  },
  {
    id: 'mfa_removed',
    attack: attack('TA0003', 'T1556.006'),
    impactBits: 2.5,
    always: false,
    mayBeRoutine: true,
    when: 'a second factor was removed or disabled',
    applies: (event) => did(event, 'mfa.changed') && factorRemoval.test(event.api.operation),
    words: (event) => `a second factor was removed: ${actionOf(event)}`,
  },
  {
    id: 'console_login_without_mfa',
    attack: attack('TA0001', 'T1078.004'),
    impactBits: 1.5,
    always: false,
    mayBeRoutine: true,
    when: 'a person whom the cloud itself signs in, not a federation, enters the console without a second factor',
    applies: (event) =>
      event.identity.type === 'human' &&
      event.identity.type_evidence.startsWith(ownSignIn) &&
      event.session.mfa === 'no' &&
      did(event, 'console.login'),
    words: () => 'a person signed in to the console without a second factor',
  },
  {
    id: 'indicator_hit',
    attack: attack('TA0011', 'T1090'),
    impactBits: 4,
    always: true,
    mayBeRoutine: false,
    when: 'the address or network is on the list of indicators you gave',
    applies: (event) => event.src.indicator !== '',
    words: (event) => `the address is on your list of indicators: ${quote(event.src.indicator)}`,
  },
  {
    id: 'anonymiser_used',
    attack: attack('TA0011', 'T1090.003'),
    impactBits: 2.5,
    always: false,
    mayBeRoutine: false,
    when: 'the call comes through the Tor network',
    applies: (event) => event.src.network_type === 'tor',
    words: (event) => `called through the Tor network: ${actionOf(event)}`,
  },
  {
    id: 'encryption_external',
    attack: attack('TA0040', 'T1486'),
    impactBits: 4,
    always: false,
    mayBeRoutine: true,
    when: 'data was encrypted with a key of another account, or one the caller brought along',
    applies: (event) => did(event, 'encryption.external'),
    words: (event) => `data was encrypted with a key from outside the account: ${actionOf(event)}`,
  },
  {
    id: 'credential_for_other',
    attack: attack('TA0003', 'T1098.001'),
    impactBits: 2,
    always: false,
    mayBeRoutine: true,
    when: 'a long-term credential was created for another identity than the caller',
    applies: (event) => did(event, 'credential.for_other'),
    words: (event) => `a credential was created for another identity: ${actionOf(event)}`,
  },
  {
    id: 'provider_insight',
    attack: attack('TA0002', 'T1059.009'),
    impactBits: 2,
    always: false,
    mayBeRoutine: true,
    when: 'the provider itself reports an anomaly',
    applies: (event) => event.facts.includes('insight'),
    words: (event) => `the provider reports unusual activity: ${actionOf(event)}`,
  },
]

const none: readonly Policy[] = []

/** Whether any policy can apply: cheap, since nearly every event is asked. */
function mayMatch({ facts, identity, src }: AccessEvent): boolean {
  return (
    facts.length > 0 ||
    src.indicator !== '' ||
    src.network_type === 'tor' ||
    identity.type === 'root' ||
    ((identity.type === 'workload' || identity.type === 'ci') && outsideClouds.has(src.network_type))
  )
}

/** The policies that apply to an event, in the order of the table. */
export function policiesOf(event: AccessEvent): readonly Policy[] {
  return mayMatch(event) ? policies.filter((policy) => policy.applies(event)) : none
}

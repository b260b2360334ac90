import type { AccessEvent } from '@ostiary/schemas'
import type { Detection } from './detection.ts'
import { actionOf, inTenant, isNew, networkKind, networkOf, plainNumber, plural, quote, since } from './wording.ts'

const awayNetworks: ReadonlySet<string> = new Set(['access', 'hosting', 'vpn', 'tor'])

/** Calls that turn one's own long-term key into temporary credentials. */
const mintingActions: ReadonlySet<string> = new Set(['sts:GetFederationToken', 'sts:GetSessionToken'])

/** Whether a program's own credential comes from where no program of a cloud runs. */
function isAway(event: AccessEvent): boolean {
  const { type } = event.identity
  const { credential_type: credential } = event.session
  return (
    (type === 'workload' || type === 'ci') && credential !== 'long_term' && awayNetworks.has(event.src.network_type)
  )
}

function succeeded(event: AccessEvent): boolean {
  return event.api.outcome === 'success'
}

/** A credential, session or role used otherwise than the identity uses its own. */
export const credentialDetections: readonly Detection[] = [
  {
    id: 'session_used_from_several_networks',
    signal: 'session_spread',
    natsMin: 2.5,
    attack: { tactic: 'TA0005', technique: 'T1550.001' },
    when: "one session is used from another network than it began in, graded by the number of networks and user agents, and more than the identity's sessions usually are",
    applies: (reading) => reading.session !== undefined && reading.session.grade > 0,
    words: ({ session, moment }) =>
      session === undefined
        ? ''
        : `one session used from ${plural(session.networks, 'network')} and by ${plural(session.userAgents, 'client')}, now ${networkOf(moment.event)}`,
  },
  {
    id: 'workload_credential_outside_cloud',
    signal: 'new_value.asn',
    natsMin: 3,
    attack: { tactic: 'TA0006', technique: 'T1552.005' },
    when: 'a temporary credential of a workload or pipeline is used from an access, hosting, VPN or Tor network the identity never used',
    applies: (reading) => isNew(reading) && isAway(reading.moment.event),
    words: ({ moment: { event } }) =>
      `credential of a program (${event.identity.type_evidence}) used from ${networkKind(event)}: ${networkOf(event)}`,
  },
  {
    id: 'first_console_login_without_mfa',
    signal: 'new_value.authentication',
    natsMin: 1.5,
    attack: { tactic: 'TA0001', technique: 'T1078.004' },
    when: 'the identity signs in to the console without a second factor for the first time',
    applies: (reading) => {
      const { event } = reading.moment
      return isNew(reading) && event.facts.includes('console.login') && event.session.mfa === 'no' && succeeded(event)
    },
    words: (reading) => `first console sign-in without a second factor${since(reading)}`,
  },
  {
    id: 'first_long_term_key',
    signal: 'new_value.credential',
    natsMin: 1.5,
    attack: { tactic: 'TA0003', technique: 'T1098.001' },
    when: 'the identity uses a long-term key that it never used',
    applies: isNew,
    words: (reading) => `a long-term key in use for the first time${since(reading)}`,
  },
  {
    id: 'first_root_session',
    signal: 'new_value.action',
    natsMin: 2,
    attack: { tactic: 'TA0004', technique: 'T1548.005' },
    when: 'the identity takes on the root user of another account of the organisation (`sts:AssumeRoot`) for the first time',
    applies: (reading) => isNew(reading) && reading.value === 'sts:AssumeRoot',
    words: (reading) => `took on the root user of an account for the first time${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'first_session_token_minted',
    signal: 'new_value.action',
    natsMin: 2,
    attack: { tactic: 'TA0005', technique: 'T1550.001' },
    when: 'the identity makes temporary credentials out of a long-term key (`sts:GetFederationToken`, `sts:GetSessionToken`) for the first time',
    applies: (reading) => isNew(reading) && mintingActions.has(reading.value),
    words: (reading) =>
      `first time this identity makes temporary credentials of its own: ${quote(reading.value)}${since(reading)}${inTenant(reading)}`,
  },
  {
    id: 'root_activity',
    signal: 'new_value.action',
    natsMin: 0,
    attack: { tactic: 'TA0004', technique: 'T1078.004' },
    when: 'the root user of an account acts, other than through a service of the provider',
    applies: ({ moment: { event } }) => event.identity.type === 'root' && event.src.network_type !== 'provider_service',
    words: ({ moment: { event }, ownCount }) =>
      `the root user did ${actionOf(event)}${ownCount < 0.5 ? ', for the first time on record' : ''}`,
  },
  {
    id: 'first_role_assumed',
    signal: 'new_value.resource',
    natsMin: 2,
    attack: { tactic: 'TA0004', technique: 'T1548.005' },
    when: 'the identity takes on a role or service account that it never took on',
    applies: (reading) => isNew(reading) && reading.moment.event.facts.includes('role.assumed'),
    words: (reading) => `took on a role for the first time (${actionOf(reading.moment.event)})${since(reading)}`,
  },
  {
    id: 'first_role_chain',
    signal: 'new_value.authentication',
    natsMin: 2,
    attack: { tactic: 'TA0008', technique: 'T1550.001' },
    when: 'the identity acts through a role that another role took on, for the first time',
    applies: (reading) => isNew(reading) && reading.moment.event.session.chained,
    words: (reading) => `first time through a chain of roles${since(reading)}`,
  },
  {
    id: 'first_privilege_grant',
    signal: 'new_value.fact',
    natsMin: 2,
    attack: { tactic: 'TA0004', technique: 'T1098.003' },
    when: "the identity grants a permission, an administrator's policy or the right to take on a role for the first time",
    applies: (reading) => isNew(reading) && isGrant(reading.value),
    words: (reading) =>
      `first time this identity ${grantWords(reading.value)}: ${actionOf(reading.moment.event)}${since(reading)}`,
  },
  {
    id: 'first_credential_created',
    signal: 'new_value.fact',
    natsMin: 2,
    attack: { tactic: 'TA0003', technique: 'T1098.001' },
    when: 'the identity creates a long-term credential for the first time',
    applies: (reading) => isNew(reading) && reading.value.startsWith('credential.'),
    words: (reading) =>
      `first time this identity creates a credential: ${actionOf(reading.moment.event)}${since(reading)}`,
  },
  {
    id: 'first_second_factor_change',
    signal: 'new_value.fact',
    natsMin: 2,
    attack: { tactic: 'TA0003', technique: 'T1556.006' },
    when: 'the identity adds, removes or disables a second factor for the first time',
    applies: (reading) => isNew(reading) && reading.value === 'mfa.changed',
    words: (reading) =>
      `first time this identity changes a second factor: ${actionOf(reading.moment.event)}${since(reading)}`,
  },
  {
    id: 'principal_enumeration',
    signal: 'burst.failures',
    natsMin: 0.5,
    attack: { tactic: 'TA0007', technique: 'T1087.004' },
    when: 'four or more failures within the hour, this one a refused change of who may take on a role: names are tried out, since only those that exist are accepted',
    applies: ({ count, moment: { event } }) => count >= 4 && !succeeded(event) && event.facts.includes('trust.changed'),
    words: ({ count, moment: { event } }) =>
      `${count} failures within the hour, the last a refused change of who may take on a role (${actionOf(event)}): names are being tried out`,
  },
  {
    id: 'failed_sign_ins',
    signal: 'burst.failures',
    natsMin: 0.5,
    attack: { tactic: 'TA0006', technique: 'T1110' },
    when: 'five or more failures within the hour, this one a refused sign-in, and more than the identity usually has',
    applies: ({ count, moment: { event } }) =>
      count >= 5 && !succeeded(event) && (event.class_uid === 3002 || event.facts.includes('console.login')),
    words: ({ count, moment: { event } }) =>
      `${count} failures within the hour, the last a refused sign-in (${quote(event.api.error_code || 'failure')})`,
  },
  {
    id: 'program_burst_from_outside',
    signal: 'burst.events',
    natsMin: 2.5,
    attack: { tactic: 'TA0006', technique: 'T1552.005' },
    when: 'twenty or more events within the hour by a temporary credential of a workload or pipeline, from an access, hosting, VPN or Tor network, and far more than it usually has',
    applies: ({ count, moment: { event } }) => count >= 20 && isAway(event),
    words: ({ count, meanCount, moment: { event } }) =>
      `${count} events within the hour by a program's credential from ${networkKind(event)}, where ${plainNumber(meanCount)} are usual`,
  },
  {
    id: 'pod_token_looking_around',
    signal: 'spread.actions',
    natsMin: 1.5,
    attack: { tactic: 'TA0006', technique: 'T1528' },
    when: 'a token of a pod or pipeline (web identity) is used for nine or more different actions within the hour, and more than the identity usually takes',
    applies: ({ count, moment: { event } }) => count >= 9 && event.session.credential_type === 'web_identity',
    words: ({ count, meanCount }) =>
      `a token of a pod or pipeline used for ${count} different actions within the hour, where ${plainNumber(meanCount)} are usual`,
  },
]

function isGrant(fact: string): boolean {
  return fact === 'policy.attached' || fact === 'admin.policy' || fact === 'trust.changed'
}

function grantWords(fact: string): string {
  if (fact === 'admin.policy') return 'grants administrator rights'
  return fact === 'trust.changed' ? 'changes who may take on a role' : 'grants a permission'
}

import type { Fact } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { arrayOf, isObject, objectOf, textOf } from '../read-json.ts'
import { isServiceAgent, personDomainOf, projectOf } from './account-name.ts'

/** Most changes of one policy that are read; Google allows 1,500 members in a policy. */
const changesMax = 1500

/** Roles that let their holder change who may do what, or do everything. */
const adminRole =
  /^roles\/(?:owner|editor|[A-Za-z]+\.admin|(?:iam|resourcemanager|orgpolicy|accesscontextmanager)\.[A-Za-z]*Admin|iam\.serviceAccountTokenCreator)$/
/** Roles that let their holder act as a service account. */
const actAsRole =
  /^roles\/iam\.(?:serviceAccountUser|serviceAccountTokenCreator|serviceAccountOpenIdTokenCreator|workloadIdentityUser)$/
const projectMember = /^project(?:Owner|Editor|Viewer):/
/** Domains of consumer accounts: nobody's organisation. */
const consumerDomains: ReadonlySet<string> = new Set(['gmail.com', 'googlemail.com'])

/** Who sets a policy, and where: what tells a member of another organisation or project. */
export interface PolicySetting {
  readonly caller: string
  readonly accountUid: string
}

type Add = (fact: Fact) => void

/** The changes that a policy delta states: every service writes it into `serviceData`, newer ones into `metadata`. */
export function policyDeltaOf(payload: JsonObject): JsonObject | undefined {
  for (const key of ['serviceData', 'metadata'] as const) {
    const delta = objectOf(payload[key])['policyDelta']
    if (isObject(delta)) return delta
  }
  return undefined
}

/** Facts of a changed policy. Without a delta, the policy that was set stands for its changes. */
export function policyFacts(payload: JsonObject, setting: PolicySetting, add: Add): void {
  const delta = policyDeltaOf(payload)
  if (delta === undefined) {
    const policy = objectOf(objectOf(payload['request'])['policy'])
    for (const binding of arrayOf(policy['bindings']).slice(0, changesMax)) {
      if (!isObject(binding)) continue
      for (const member of arrayOf(binding['members']).slice(0, changesMax))
        if (typeof member === 'string') granted(textOf(binding['role']), member, setting, add)
    }
    return
  }
  for (const change of arrayOf(delta['bindingDeltas']).slice(0, changesMax)) {
    if (isObject(change) && isAction(change, 'ADD'))
      granted(textOf(change['role']), textOf(change['member']), setting, add)
  }
  for (const change of arrayOf(delta['auditConfigDeltas']).slice(0, changesMax)) {
    // Removing a type of log narrows the audit; so does exempting somebody from it.
    if (!isObject(change)) continue
    const exempts = textOf(change['exemptedMember']) !== ''
    if (isAction(change, exempts ? 'ADD' : 'REMOVE')) add('audit.disabled')
  }
}

/** BigQuery and some shippers write the enumeration's number: 1 adds, 2 removes. */
function isAction(change: JsonObject, action: 'ADD' | 'REMOVE'): boolean {
  const value = change['action']
  return value === action || value === (action === 'ADD' ? 1 : 2)
}

function granted(role: string, member: string, setting: PolicySetting, add: Add): void {
  const outside = isOutside(member, setting)
  // The owners, editors and viewers of a project come with every new bucket and dataset: they are no identity.
  if (member === '' || (projectMember.test(member) && !outside)) return
  add('policy.attached')
  if (adminRole.test(role)) add('admin.policy')
  if (actAsRole.test(role)) add('trust.changed')
  if (member === 'allUsers' || member === 'allAuthenticatedUsers') add('resource.public')
  else if (outside) add('resource.shared')
}

/** Whether a member belongs to another project or organisation, as far as the names tell. */
export function isOutside(member: string, setting: PolicySetting): boolean {
  const colon = member.indexOf(':')
  const kind = member.slice(0, Math.max(colon, 0))
  const name = member.slice(colon + 1)
  // A folder's or an organisation's policy names projects inside it as a matter of course.
  const ownProject = setting.accountUid.includes('/') ? '' : setting.accountUid
  if (projectMember.test(member)) return ownProject !== '' && name !== ownProject
  if (kind === 'serviceAccount') {
    const project = isServiceAgent(name) ? '' : projectOf(name)
    return project !== '' && ownProject !== '' && project !== ownProject
  }
  if (kind !== 'user' && kind !== 'group' && kind !== 'domain') return false
  const domain = kind === 'domain' ? name.toLowerCase() : personDomainOf(name)
  const own = personDomainOf(setting.caller)
  if (domain === '' || domain === own) return false
  return own !== '' || consumerDomains.has(domain)
}

import type { Fact } from '../../clear-event.ts'
import { isAdminGrant } from './admin-roles.ts'
import type { Change, Target } from './target.ts'

interface Activity {
  readonly targets: readonly Target[]
  /** Object id of who did it. */
  readonly actor: string
}

type Reader = (activity: Activity, add: (fact: Fact) => void) => void

const always =
  (...facts: readonly Fact[]): Reader =>
  (_activity, add) => {
    for (const fact of facts) add(fact)
  }

function changes({ targets }: Activity): readonly Change[] {
  return targets.flatMap((target) => target.changes)
}

/** The names under which services write the role or permission that was given. */
const grantProperties = new Set([
  'role.displayname',
  'role.templateid',
  'role.wellknownobjectname',
  'roledefinitionoriginid',
  'templateid',
  'approle.value',
  'delegatedpermissiongrant.scope',
])

const granted: Reader = (activity, add) => {
  add('policy.attached')
  const ofRole = activity.targets.some(
    (target) => target.type === 'Role' && [target.id, target.name].some(isAdminGrant),
  )
  const ofProperty = changes(activity).some(
    ({ name, newValues }) =>
      grantProperties.has(name.toLowerCase()) && newValues.some((value) => value.split(' ').some(isAdminPart(value))),
  )
  if (ofRole || ofProperty) add('admin.policy')
}

/** A role's name has spaces of its own; a scope is a list of permissions. */
function isAdminPart(whole: string): (part: string) => boolean {
  return (part) => isAdminGrant(part) || isAdminGrant(whole)
}

const keyProperty = /^(?:keydescription|keycredentials|passwordcredentials|credential)$/i

/** The activity changes keys and passwords of an application; only one that adds some creates a credential. */
const applicationCredential: Reader = (activity, add) => {
  const keys = changes(activity).filter(({ name }) => keyProperty.test(name))
  const removesOnly = keys.length > 0 && keys.every(({ oldValues, newValues }) => newValues.length < oldValues.length)
  if (removesOnly) return
  add('credential.created')
  forOther(activity, add)
}

const userCredential: Reader = (activity, add) => {
  add('credential.created')
  forOther(activity, add)
}

function forOther({ targets, actor }: Activity, add: (fact: Fact) => void): void {
  const first = targets.find(({ id }) => id !== '')
  if (first !== undefined && first.id !== actor) add('credential.for_other')
}

/** Updates tell what they changed by the names of properties. */
const updated: Reader = (activity, add) => {
  for (const { name } of changes(activity)) {
    if (/^StrongAuthentication/i.test(name)) add('mfa.changed')
    if (/^FederatedIdentityCredentials$/i.test(name)) add('trust.changed')
  }
}

const methodsPolicy: Reader = (activity, add) => {
  if (changes(activity).some(({ name }) => /openid|federat|identityprovider/i.test(name))) add('trust.changed')
}

/** Activities by name, in small letters, with one kind of dash. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ...named(granted, [
    'add member to role',
    'add scoped member to role',
    'add eligible member to role',
    'add member to role in pim completed (permanent)',
    'add member to role in pim completed (timebound)',
    'add member to role outside of pim (permanent)',
    'add eligible member to role in pim completed (permanent)',
    'add eligible member to role in pim completed (timebound)',
    'add role assignment to role definition',
    'add app role assignment to service principal',
    'add app role assignment grant to user',
    'add delegated permission grant',
    'add oauth2permissiongrant',
    'consent to application',
  ]),
  ...named(always('policy.attached'), [
    'add owner to application',
    'add owner to service principal',
    'add owner to group',
    'add role definition',
    'update role definition',
  ]),
  ...named(always('policy.attached', 'admin.policy'), [
    'user has elevated their access to user access administrator for their azure resources',
  ]),
  ...named(always('role.assumed'), ['add member to role completed (pim activation)']),
  ...named(applicationCredential, [
    'add service principal credentials',
    'update application - certificates and secrets management',
    'update service principal - certificates and secrets management',
  ]),
  ...named(userCredential, [
    'reset password (by admin)',
    'reset user password',
    'admin registered temporary access pass method for user',
  ]),
  ...named(always('credential.created'), ['add user']),
  ...named(always('trust.changed'), [
    'set federation settings on domain',
    'set domain authentication',
    'add a partner to cross-tenant access setting',
    'update a partner cross-tenant access setting',
    'update the company default cross-tenant access setting',
    'add partner to company',
    'create identity provider',
    'update identity provider',
    'add federated identity credential',
  ]),
  ...named(methodsPolicy, ['authentication methods policy update', 'update authentication methods policy']),
  ...named(always('mfa.changed'), [
    'admin deleted security info',
    'admin registered security info',
    'admin updated security info',
    'user changed default security info',
    'user deleted security info',
    'user registered all required security info',
    'user registered security info',
    'user updated security info',
    'disable strong authentication',
    'enable strong authentication',
    'add passkey (device-bound) credential',
    'delete passkey (device-bound) credential',
    'add windows hello for business credential',
    'delete windows hello for business credential',
  ]),
  ...named(always('audit.disabled'), ['disable pim alert']),
  ...named(updated, ['update user', 'update application', 'update service principal']),
])

function named(reader: Reader, activities: readonly string[]): [string, Reader][] {
  return activities.map((activity) => [activity, reader])
}

const noFacts: readonly Fact[] = []

/** The facts an activity and the properties it changed tell. */
export function factsOf(operation: string, targets: readonly Target[], actor: string): readonly Fact[] {
  const reader = readers.get(operation.toLowerCase().replace(/[\u2010-\u2015]/g, '-'))
  if (reader === undefined) return noFacts
  const facts: Fact[] = []
  reader({ targets, actor }, (fact) => {
    if (!facts.includes(fact)) facts.push(fact)
  })
  return facts
}

import type { Fact } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { arrayOf, isObject, objectOf } from '../read-json.ts'
import { isAdminRole } from './admin-roles.ts'

/**
 * What a body tells: Azure repeats a request's or a response's JSON in the record's properties. Only the facts below are
 * read from it; the body itself may hold passwords and never passes.
 */
export type BodyReader = (properties: JsonObject, add: (fact: Fact) => void) => void

/** Request bodies come in whatever casing their author wrote. */
function member(object: JsonObject, name: string): unknown {
  const exact = object[name]
  if (exact !== undefined) return exact
  const lower = name.toLowerCase()
  for (const key in object) if (key.toLowerCase() === lower) return object[key]
  return undefined
}

function textMember(object: JsonObject, name: string): string {
  const value = member(object, name)
  return typeof value === 'string' ? value : ''
}

/** What a resource's body says of it: its `properties`, or the body itself where a service writes them flat. */
export function resourceProperties(body: JsonObject): JsonObject {
  const properties = member(body, 'properties')
  return isObject(properties) ? properties : body
}

export const roleAssigned: BodyReader = (properties, add) => {
  add('policy.attached')
  if (isAdminRole(textMember(properties, 'roleDefinitionId'))) add('admin.policy')
}

/** A custom role whose permissions allow every action is an administrator's. */
export const roleDefined: BodyReader = (properties, add) => {
  add('policy.attached')
  const permissions = member(properties, 'permissions')
  if (!Array.isArray(permissions)) return
  const allowsAll = permissions.some((one) => {
    const actions = isObject(one) ? member(one, 'actions') : undefined
    return Array.isArray(actions) && actions.includes('*')
  })
  if (allowsAll) add('admin.policy')
}

/** A binding of a cluster's role: its body is Kubernetes' own object. */
export const clusterRoleBound: BodyReader = (properties, add) => {
  add('policy.attached')
  if (textMember(objectOf(properties['roleRef']), 'name') === 'cluster-admin') add('admin.policy')
}

/** A diagnostic setting that delivers no log any more. A body without logs (metrics only) tells nothing. */
export const logsNarrowed: BodyReader = (properties, add) => {
  const logs = member(properties, 'logs')
  if (!Array.isArray(logs)) return
  if (!logs.some((one) => isObject(one) && member(one, 'enabled') === true)) add('audit.disabled')
}

/** Auditing or threat detection of a database that is set to `Disabled`. */
export const stateDisabled: BodyReader = (properties, add) => {
  if (textMember(properties, 'state').toLowerCase() === 'disabled') add('audit.disabled')
}

/** A Defender plan taken back to the free tier watches nothing. */
export const planReduced: BodyReader = (properties, add) => {
  if (textMember(properties, 'pricingTier').toLowerCase() === 'free') add('audit.disabled')
}

const everyone = new Set(['*', '0.0.0.0/0', '::/0', 'internet', 'any'])

function opensInbound(rule: JsonObject): boolean {
  if (textMember(rule, 'access').toLowerCase() !== 'allow') return false
  if (textMember(rule, 'direction').toLowerCase() !== 'inbound') return false
  const many = member(rule, 'sourceAddressPrefixes')
  const prefixes = [textMember(rule, 'sourceAddressPrefix'), ...(Array.isArray(many) ? many : [])]
  return prefixes.some((prefix) => typeof prefix === 'string' && everyone.has(prefix.toLowerCase()))
}

export const networkOpened: BodyReader = (properties, add) => {
  const rules = member(properties, 'securityRules')
  const listed = Array.isArray(rules) ? rules.filter(isObject).map(resourceProperties) : []
  if ([properties, ...listed].some(opensInbound)) add('resource.public')
}

/** A database's firewall rule over all of IPv4; one from 0.0.0.0 to 0.0.0.0 lets in Azure's own services only. */
export const firewallOpened: BodyReader = (properties, add) => {
  const from = textMember(properties, 'startIpAddress')
  if (from.startsWith('0.0.0.') && textMember(properties, 'endIpAddress') === '255.255.255.255') add('resource.public')
}

export const accountOpened: BodyReader = (properties, add) => {
  if (member(properties, 'allowBlobPublicAccess') === true) add('resource.public')
}

export const containerOpened: BodyReader = (properties, add) => {
  const access = textMember(properties, 'publicAccess').toLowerCase()
  if (access === 'container' || access === 'blob') add('resource.public')
}

/** A gallery of images shared with everyone, or with named subscriptions and directories. */
export const galleryShared: BodyReader = (properties, add) => {
  const kind = textMember(properties, 'operationType').toLowerCase()
  if (kind === 'enablecommunity') add('resource.public')
  else if (kind !== 'reset') add('resource.shared')
}

/** A lifecycle policy with a rule that deletes. */
export const lifecycleDeletes: BodyReader = (properties, add) => {
  const rules = arrayOf(objectOf(properties['policy'])['rules']).filter(isObject)
  const deletes = rules.some((rule) => {
    const actions = objectOf(objectOf(rule['definition'])['actions'])
    return ['baseBlob', 'snapshot', 'version'].some((part) => 'delete' in objectOf(actions[part]))
  })
  if (deletes) add('data.deleted')
}

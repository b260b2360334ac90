import type { ClearResource } from '../../clear-event.ts'
import { lowerId } from '../microsoft/plain-text.ts'
import { partName, providerName } from './operation-name.ts'

const guid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** Types whose every use makes a new resource, named by the time or at random: the scope they act on says more. */
const passing = new Set([
  'microsoft.authorization/roleassignments',
  'microsoft.resources/deployments',
  'microsoft.security/locations',
])

/** The subscription a resource id lies in; `''` for what belongs to a directory. */
export function subscriptionOf(resourceId: string): string {
  const found = /^\/subscriptions\/([^/]+)/i.exec(resourceId)
  return found === null ? '' : lowerId(found[1]!)
}

/**
 * The resource an id of Azure Resource Manager names, in small letters, since ids are the same in any case. A resource
 * whose own name is random is left for the one it belongs to: the scope of a role assignment, the account of a job.
 */
export function resourceOf(resourceId: string): ClearResource | undefined {
  let uid = lowerId(resourceId.trim())
  while (uid.endsWith('/')) uid = uid.slice(0, -1)
  if (!uid.startsWith('/') || uid.length > 1024) return undefined
  for (let parent = parentIfPassing(uid); parent !== undefined; parent = parentIfPassing(uid)) uid = parent
  return { uid, type: typeOf(uid), accountUid: subscriptionOf(uid) }
}

/** The resource above, where this one's own name tells nothing. */
function parentIfPassing(uid: string): string | undefined {
  const at = uid.lastIndexOf('/providers/')
  if (at < 0) return undefined
  const parts = uid.slice(at + '/providers/'.length).split('/')
  const endsInName = parts.length >= 3 && parts.length % 2 === 1
  if (!endsInName || !(guid.test(parts[parts.length - 1]!) || passing.has(`${parts[0]}/${parts[1]}`))) return undefined
  const above = parts.length > 3 ? uid.slice(0, uid.lastIndexOf('/', uid.lastIndexOf('/') - 1)) : uid.slice(0, at)
  return above === '' ? undefined : above
}

/** `/…/providers/microsoft.compute/disks/one` is of the type `Microsoft.Compute/disks`. */
function typeOf(uid: string): string {
  const at = uid.lastIndexOf('/providers/')
  if (at < 0) {
    if (/^\/subscriptions\/[^/]+\/resourcegroups\//.test(uid)) return 'Microsoft.Resources/resourceGroups'
    return uid.startsWith('/subscriptions/') ? 'Microsoft.Resources/subscriptions' : ''
  }
  const parts = uid.slice(at + '/providers/'.length).split('/')
  const types = parts.filter((_part, index) => index % 2 === 1).map(partName)
  return [providerName(parts[0]!), ...types].join('/')
}

import type { StatedLevel } from './access-level.ts'

/** Parts of an Azure operation that decide who may do what. */
const permissionResources = [
  '/roleassignments/',
  '/roledefinitions/',
  '/roleeligibilityschedulerequests/',
  '/roleassignmentschedulerequests/',
  '/denyassignments/',
  '/accesspolicies/',
  '/elevateaccess/',
  '/classicadministrators/',
  '/federatedidentitycredentials/',
]

/**
 * The level of an Azure Resource Manager operation, `<provider>/<types>/<verb>`: the last part is read, write, delete or
 * action. Actions that only list keys or secrets read; every other action writes.
 */
export function azureLevel(operation: string): StatedLevel {
  const lower = operation.toLowerCase()
  const verb = lower.slice(lower.lastIndexOf('/') + 1)
  if (verb === 'read') return { level: 'read', certain: true }
  if (verb !== 'write' && verb !== 'delete' && verb !== 'action') return { level: 'unknown', certain: false }
  if (permissionResources.some((part) => lower.includes(part))) return { level: 'permissions', certain: true }
  if (lower.includes('/tags/')) return { level: 'tagging', certain: true }
  if (verb === 'action') {
    const parts = lower.split('/')
    const action = parts[parts.length - 2] ?? ''
    if (/^(?:list|get|read|query|validate|check|preview|calculate|export|download)/.test(action)) {
      return { level: 'read', certain: true }
    }
  }
  return { level: 'write', certain: true }
}

/** Words of Entra audit activities that decide who may do what. */
const entraPermissionWords = [
  'role',
  'consent',
  'permission',
  'owner',
  'conditional access',
  'policy',
  'delegat',
  'member to group',
  'member from group',
  'federation',
  'domain authentication',
]

/** The level of an Entra audit activity, which is a sentence such as `Add member to role`. */
export function entraLevel(operation: string): StatedLevel {
  const lower = operation.toLowerCase()
  if (lower === '') return { level: 'unknown', certain: false }
  if (/^(?:get|list|read|view|download|search|export|validate)\b/.test(lower)) return { level: 'read', certain: true }
  if (entraPermissionWords.some((word) => lower.includes(word))) return { level: 'permissions', certain: true }
  return { level: 'write', certain: true }
}

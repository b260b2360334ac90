import type { StatedLevel } from './access-level.ts'

const listVerbs = ['list', 'aggregatedlist', 'search', 'watch']
const readVerbs = (
  'get batchget read lookup query fetch test export download check validate lookup analyze preview access count run_query ' +
  'runquery runaggregationquery listen troubleshoot verify wait'
).split(' ')
const tagVerbs = ['setlabels', 'settags', 'createtagbinding', 'deletetagbinding']
const permissionWords = [
  'iampolicy',
  'iampermissions',
  'setpolicy',
  'accesslevel',
  'acl',
  'serviceperimeter',
  'orgpolicy',
]

/**
 * The level of a Google Cloud method: the last part of `google.storage.buckets.list`, `v1.compute.firewalls.insert`,
 * `google.iam.admin.v1.CreateServiceAccountKey`. What is neither list, read nor a change of policy or labels, writes.
 */
export function googleLevel(method: string): StatedLevel {
  const lower = method.toLowerCase()
  const verb = lower.slice(Math.max(lower.lastIndexOf('.'), lower.lastIndexOf('/')) + 1)
  if (verb === '') return { level: 'unknown', certain: false }
  if (verb.startsWith('testiampermissions')) return { level: 'read', certain: true }
  if (listVerbs.some((word) => verb.startsWith(word))) return { level: 'list', certain: true }
  if (readVerbs.some((word) => verb.startsWith(word))) return { level: 'read', certain: true }
  if (tagVerbs.some((word) => verb.startsWith(word))) return { level: 'tagging', certain: true }
  if (permissionWords.some((word) => verb.includes(word))) return { level: 'permissions', certain: true }
  if (/^(?:create|update|delete|undelete)role/.test(verb)) return { level: 'permissions', certain: true }
  return { level: 'write', certain: false }
}

import type { ClearEvent } from '../../clear-event.ts'
import type { JsonObject, Outcome, Source } from '../../source.ts'
import { nestedArray, nestedObject } from '../microsoft/nested-value.ts'
import { type FieldNames, lacking, pick, pickText } from '../microsoft/pick.ts'
import { lowerId, plainCode, plainName, withoutPort } from '../microsoft/plain-text.ts'
import { parseTime } from '../parse-time.ts'
import { isObject } from '../read-json.ts'
import { factsOf } from './facts.ts'
import { initiatorOf, principalOf } from './principal.ts'
import { resourcesOf, targetsOf } from './target.ts'

/** Each field by its names in the forms: Graph and diagnostic settings in camel case, Log Analytics in Pascal case. */
const names = {
  time: ['activityDateTime', 'ActivityDateTime'],
  deliveredTime: ['time', 'TimeGenerated'],
  operation: ['activityDisplayName', 'ActivityDisplayName'],
  operationName: ['operationName', 'OperationName'],
  id: ['id', 'Id'],
  service: ['loggedByService', 'LoggedByService'],
  result: ['result', 'Result'],
  details: ['additionalDetails', 'AdditionalDetails'],
  userAgent: ['userAgent', 'UserAgent'],
  address: ['callerIpAddress', 'CallerIpAddress'],
  // Not `TenantId`: in a table of Log Analytics that is the workspace.
  tenant: ['tenantId', 'AADTenantId'],
  path: ['resourceId', 'ResourceId'],
} as const satisfies Record<string, FieldNames>

const log = 'Entra audit'
/** Most additional details that are looked at. */
const detailsMax = 64

/** One of the additional details, which are pairs of any key and text. Only the ones asked for here are read. */
function detailAt(fields: JsonObject, key: string): string {
  for (const detail of nestedArray(pick(fields, names.details)).slice(0, detailsMax)) {
    if (isObject(detail) && pickText(detail, ['key']).toLowerCase() === key) return pickText(detail, ['value'])
  }
  return ''
}

function tenantOf(record: JsonObject): string {
  const path = /^\/tenants\/([^/]+)/i.exec(pickText(record, names.path))
  return lowerId(pickText(record, names.tenant) || (path?.[1] ?? ''))
}

function normalise(record: JsonObject): Outcome {
  const nested = nestedObject(record['properties'])
  const fields = Object.keys(nested).length > 0 ? nested : record
  const operationText = pickText(fields, names.operation) || pickText(record, names.operationName)
  if (operationText === '') return lackingIn(record, fields, [...names.operation, ...names.operationName])
  const timeText = pickText(fields, names.time) || pickText(record, names.deliveredTime)
  if (timeText === '') return lackingIn(record, fields, [...names.time, ...names.deliveredTime])
  const timeMs = parseTime(timeText)
  if (timeMs === undefined) {
    return {
      kind: 'rejected',
      reason: 'record.invalid_time',
      detail: `Cannot read event time ${JSON.stringify(timeText.slice(0, 64))}: expected a date and time like 2026-03-02T00:01:57Z`,
    }
  }
  return { kind: 'event', event: eventOf(record, fields, plainName(operationText) || 'unnamed', timeMs) }
}

/** Names the member of the wrong type wherever it stands. */
function lackingIn(record: JsonObject, fields: JsonObject, wanted: FieldNames): Outcome {
  return lacking(pick(fields, wanted) === undefined ? record : fields, wanted, log)
}

function eventOf(record: JsonObject, fields: JsonObject, operation: string, timeMs: number): ClearEvent {
  const tenant = tenantOf(record)
  const initiator = initiatorOf(fields)
  const targets = targetsOf(fields)
  const result = (pickText(fields, names.result) || pickText(record, names.result)).toLowerCase()
  const failed = result !== '' && result !== 'success'
  const address = initiator.address || pickText(record, names.address) || detailAt(fields, 'ipaddr')
  return {
    source: 'entra.audit',
    eventUid: pickText(fields, names.id),
    timeMs,
    kind: 'api',
    service: plainName(pickText(fields, names.service)) || 'Core Directory',
    operation,
    region: '',
    readOnly: undefined,
    // The reason of a failure is a sentence that may name people; only the kind of it is kept.
    errorCode: failed ? plainCode(result) || 'failure' : '',
    failed,
    principal: principalOf(initiator, tenant),
    sourceAddress: withoutPort(address),
    userAgent: pickText(fields, names.userAgent) || detailAt(fields, 'user-agent'),
    targetAccountUid: tenant,
    resources: resourcesOf(targets, tenant),
    facts: factsOf(operation, targets, initiator.objectId),
  }
}

/** Categories of single records; in diagnostic form all of them come as `AuditLogs`, but some exports say their own. */
const categories = new Set([
  'AdministrativeUnit',
  'ApplicationManagement',
  'Authentication',
  'Authorization',
  'Device',
  'DeviceManagement',
  'DirectoryManagement',
  'EntitlementManagement',
  'GroupManagement',
  'KerberosDomain',
  'KeyManagement',
  'Label',
  'Policy',
  'PolicyManagement',
  'ResourceManagement',
  'RoleManagement',
  'UserManagement',
])

/** Intune's audit log comes as `AuditLogs` too, with members of its own. */
function isEntras(properties: unknown): boolean {
  if (!isObject(properties)) return false
  return 'activityDateTime' in properties || 'activityDisplayName' in properties || 'loggedByService' in properties
}

function recognises(record: JsonObject): boolean {
  if (record['Type'] === 'AuditLogs') return true
  if ('activityDisplayName' in record) return 'activityDateTime' in record || 'initiatedBy' in record
  if ('ActivityDisplayName' in record) return 'ActivityDateTime' in record || 'InitiatedBy' in record
  const category = record['category']
  if (typeof category !== 'string' || !('properties' in record)) return false
  const path = record['resourceId']
  const isDirectory = typeof path === 'string' && /^\/tenants\/[^/]+\/providers\/microsoft\.aadiam/i.test(path)
  if (category === 'AuditLogs') return isDirectory || isEntras(record['properties'])
  return isDirectory && categories.has(category)
}

/** Entra's audit logs: as Graph answers, as diagnostic settings deliver them, and as the AuditLogs table holds them. */
export const entraAudit: Source = { id: 'entra.audit', recognises, normalise }

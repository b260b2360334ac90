import type { ClearEvent, ClearResource, Fact } from '../../clear-event.ts'
import type { JsonObject, Outcome, Source } from '../../source.ts'
import { nestedObject } from '../microsoft/nested-value.ts'
import { type FieldNames, lacking, pick, pickText } from '../microsoft/pick.ts'
import { lowerId, plainName, withoutPort } from '../microsoft/plain-text.ts'
import { parseTime } from '../parse-time.ts'
import { isApplication, isInteractive, principalOf, type SignInKind, signInKindOf } from './principal.ts'

/** Each field by its names in the forms: Graph and diagnostic settings in camel case, Log Analytics in Pascal case. */
const names = {
  time: ['createdDateTime', 'CreatedDateTime'],
  deliveredTime: ['time', 'TimeGenerated'],
  category: ['category', 'Category', 'Type'],
  id: ['id', 'Id'],
  appName: ['appDisplayName', 'AppDisplayName'],
  appId: ['appId', 'AppId'],
  resourceName: ['resourceDisplayName', 'ResourceDisplayName'],
  resourceId: ['resourceId', 'ResourceIdentity'],
  address: ['ipAddress', 'IPAddress'],
  callerAddress: ['callerIpAddress', 'calleripaddress'],
  userAgent: ['userAgent', 'UserAgent'],
  status: ['status', 'Status'],
  errorCode: ['errorCode', 'ErrorCode'],
  resultType: ['resultType', 'resulttype', 'ResultType'],
  risk: ['riskLevelDuringSignIn', 'RiskLevelDuringSignIn'],
  // Not `TenantId`: in a table of Log Analytics that is the workspace.
  tenant: ['tenantId', 'tenantid', 'AADTenantId'],
  path: ['resourceId', 'resourceid', 'ResourceId'],
  otherTenant: ['resourceTenantId', 'ResourceTenantId', 'homeTenantId', 'HomeTenantId'],
} as const satisfies Record<string, FieldNames>

const log = 'Entra sign-in'

/** The directory whose log this is: said so, or the first part of the record's resource id. */
function tenantOf(record: JsonObject, fields: JsonObject): string {
  const stated = pickText(record, names.tenant)
  if (stated !== '') return lowerId(stated)
  const path = /^\/tenants\/([^/]+)/i.exec(pickText(record, names.path))
  return lowerId(path?.[1] ?? pickText(fields, names.otherTenant))
}

/** The AADSTS code of a sign-in; `''` for success, which is code 0. */
function errorCodeOf(record: JsonObject, fields: JsonObject): string {
  const status = nestedObject(pick(fields, names.status))
  const code = pickText(status, names.errorCode) || pickText(record, names.resultType)
  return /^[1-9]\d{0,9}$/.test(code) ? code : ''
}

/**
 * How, and by what means: `InteractiveSignIn/Azure Portal` for people, who sign in with many applications. What is itself
 * an application stands by what it signs in to: `ServicePrincipalSignIn/Microsoft Graph`. Names are what an analyst can
 * read; ids, which nobody can choose, are among the resources.
 */
function operationOf(kind: SignInKind, fields: JsonObject): string {
  const [name, id] = isApplication(kind) ? [names.resourceName, names.resourceId] : [names.appName, names.appId]
  const subject = plainName(pickText(fields, name)) || lowerId(pickText(fields, id))
  return subject === '' ? kind : `${kind}/${subject}`
}

/** What was signed in to, then the application that did. */
function resourcesOf(fields: JsonObject, tenant: string): readonly ClearResource[] {
  const found: ClearResource[] = []
  const target = lowerId(pickText(fields, names.resourceId) || pickText(fields, names.resourceName))
  const app = lowerId(pickText(fields, names.appId))
  if (target !== '') found.push({ uid: target, type: 'Resource', accountUid: tenant })
  if (app !== '' && app !== target) found.push({ uid: app, type: 'Application', accountUid: tenant })
  return found
}

function factsOf(kind: SignInKind, fields: JsonObject): readonly Fact[] {
  const facts: Fact[] = []
  if (isInteractive(kind, fields)) facts.push('console.login')
  const risk = pickText(fields, names.risk).toLowerCase()
  if (risk === 'high' || risk === 'medium') facts.push('insight')
  return facts
}

function normalise(record: JsonObject): Outcome {
  const nested = nestedObject(record['properties'])
  const fields = Object.keys(nested).length > 0 ? nested : record
  const timeText = pickText(fields, names.time) || pickText(record, names.deliveredTime)
  if (timeText === '') {
    const wrong = [...names.time, ...names.deliveredTime].some((name) => pick(fields, [name]) !== undefined)
    return lacking(wrong ? fields : record, [...names.time, ...names.deliveredTime], log)
  }
  const timeMs = parseTime(timeText)
  if (timeMs === undefined) {
    return {
      kind: 'rejected',
      reason: 'record.invalid_time',
      detail: `Cannot read event time ${JSON.stringify(timeText.slice(0, 64))}: expected a date and time like 2026-03-02T00:01:57Z`,
    }
  }
  const category = pickText(record, names.category)
  const kind = signInKindOf(fields, category)
  const tenant = tenantOf(record, fields)
  const principal = principalOf(kind, fields, tenant, errorCodeOf(record, fields) !== '')
  if (principal.uid === '' && pickText(fields, names.appId) === '') {
    return lacking(fields, ['userId', 'servicePrincipalId', 'appId'], log)
  }
  return { kind: 'event', event: eventOf(record, fields, timeMs, kind, principal) }
}

function eventOf(
  record: JsonObject,
  fields: JsonObject,
  timeMs: number,
  kind: SignInKind,
  principal: ClearEvent['principal'],
): ClearEvent {
  const errorCode = errorCodeOf(record, fields)
  return {
    source: 'entra.signin',
    eventUid: pickText(fields, names.id),
    timeMs,
    kind: 'authentication',
    service: 'signin.microsoft',
    operation: operationOf(kind, fields),
    region: '',
    readOnly: undefined,
    errorCode,
    failed: errorCode !== '',
    principal,
    sourceAddress: withoutPort(pickText(fields, names.address) || pickText(record, names.callerAddress)),
    userAgent: pickText(fields, names.userAgent),
    targetAccountUid: principal.accountUid,
    resources: resourcesOf(fields, principal.accountUid),
    facts: factsOf(kind, fields),
  }
}

/** Categories of the diagnostic form, and names of tables of Log Analytics. */
const categories = new Set([
  'signinlogs',
  'noninteractiveusersigninlogs',
  'serviceprincipalsigninlogs',
  'managedidentitysigninlogs',
  'microsoftserviceprincipalsigninlogs',
  'adfssigninlogs',
  'aadnoninteractiveusersigninlogs',
  'aadserviceprincipalsigninlogs',
  'aadmanagedidentitysigninlogs',
])

function isCategory(value: unknown): boolean {
  return typeof value === 'string' && categories.has(value.toLowerCase())
}

function recognises(record: JsonObject): boolean {
  if (isCategory(record['category']) || isCategory(record['Category']) || isCategory(record['Type'])) return true
  if (record['@odata.type'] === '#microsoft.graph.signIn') return true
  const isGraph = 'createdDateTime' in record && 'appId' in record && 'status' in record
  return isGraph && ('userId' in record || 'userPrincipalName' in record || 'servicePrincipalId' in record)
}

/**
 * Entra's sign-in logs of users, service principals and managed identities: as Graph answers, as diagnostic settings
 * deliver them, and as the tables of Log Analytics hold them, also when exported by a notebook.
 */
export const entraSignin: Source = { id: 'entra.signin', recognises, normalise }

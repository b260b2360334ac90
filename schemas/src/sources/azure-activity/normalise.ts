import { type ClearEvent, resourcesMax } from '../../clear-event.ts'
import type { JsonObject, Outcome, Source } from '../../source.ts'
import { firstNestedObject, nestedObject } from '../microsoft/nested-value.ts'
import { asText, type FieldNames, lacking, pick, pickText } from '../microsoft/pick.ts'
import { lowerId, plainCode, withoutPort } from '../microsoft/plain-text.ts'
import { parseTime } from '../parse-time.ts'
import { factsOf } from './facts.ts'
import { keyVaultCategory, keyVaultItem, keyVaultReadOnly } from './key-vault.ts'
import { isOperationPath, operationName, providerName } from './operation-name.ts'
import { isOwnReport, principalOf, tokenAddress } from './principal.ts'
import { resourceOf, subscriptionOf } from './resources.ts'

/** Each field by its names in the forms: REST, the SDK's snake case, diagnostic settings, the AzureActivity table. */
const names = {
  time: ['eventTimestamp', 'event_timestamp', 'time', 'TimeGenerated'],
  operation: ['OperationNameValue', 'operationName', 'operation_name', 'OperationName'],
  eventId: ['eventDataId', 'event_data_id', 'EventDataId'],
  category: ['CategoryValue', 'category', 'Category'],
  status: ['resultType', 'status', 'ActivityStatusValue', 'ActivityStatus'],
  subStatus: ['resultSignature', 'subStatus', 'sub_status', 'ActivitySubstatusValue', 'ActivitySubstatus'],
  caller: ['caller', 'Caller'],
  address: ['callerIpAddress', 'CallerIpAddress'],
  http: ['httpRequest', 'http_request', 'HTTPRequest'],
  clientAddress: ['clientIpAddress', 'client_ip_address'],
  claims: ['claims', 'Claims_d', 'Claims'],
  authorization: ['authorization', 'Authorization_d', 'Authorization'],
  properties: ['properties', 'Properties_d', 'Properties'],
  resource: ['resourceId', 'resource_id', '_ResourceId', 'ResourceId', 'resourceUri'],
  subscription: ['subscriptionId', 'subscription_id', 'SubscriptionId'],
  // Not `TenantId`: in a table of Log Analytics that is the workspace.
  tenant: ['tenantId', 'tenant_id'],
} as const satisfies Record<string, FieldNames>

const log = 'Azure Activity'
const failures = /^(?:fail|clienterror|servererror|error|timeout|cancell?ed|forbidden|unauthori[sz]ed|denied)/i
const starts = /^start/i

interface Parts {
  readonly operation: string
  readonly category: string
  readonly properties: JsonObject
  readonly claims: JsonObject
  readonly authorization: JsonObject
}

function partsOf(record: JsonObject, operation: string): Parts {
  const identity = nestedObject(record['identity'])
  const at = (held: JsonObject, fields: FieldNames): readonly unknown[] => fields.map((name) => held[name])
  return {
    operation,
    category: pickText(record, names.category),
    properties: firstNestedObject(at(record, names.properties)),
    claims: firstNestedObject([identity['claims'], identity['claim'], ...at(record, names.claims)]),
    authorization: firstNestedObject([identity['authorization'], ...at(record, names.authorization)]),
  }
}

/** A key vault answers `Success` and puts what became of the request into its HTTP status. */
function failedOf(record: JsonObject, { properties }: Parts): boolean {
  const http = Number(pickText(properties, ['httpStatusCode']) || '0')
  return http >= 400 || failures.test(pickText(record, names.status))
}

/** The code of a failure: `Forbidden`, where the record reads `Failed.Forbidden` or `Forbidden (HTTP Status Code: 403)`. */
function errorCodeOf(record: JsonObject, { properties }: Parts): string {
  const subStatus = pickText(record, names.subStatus).replace(/\s*\(HTTP Status Code.*$/i, '')
  const detail = plainCode(subStatus.replace(/^(?:Failed|Failure)\.?/i, '').replace(/\.$/, ''))
  return detail || plainCode(pickText(properties, ['statusCode', 'httpStatusCode'])) || 'Failed'
}

function addressOf(record: JsonObject, parts: Parts): string {
  const http = nestedObject(pick(record, names.http))
  const address = pickText(record, names.address) || pickText(http, names.clientAddress)
  return withoutPort(address || tokenAddress(parts.claims))
}

function normalise(record: JsonObject): Outcome {
  const operationText = pickText(record, names.operation)
  if (operationText === '') return lacking(record, names.operation, log)
  const timeText = pickText(record, names.time)
  if (timeText === '') return lacking(record, names.time, log)
  const timeMs = parseTime(timeText)
  if (timeMs === undefined) {
    return {
      kind: 'rejected',
      reason: 'record.invalid_time',
      detail: `Cannot read event time ${JSON.stringify(timeText.slice(0, 64))}: expected a date and time like 2026-03-02T00:01:57Z`,
    }
  }
  return { kind: 'event', event: eventOf(record, partsOf(record, operationText), timeMs) }
}

function eventOf(record: JsonObject, parts: Parts, timeMs: number): ClearEvent {
  const { category, properties, claims, authorization } = parts
  const isKeyVault = category === keyVaultCategory
  const action = asText(authorization['action'])
  // Old tables hold the operation in words of the portal's language; the action it needs leave for is its name.
  const isNamed = isKeyVault || isOperationPath(parts.operation) || !isOperationPath(action)
  const operation = operationName(isNamed ? parts.operation : action) || 'unnamed'
  const resourceId = pickText(record, names.resource) || asText(authorization['scope'])
  const resource = resourceOf(resourceId)
  const tenant = lowerId(pickText(record, names.tenant))
  const failed = failedOf(record, parts)
  const isStart = starts.test(pickText(record, names.status))
  const service = isKeyVault ? 'Microsoft.KeyVault' : serviceOf(operation, resource?.type ?? '')
  // What Azure reports by itself has no caller: the provider that reports it stands for one.
  const caller = pickText(record, names.caller) || (isOwnReport(category) ? service : '')
  const principal = principalOf({ claims, authorization, caller, tenant })
  const held = resource === undefined ? [] : [resource]
  return {
    source: 'azure.activity',
    eventUid: pickText(record, names.eventId) || pickText(properties, names.eventId),
    timeMs,
    kind: 'api',
    service,
    operation,
    region: plainCode(pickText(record, ['location'])).toLowerCase(),
    readOnly: isKeyVault ? keyVaultReadOnly(operation) : undefined,
    errorCode: failed ? errorCodeOf(record, parts) : '',
    failed,
    principal,
    sourceAddress: addressOf(record, parts),
    userAgent: isKeyVault ? pickText(properties, ['clientInfo']) : '',
    targetAccountUid:
      subscriptionOf(resourceId) || lowerId(pickText(record, names.subscription)) || principal.accountUid,
    resources: (isKeyVault ? keyVaultItem(resource, properties) : held).slice(0, resourcesMax),
    facts: factsOf(operation, category, isStart, properties),
  }
}

/** The provider an operation names; where it names none, the one of its resource. */
function serviceOf(operation: string, resourceType: string): string {
  const named = isOperationPath(operation) ? operation : resourceType
  const provider = named.split('/', 1)[0]!
  return provider === '' ? 'Microsoft.Resources' : providerName(provider)
}

/** Categories of the Activity Log in diagnostic form. Resource logs, which have the same keys, have others. */
const categories = new Set([
  'administrative',
  'security',
  'servicehealth',
  'resourcehealth',
  'alert',
  'autoscale',
  'recommendation',
  'policy',
])

function recognises(record: JsonObject): boolean {
  if ('eventTimestamp' in record || 'event_timestamp' in record) {
    return 'operationName' in record || 'operation_name' in record
  }
  if ('OperationNameValue' in record || record['Type'] === 'AzureActivity') return true
  if (!('operationName' in record) || !('category' in record)) return false
  const category = record['category']
  if (typeof category !== 'string') return false
  const resourceId = record['resourceId']
  if (category === keyVaultCategory) {
    return typeof resourceId === 'string' && /\/providers\/microsoft\.keyvault\//i.test(resourceId)
  }
  // Entra's audit log has a category Policy too; its activities are sentences.
  const operation = record['operationName']
  return categories.has(category.toLowerCase()) && (typeof operation !== 'string' || isOperationPath(operation))
}

/**
 * The Azure Activity Log as diagnostic settings deliver it (Event Hub, storage account), as its REST API and SDKs answer,
 * and as the AzureActivity table of Log Analytics holds it; and the audit log of key vaults in diagnostic form.
 */
export const azureActivity: Source = { id: 'azure.activity', recognises, normalise }

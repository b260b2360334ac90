import type { RejectReason } from '../../error-codes.ts'
import type { JsonObject, Outcome, Source } from '../../source.ts'
import { parseTime } from '../parse-time.ts'
import { arrayOf, isObject, objectOf, textOf } from '../read-json.ts'
import { factsOf } from './facts.ts'
import { operationKey } from './operation-name.ts'
import { hasPayload, payloadOf, payloadTypeOf } from './payload.ts'
import { principalOf } from './principal.ts'
import { resourcesOf } from './resources.ts'
import { errorCodeOf } from './status.ts'

const auditLogType = 'google.cloud.audit.AuditLog'

function rejected(reason: RejectReason, detail: string): Outcome {
  return { kind: 'rejected', reason, detail }
}

/** A member that must be text: `record.wrong_type` where it is something else, `record.missing_field` where it is absent. */
function lacking(object: JsonObject, key: string): Outcome {
  const value = object[key]
  return value === undefined || value === null || value === ''
    ? rejected('record.missing_field', `Cannot read Google Cloud audit log without "${key}"`)
    : rejected('record.wrong_type', `Cannot read Google Cloud audit log: "${key}" is not text`)
}

/** BigQuery writes `2026-03-02 08:00:00.123 UTC`. */
function timeOf(text: string): number | undefined {
  return parseTime(text.endsWith(' UTC') ? text.slice(0, -4) : text)
}

/** The project, or the folder, organisation or billing account whose log this is. */
function accountOf(labels: JsonObject, logName: string): string {
  const project = textOf(labels['project_id']) || textOf(labels['projectId'])
  if (project !== '') return project
  const parent = logName.split('/', 2).join('/')
  if (parent.startsWith('projects/')) return parent.slice('projects/'.length)
  return parent.includes('/') ? parent : ''
}

/** `europe-west1-b` lies in `europe-west1`. Locations of BigQuery and Cloud Storage come in capitals. */
function regionOf(labels: JsonObject, payload: JsonObject): string {
  const [located] = arrayOf(objectOf(payload['resourceLocation'])['currentLocations'])
  const place =
    textOf(labels['location']) ||
    textOf(labels['zone']) ||
    textOf(labels['region']) ||
    (typeof located === 'string' ? located.slice(0, 64) : '')
  const lower = place.toLowerCase()
  return /^[a-z]+-[a-z]+[0-9]+-[a-z]$/.test(lower) ? lower.slice(0, -2) : lower
}

/**
 * What the permissions that were checked say; else the log: the activity log holds changes only. Google counts a token
 * for another account and a sign-in among the reads, which they are not.
 */
function readOnlyOf(key: string, payload: JsonObject, logName: string): boolean | undefined {
  if (isAuthentication(key)) return false
  if (key.startsWith('iamcredentials:')) return undefined
  let reads = false
  for (const check of arrayOf(payload['authorizationInfo'])) {
    const type = isObject(check) ? textOf(check['permissionType']) : ''
    if (type.endsWith('_WRITE')) return false
    if (type.endsWith('_READ')) reads = true
  }
  if (reads) return true
  return logName.endsWith('activity') || logName.endsWith('system_event') ? false : undefined
}

/**
 * A dry run of a perimeter logs a violation by a call that was let through. A refused sign-in of Workspace carries no
 * status, only its name.
 */
function failureOf(key: string, payload: JsonObject): string {
  const dryRun = objectOf(payload['metadata'])['dryRun']
  if (dryRun === true || dryRun === 'true') return ''
  const code = errorCodeOf(objectOf(payload['status']))
  return code === '' && key === 'login:loginfailure' ? 'UNAUTHENTICATED' : code
}

/** Sign-ins and the exchange of a foreign token for one of Google's. */
function isAuthentication(key: string): boolean {
  return key.startsWith('login:') || key === 'sts:websignin' || key === 'sts:exchangetoken'
}

function normalise(record: JsonObject): Outcome {
  const payload = payloadOf(record)
  if (payload === undefined) return lackingPayload(record)
  const type = payloadTypeOf(payload)
  if (type !== '' && !type.endsWith(auditLogType)) {
    return rejected('source.unsupported', `Cannot read log entry: the type of its payload is not "${auditLogType}"`)
  }
  const timeText = textOf(record['timestamp'])
  if (timeText === '') return lacking(record, 'timestamp')
  const timeMs = timeOf(timeText)
  if (timeMs === undefined) return rejected('record.invalid_time', `Cannot read event time "${timeText.slice(0, 64)}"`)
  const service = textOf(payload['serviceName'])
  if (service === '') return lacking(payload, 'serviceName')
  const operation = textOf(payload['methodName'])
  if (operation === '') return lacking(payload, 'methodName')

  const resource = objectOf(record['resource'])
  const labels = objectOf(resource['labels'])
  const logName = textOf(record['logName']) || textOf(record['log_name']) || textOf(record['logname'])
  const accountUid = accountOf(labels, logName)
  const key = operationKey(service, operation)
  const errorCode = failureOf(key, payload)
  const failed = errorCode !== ''
  const principal = principalOf(payload, accountUid, key.startsWith('login:') || key === 'sts:websignin')
  const request = objectOf(payload['requestMetadata'])
  const targetEmail = textOf(labels['email_id'])
  const caller = principal.vouchedName || principal.uid
  return {
    kind: 'event',
    event: {
      source: 'gcp.audit',
      eventUid: textOf(record['insertId']) || textOf(record['insert_id']) || textOf(record['insertid']),
      timeMs,
      kind: isAuthentication(key) ? 'authentication' : 'api',
      service,
      operation,
      region: regionOf(labels, payload),
      readOnly: readOnlyOf(key, payload, logName),
      errorCode,
      failed,
      principal,
      sourceAddress: textOf(request['callerIp']) || textOf(request['callerIP']),
      userAgent: textOf(request['callerSuppliedUserAgent']),
      targetAccountUid: accountUid,
      resources: resourcesOf(payload, labels, textOf(resource['type']), accountUid),
      facts: factsOf(service, operation, payload, { caller, accountUid, targetEmail, failed }),
    },
  }
}

function lackingPayload(record: JsonObject): Outcome {
  return hasPayload(record)
    ? rejected('record.wrong_type', 'Cannot read log entry: "protoPayload" is not an object')
    : rejected('record.missing_field', 'Cannot read log entry without "protoPayload"')
}

/** Google Cloud Audit Logs: admin activity, data access, policy denied and system events, as log entries. */
export const gcpAudit: Source = {
  id: 'gcp.audit',
  recognises: (record) => hasPayload(record),
  normalise,
}

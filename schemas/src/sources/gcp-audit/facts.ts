import type { Fact } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { arrayOf, isObject, objectOf, textOf } from '../read-json.ts'
import { alwaysFacts } from './fact-table.ts'
import { operationKey } from './operation-name.ts'
import { isOutside, type PolicySetting, policyDeltaOf, policyFacts } from './policy-facts.ts'

type Add = (fact: Fact) => void

/** What a reader of parameters may look at. */
interface Call extends PolicySetting {
  readonly payload: JsonObject
  readonly request: JsonObject
  readonly metadata: JsonObject
  /** The email that the log entry gives for a service account which the call names by number. */
  readonly targetEmail: string
}

const everywhere: ReadonlySet<unknown> = new Set(['0.0.0.0/0', '::/0', '0::0/0'])

function keyCreated(call: Call, add: Add): void {
  add('credential.created')
  const name = textOf(call.request['name']) || textOf(call.payload['resourceName'])
  const target = call.targetEmail || name.slice(name.lastIndexOf('/') + 1)
  if (target !== '' && target !== call.caller) add('credential.for_other')
}

function firewallOpened(call: Call, add: Add): void {
  const { request } = call
  const allows = arrayOf(request['alloweds']).length > 0 || arrayOf(request['allowed']).length > 0
  if (!allows || request['disabled'] === true || textOf(request['direction']).toUpperCase() === 'EGRESS') return
  if (arrayOf(request['sourceRanges']).some((range) => everywhere.has(range))) add('resource.public')
}

function databaseOpened(call: Call, add: Add): void {
  const body = isObject(call.request['body']) ? call.request['body'] : call.request
  const settings = objectOf(body['settings'])
  for (const network of arrayOf(objectOf(settings['ipConfiguration'])['authorizedNetworks']))
    if (isObject(network) && everywhere.has(network['value'])) add('resource.public')
}

/** SSH and Windows keys in an instance's or a project's metadata let their holder sign in. */
function metadataSet(call: Call, add: Add): void {
  for (const key of ['instanceMetadataDelta', 'projectMetadataDelta'] as const) {
    const delta = objectOf(call.metadata[key])
    for (const changed of [...arrayOf(delta['addedMetadataKeys']), ...arrayOf(delta['modifiedMetadataKeys'])])
      if (typeof changed === 'string' && /^(?:ssh-keys|sshKeys|windows-keys)/.test(changed)) add('credential.created')
  }
}

/** A sink that is switched off or excludes logs delivers less. */
function sinkChanged(call: Call, add: Add): void {
  const sink = objectOf(call.request['sink'])
  if (sink['disabled'] === true || arrayOf(sink['exclusions']).length > 0) add('audit.disabled')
}

function logSettingsChanged(call: Call, add: Add): void {
  if (objectOf(call.request['settings'])['disableDefaultSink'] === true) add('audit.disabled')
}

function flowLogsChanged(call: Call, add: Add): void {
  const off = objectOf(call.request['logConfig'])['enable'] === false || call.request['enableFlowLogs'] === false
  if (off) add('audit.disabled')
}

function queryLogsChanged(call: Call, add: Add): void {
  const policy = isObject(call.request['policy']) ? call.request['policy'] : objectOf(call.request['policyResource'])
  if (policy['enableLogging'] === false) add('audit.disabled')
}

function ownerInvited(call: Call, add: Add): void {
  add('policy.attached')
  add('admin.policy')
  const member = textOf(call.request['member'])
  if (isOutside(member, call)) add('resource.shared')
}

/** A key version that is disabled or set to be destroyed takes the data it encrypts with it. */
function keyVersionChanged(call: Call, add: Add): void {
  const state = objectOf(call.request['cryptoKeyVersion'])['state']
  if (state === 'DISABLED' || state === 'DESTROY_SCHEDULED' || state === 'DESTROYED' || state === 2 || state === 3)
    add('data.deleted')
}

const keyFields: ReadonlySet<string> = new Set(['rawKey', 'sha256', 'rsaEncryptedKey'])
/** How deep and how far a request is searched for keys. */
const searchDepthMax = 8
const searchNodesMax = 2000

/** A customer-supplied key, or a managed key of another project, anywhere in the request. */
function encrypted(call: Call, add: Add): void {
  let left = searchNodesMax
  const visit = (value: unknown, underKey: boolean, depth: number): boolean => {
    left -= 1
    if (left < 0 || depth > searchDepthMax) return false
    if (typeof value === 'string') return isOtherProjectsKey(value, call.accountUid)
    if (Array.isArray(value)) return value.some((one) => visit(one, underKey, depth + 1))
    if (!isObject(value)) return false
    return Object.entries(value).some(
      ([key, one]) => (underKey && keyFields.has(key)) || visit(one, key.endsWith('EncryptionKey'), depth + 1),
    )
  }
  if (visit(call.request, false, 0)) add('encryption.external')
}

function isOtherProjectsKey(text: string, accountUid: string): boolean {
  if (text.length > 512 || !text.includes('/cryptoKeys/')) return false
  const project = /(?:^|\/)projects\/([a-z][a-z0-9.:-]*)\/locations\//.exec(text)?.[1] ?? ''
  return project !== '' && accountUid !== '' && project !== accountUid
}

function bigQueryChanged(call: Call, add: Add): void {
  if (isObject(call.metadata['tableDeletion']) || isObject(call.metadata['datasetDeletion'])) add('data.deleted')
  encrypted(call, add)
}

type Reader = (call: Call, add: Add) => void

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['iam:createserviceaccountkey', keyCreated],
  ['iam:uploadserviceaccountkey', keyCreated],
  ['compute:firewalls.insert', firewallOpened],
  ['compute:firewalls.patch', firewallOpened],
  ['compute:firewalls.update', firewallOpened],
  ['compute:instances.setmetadata', metadataSet],
  ['compute:projects.setcommoninstancemetadata', metadataSet],
  ['compute:subnetworks.patch', flowLogsChanged],
  ['compute:instances.insert', encrypted],
  ['compute:disks.insert', encrypted],
  ['compute:snapshots.insert', encrypted],
  ['compute:images.insert', encrypted],
  ['storage:buckets.create', encrypted],
  ['storage:buckets.update', encrypted],
  ['storage:buckets.patch', encrypted],
  ['cloudsql:instances.create', databaseOpened],
  ['cloudsql:instances.update', databaseOpened],
  ['cloudsql:instances.patch', databaseOpened],
  ['cloudkms:updatecryptokeyversion', keyVersionChanged],
  ['logging:updatesink', sinkChanged],
  ['logging:createsink', sinkChanged],
  ['logging:updatesettings', logSettingsChanged],
  ['dns:policies.patch', queryLogsChanged],
  ['dns:policies.update', queryLogsChanged],
  ['cloudresourcemanager:insertprojectownershipinvite', ownerInvited],
])

/** Methods that hand out a token for a service account, or a signature in its name. */
const assuming: ReadonlySet<string> = new Set([
  'iamcredentials:generateaccesstoken',
  'iamcredentials:generateidtoken',
  'iamcredentials:signjwt',
  'iamcredentials:signblob',
  'iam:signjwt',
  'iam:signblob',
  'sts:exchangetoken',
])

/** Factors of Workspace and Cloud Identity accounts, in the many names of their administration. */
const factor = /2sv|2step|strongauthentication|titanium|securitykey/

/**
 * The facts that a record's parameters tell; the parameters themselves are not kept.
 *
 * @param failed whether the call failed: a refused request for a token assumes nothing
 */
export function factsOf(
  service: string,
  method: string,
  payload: JsonObject,
  setting: PolicySetting & { readonly targetEmail: string; readonly failed: boolean },
): readonly Fact[] {
  const facts: Fact[] = []
  const add = (fact: Fact) => {
    if (!facts.includes(fact)) facts.push(fact)
  }
  const key = operationKey(service, method)
  const call: Call = {
    ...setting,
    payload,
    request: objectOf(payload['request']),
    metadata: objectOf(payload['metadata']),
  }
  for (const fact of alwaysFacts.get(key) ?? []) add(fact)
  readers.get(key)?.(call, add)
  if (key.startsWith('bigquery:')) bigQueryChanged(call, add)
  if (assuming.has(key) && !setting.failed) add('role.assumed')
  if ((key.startsWith('login:') || key.startsWith('admin:')) && factor.test(key)) add('mfa.changed')
  if (policyDeltaOf(payload) !== undefined || /setiam(?:policy|permissions)$/.test(key)) policyFacts(payload, call, add)
  return facts
}

import type { Fact } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { nestedObject } from '../microsoft/nested-value.ts'
import { pick, pickText } from '../microsoft/pick.ts'
import {
  accountOpened,
  type BodyReader,
  clusterRoleBound,
  containerOpened,
  firewallOpened,
  galleryShared,
  lifecycleDeletes,
  logsNarrowed,
  networkOpened,
  planReduced,
  resourceProperties,
  roleAssigned,
  roleDefined,
  stateDisabled,
} from './body-facts.ts'

const always =
  (...facts: readonly Fact[]): BodyReader =>
  (_properties, add) => {
    for (const fact of facts) add(fact)
  }

/** Operations by name, in small letters. */
const readers: ReadonlyMap<string, BodyReader> = new Map<string, BodyReader>([
  ...named(always('audit.disabled'), [
    'microsoft.aadiam/diagnosticsettings/delete',
    'microsoft.insights/diagnosticsettings/delete',
    'microsoft.insights/logprofiles/delete',
    'microsoft.insights/activitylogalerts/delete',
    'microsoft.insights/scheduledqueryrules/delete',
    'microsoft.operationalinsights/workspaces/delete',
    'microsoft.securityinsights/alertrules/delete',
    'microsoft.securityinsights/dataconnectors/delete',
    'microsoft.security/alertssuppressionrules/write',
    'microsoft.security/pricings/delete',
    'microsoft.network/networkwatchers/delete',
    'microsoft.network/networkwatchers/flowlogs/delete',
  ]),
  ...named(logsNarrowed, ['microsoft.insights/diagnosticsettings/write', 'microsoft.aadiam/diagnosticsettings/write']),
  ...named(stateDisabled, [
    'microsoft.sql/servers/auditingsettings/write',
    'microsoft.sql/servers/extendedauditingsettings/write',
    'microsoft.sql/servers/securityalertpolicies/write',
    'microsoft.sql/servers/databases/auditingsettings/write',
    'microsoft.sql/servers/databases/extendedauditingsettings/write',
  ]),
  ...named(planReduced, ['microsoft.security/pricings/write']),
  ...named(roleAssigned, [
    'microsoft.authorization/roleassignments/write',
    'microsoft.authorization/roleassignmentschedulerequests/write',
    'microsoft.authorization/roleeligibilityschedulerequests/write',
  ]),
  ...named(roleDefined, ['microsoft.authorization/roledefinitions/write']),
  ...named(always('policy.attached', 'admin.policy'), [
    'microsoft.authorization/elevateaccess/action',
    'microsoft.authorization/classicadministrators/write',
  ]),
  ...named(always('policy.attached'), [
    'microsoft.keyvault/vaults/accesspolicies/write',
    'microsoft.managedidentity/userassignedidentities/assign/action',
    'microsoft.sql/servers/administrators/write',
  ]),
  ...named(clusterRoleBound, [
    'microsoft.containerservice/managedclusters/rbac.authorization.k8s.io/clusterrolebindings/write',
    'microsoft.containerservice/managedclusters/rbac.authorization.k8s.io/rolebindings/write',
    'microsoft.kubernetes/connectedclusters/rbac.authorization.k8s.io/clusterrolebindings/write',
    'microsoft.kubernetes/connectedclusters/rbac.authorization.k8s.io/rolebindings/write',
  ]),
  ...named(always('trust.changed'), [
    'microsoft.managedidentity/userassignedidentities/federatedidentitycredentials/write',
    'microsoft.managedservices/registrationassignments/write',
    'microsoft.managedservices/registrationdefinitions/write',
    'microsoft.subscription/changetenant/action',
  ]),
  ...named(always('credential.created'), [
    'microsoft.automation/automationaccounts/webhooks/write',
    'microsoft.compute/sshpublickeys/write',
    'microsoft.compute/sshpublickeys/generatekeypair/action',
    'microsoft.containerregistry/registries/generatecredentials/action',
    'microsoft.containerregistry/registries/tokens/write',
  ]),
  ...named(networkOpened, [
    'microsoft.network/networksecuritygroups/write',
    'microsoft.network/networksecuritygroups/securityrules/write',
  ]),
  ...named(firewallOpened, [
    'microsoft.sql/servers/firewallrules/write',
    'microsoft.dbformysql/flexibleservers/firewallrules/write',
    'microsoft.dbforpostgresql/flexibleservers/firewallrules/write',
    'microsoft.dbformysql/servers/firewallrules/write',
    'microsoft.dbforpostgresql/servers/firewallrules/write',
  ]),
  ...named(accountOpened, ['microsoft.storage/storageaccounts/write']),
  ...named(containerOpened, ['microsoft.storage/storageaccounts/blobservices/containers/write']),
  ...named(galleryShared, ['microsoft.compute/galleries/share/action']),
  ...named(lifecycleDeletes, ['microsoft.storage/storageaccounts/managementpolicies/write']),
  ...named(always('data.deleted'), [
    'microsoft.compute/disks/delete',
    'microsoft.compute/snapshots/delete',
    'microsoft.compute/restorepointcollections/delete',
    'microsoft.compute/restorepointcollections/restorepoints/delete',
    'microsoft.containerregistry/registries/delete',
    'microsoft.dataprotection/backupvaults/delete',
    'microsoft.dataprotection/backupvaults/backupinstances/delete',
    'microsoft.dbformysql/flexibleservers/delete',
    'microsoft.dbformysql/servers/delete',
    'microsoft.dbforpostgresql/flexibleservers/delete',
    'microsoft.dbforpostgresql/servers/delete',
    'microsoft.documentdb/databaseaccounts/delete',
    'microsoft.documentdb/databaseaccounts/mongodbdatabases/delete',
    'microsoft.documentdb/databaseaccounts/sqldatabases/delete',
    'microsoft.keyvault/vaults/delete',
    'microsoft.keyvault/managedhsms/delete',
    'microsoft.keyvault/locations/deletedvaults/purge/action',
    'microsoft.kusto/clusters/delete',
    'microsoft.netapp/netappaccounts/capacitypools/volumes/delete',
    'microsoft.recoveryservices/vaults/delete',
    'microsoft.recoveryservices/vaults/backupfabrics/protectioncontainers/protecteditems/delete',
    'microsoft.resources/subscriptions/resourcegroups/delete',
    'microsoft.sql/managedinstances/delete',
    'microsoft.sql/servers/delete',
    'microsoft.sql/servers/databases/delete',
    'microsoft.storage/storageaccounts/delete',
    'microsoft.storage/storageaccounts/blobservices/containers/delete',
    'microsoft.storage/storageaccounts/fileservices/shares/delete',
    'microsoft.synapse/workspaces/delete',
  ]),
  ...named(always('compute.started'), [
    'microsoft.automation/automationaccounts/jobs/write',
    'microsoft.compute/virtualmachines/start/action',
    'microsoft.compute/virtualmachines/runcommand/action',
    'microsoft.compute/virtualmachines/runcommands/write',
    'microsoft.compute/virtualmachines/extensions/write',
    'microsoft.compute/virtualmachinescalesets/start/action',
    'microsoft.compute/virtualmachinescalesets/virtualmachines/runcommand/action',
    'microsoft.containerinstance/containergroups/write',
    'microsoft.containerinstance/containergroups/start/action',
    'microsoft.containerservice/managedclusters/runcommand/action',
    'microsoft.hybridcompute/machines/extensions/write',
    'microsoft.hybridcompute/machines/runcommands/write',
    'microsoft.serialconsole/serialports/connect/action',
    'microsoft.web/sites/functions/write',
    'microsoft.web/sites/start/action',
  ]),
  ...named(always('compute.stopped'), [
    'microsoft.compute/virtualmachines/delete',
    'microsoft.compute/virtualmachines/deallocate/action',
    'microsoft.compute/virtualmachines/poweroff/action',
    'microsoft.compute/virtualmachinescalesets/delete',
    'microsoft.compute/virtualmachinescalesets/deallocate/action',
    'microsoft.compute/virtualmachinescalesets/poweroff/action',
    'microsoft.containerinstance/containergroups/delete',
    'microsoft.containerinstance/containergroups/stop/action',
    'microsoft.containerservice/managedclusters/delete',
    'microsoft.containerservice/managedclusters/stop/action',
    'microsoft.web/sites/delete',
    'microsoft.web/sites/stop/action',
  ]),
  ...named(always('secret.read'), ['SecretGet', 'SecretBackup']),
  ...named(always('data.deleted'), [
    'SecretDelete',
    'SecretPurge',
    'KeyDelete',
    'KeyPurge',
    'CertificateDelete',
    'CertificatePurge',
    'VaultDelete',
    'VaultPurge',
  ]),
])

/** Operations that make a machine when they answer `Created`, and else change one. */
const machineWrites = new Set([
  'microsoft.compute/virtualmachines/write',
  'microsoft.compute/virtualmachinescalesets/write',
])

/** Actions of any provider that hand out a key, a password, a signed link or a configuration that holds one. */
const handsOutSecret =
  /\/(?:list\w*(?:keys?|credentials?|secrets?|connectionstrings?|sas)|config\/list|publishxml|sharedkeys|listcallbackurl|getsecret|begingetaccess)\/action$|\/sites\/(?:slots\/)?config\/list\/action$/
const renewsKey = /\/regenerate\w*(?:keys?|credentials?)\/action$/

function named(reader: BodyReader, operations: readonly string[]): [string, BodyReader][] {
  return operations.map((operation) => [operation.toLowerCase(), reader])
}

/** The body a record repeats, in whichever of the two its service wrote. */
function bodyOf(properties: JsonObject): JsonObject {
  for (const names of [
    ['requestbody', 'requestBody'],
    ['responseBody', 'responsebody'],
  ]) {
    const body = resourceProperties(nestedObject(pick(properties, names)))
    if (Object.keys(body).length > 0) return body
  }
  return properties
}

const noFacts: readonly Fact[] = []

/**
 * The facts an operation and the body repeated in its record tell. A record of an operation's start tells none: whether
 * it comes to anything only the records that follow say.
 */
export function factsOf(
  operation: string,
  category: string,
  isStart: boolean,
  properties: JsonObject,
): readonly Fact[] {
  if (category.toLowerCase() === 'security') return ['insight']
  if (isStart) return noFacts
  const lower = operation.toLowerCase()
  const reader = readers.get(lower)
  const facts: Fact[] = []
  const add = (fact: Fact): void => {
    if (!facts.includes(fact)) facts.push(fact)
  }
  // A setting written on a resource of another provider names that one first.
  const nested = lower.indexOf('/providers/microsoft.')
  const inner = nested < 0 ? undefined : readers.get(lower.slice(nested + '/providers/'.length))
  const chosen = reader ?? inner
  if (chosen !== undefined) chosen(bodyOf(properties), add)
  if (machineWrites.has(lower) && pickText(properties, ['statusCode']) === 'Created') add('compute.started')
  if (handsOutSecret.test(lower)) add('secret.read')
  if (renewsKey.test(lower)) add('credential.created')
  return facts.length === 0 ? noFacts : facts
}

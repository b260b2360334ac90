import { plainName } from '../microsoft/plain-text.ts'

/**
 * Azure writes one operation in several casings: as documented in the REST API, in capitals in what diagnostic settings
 * deliver, in small letters elsewhere. One operation must have one name, so words are matched without case: those
 * below get their documented casing, all others small letters.
 */
const providers =
  'AAD AadIam ADHybridHealthService Advisor AlertsManagement AnalysisServices ApiManagement App AppConfiguration ' +
  'AppPlatform Attestation Authorization Automation AVS AzureActiveDirectory AzureStackHCI Batch Billing BotService ' +
  'Cache Capacity Cdn CertificateRegistration Chaos ClassicCompute ClassicNetwork ClassicStorage CognitiveServices ' +
  'Communication Compute ConfidentialLedger Consumption ContainerInstance ContainerRegistry ContainerService ' +
  'CostManagement Dashboard DataBox Databricks DataFactory DataLakeStore DataMigration DataProtection DBforMariaDB ' +
  'DBforMySQL DBforPostgreSQL DesktopVirtualization DevCenter Devices DevTestLab DocumentDB DomainRegistration ' +
  'ElasticSan EventGrid EventHub ExtendedLocation Fabric Features GuestConfiguration HDInsight HealthcareApis ' +
  'HybridCompute Insights KeyVault Kubernetes KubernetesConfiguration Kusto LoadTestService Logic ' +
  'MachineLearningServices Maintenance ManagedIdentity ManagedServices Management Maps Marketplace ' +
  'MarketplaceOrdering Media Migrate Monitor NetApp Network NotificationHubs OffAzure OperationalInsights ' +
  'OperationsManagement PolicyInsights Portal PowerBIDedicated Purview Quota RecoveryServices RedHatOpenShift Relay ' +
  'ResourceGraph ResourceHealth Resources SaaS Search Security SecurityInsights SerialConsole ServiceBus ' +
  'ServiceFabric ServiceHealth SignalRService Solutions Sql Storage StorageCache StorageSync StreamAnalytics ' +
  'Subscription Support Synapse VirtualMachineImages Web'

const parts =
  'accessPolicies accessProfiles activityLogAlerts agentPools alertRules alertsSuppressionRules ' +
  'appServicePlans authorizationRules authorizeSecurityGroupIngress autoProvisioningSettings automationAccounts ' +
  'availabilitySets azureFirewalls backupFabrics backupInstances backupPolicies backupVaults basicPublishingCredentialsPolicies ' +
  'beginGetAccess blobServices classicAdministrators clusterRoleBindings connectedClusters containerGroups ' +
  'convertToManagedDisks dataConnectors databaseAccounts deletedVaults denyAssignments deploymentSlots ' +
  'diagnosticSettings diskEncryptionSets elevateAccess endGetAccess eventHubs eventSubscriptions ' +
  'extendedAuditingSettings auditingSettings federatedIdentityCredentials fileServices firewallPolicies firewallRules ' +
  'flexibleServers flowLogs functionApps generateCredentials hostKeys hostRuntime hybridConnections immutabilityPolicies ' +
  'importPipelines invokeAction joinLoadBalancer keyValues listAccountSas listAdminKeys listCallbackUrl ' +
  'listClusterAdminCredential listClusterMonitoringUserCredential listClusterUserCredential listConnectionStrings ' +
  'listCredentials listKeys listQueryKeys listSecrets listServiceSas listSyncFunctionTriggerStatus loadBalancers ' +
  'localNetworkGateways logProfiles managedClusters managedEnvironments managedInstances managementGroups ' +
  'managementPolicies metricAlerts mongodbDatabases namespaces natGateways networkInterfaces networkSecurityGroups ' +
  'networkWatchers packetCaptures policyAssignments policyDefinitions policyExemptions policySetDefinitions powerOff ' +
  'privateDnsZones privateEndpoints protectedItems protectionContainers publicIPAddresses regenerateAdminKey ' +
  'regenerateCredential regenerateKey regenerateKeys registrationAssignments registrationDefinitions resourceGroups ' +
  'restorePointCollections restorePoints roleAssignmentScheduleRequests roleAssignments roleBindings roleDefinitions ' +
  'roleEligibilityScheduleRequests routeTables runCommand runCommands scheduledQueryRules securityAlertPolicies ' +
  'securityContacts securityRules serialPorts serverFarms sharedKeys sqlDatabases sshPublicKeys startPacketCapture ' +
  'staticSites storageAccounts tableServices queueServices trafficManagerProfiles userAssignedIdentities ' +
  'virtualHubs virtualMachines virtualMachineScaleSets virtualNetworkGateways virtualNetworkPeerings virtualNetworks ' +
  'vaultCredentials vpnConnections vpnGateways webApplicationFirewallPolicies'

const providerByWord = byLowerCase(providers)
const partByWord = byLowerCase(parts)

function byLowerCase(words: string): ReadonlyMap<string, string> {
  return new Map(words.split(' ').map((word) => [word.toLowerCase(), word]))
}

/** Whether a text is named like an operation of Azure Resource Manager: `<provider>/<types>/<verb>`. */
export function isOperationPath(text: string): boolean {
  return text.length <= 512 && /^[A-Za-z][\w-]*(?:\.[\w-]+)+\/[\w./-]+$/.test(text)
}

/** A resource provider in its documented casing: `MICROSOFT.COMPUTE` is `Microsoft.Compute`. */
export function providerName(text: string): string {
  const lower = text.toLowerCase()
  if (!lower.startsWith('microsoft.')) return lower
  const word = lower.slice('microsoft.'.length)
  return `Microsoft.${providerByWord.get(word) ?? word.slice(0, 1).toUpperCase() + word.slice(1)}`
}

/** One part of an operation or a resource type in its documented casing, else in small letters. */
export function partName(text: string): string {
  const lower = text.toLowerCase()
  return partByWord.get(lower) ?? lower
}

/** The one name of an operation; what is not named like one (`SecretGet` of a key vault) keeps its casing. */
export function operationName(text: string): string {
  if (!isOperationPath(text)) return plainName(text)
  const [provider, ...rest] = text.split('/')
  // An operation on a resource of another provider names that one in the middle.
  const named = rest.map((part) => (/^microsoft\./i.test(part) ? providerName(part) : partName(part)))
  return [providerName(provider!), ...named].join('/')
}

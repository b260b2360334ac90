import type { Fact } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { arrayOf, isObject, objectOf, textOf } from '../read-json.ts'
import { signInFailed } from './sign-in.ts'

type Reader = (parameters: JsonObject, record: JsonObject, add: (fact: Fact) => void) => void

const always =
  (...facts: readonly Fact[]): Reader =>
  (_parameters, _record, add) => {
    for (const fact of facts) add(fact)
  }

/** An administrator's policy: by AWS's own names, or a statement that allows everything on everything. */
function isAdminPolicy(parameters: JsonObject): boolean {
  const arn = textOf(parameters['policyArn'])
  if (arn.endsWith(':policy/AdministratorAccess') || arn.endsWith(':policy/IAMFullAccess')) return true
  const text = textOf(parameters['policyDocument'])
  if (text === '') return false
  try {
    const document: unknown = JSON.parse(text.startsWith('%7B') ? decodeURIComponent(text) : text)
    if (!isObject(document)) return false
    const statements = Array.isArray(document['Statement']) ? document['Statement'] : [document['Statement']]
    return statements.some(
      (one) => isObject(one) && one['Effect'] === 'Allow' && holds(one['Action']) && holds(one['Resource']),
    )
  } catch {
    return false
  }
}

function holds(value: unknown): boolean {
  return value === '*' || (Array.isArray(value) && value.includes('*'))
}

/** Whether a parameter anywhere in the first levels names everyone. */
function namesEveryone(text: string): boolean {
  return (
    text.includes('AllUsers') ||
    text.includes('AuthenticatedUsers') ||
    /"Principal"\s*:\s*("\*"|\{\s*"AWS"\s*:\s*"\*")/.test(text)
  )
}

/** The text of a parameter object, bounded, for the few operations whose parameters have no fixed shape. */
function parametersText(parameters: JsonObject): string {
  let text: string
  try {
    text = JSON.stringify(parameters)
  } catch {
    // Nested deeper than the stack is: no service takes such parameters.
    return ''
  }
  return (text.length > 16_384 ? text.slice(0, 16_384) : text).replaceAll('\\"', '"')
}

const openedOrShared: Reader = (parameters, record, add) => {
  const text = parametersText(parameters)
  if (namesEveryone(text) || text.includes('"group":"all"') || text.includes('"all"')) add('resource.public')
  else if (namesOtherAccount(text, textOf(record['recipientAccountId']))) add('resource.shared')
}

function namesOtherAccount(text: string, own: string): boolean {
  for (const match of text.matchAll(/(?<!\d)(\d{12})(?!\d)/g)) if (match[1] !== own) return true
  return false
}

const credentialCreated: Reader = (parameters, record, add) => {
  add('credential.created')
  const target = textOf(parameters['userName'])
  const caller = textOf(objectOf(record['userIdentity'])['userName'])
  if (target !== '' && target !== caller) add('credential.for_other')
}

const policyAttached: Reader = (parameters, _record, add) => {
  add('policy.attached')
  if (isAdminPolicy(parameters)) add('admin.policy')
}

const openedToTheWorld: Reader = (parameters, _record, add) => {
  const text = parametersText(parameters)
  if (text.includes('0.0.0.0/0') || text.includes('::/0')) add('resource.public')
}

const assumed: Reader = (_parameters, record, add) => {
  if (textOf(record['errorCode']) === '') add('role.assumed')
}

const switched: Reader = (_parameters, record, add) => {
  if (!signInFailed('SwitchRole', record)) add('role.assumed')
}

const encrypted: Reader = (parameters, record, add) => {
  const text = parametersText(parameters)
  if (text.includes('x-amz-server-side-encryption-customer-algorithm')) add('encryption.external')
  const key = /arn:aws[a-z-]*:kms:[a-z0-9-]*:(\d{12}):/.exec(text)
  if (key !== null && key[1] !== textOf(record['recipientAccountId'])) add('encryption.external')
}

const selectorsNarrowed: Reader = (parameters, _record, add) => {
  const selectors = [...arrayOf(parameters['eventSelectors']), ...arrayOf(parameters['advancedEventSelectors'])]
  if (selectors.length === 0) add('audit.disabled')
  for (const selector of selectors) {
    if (!isObject(selector)) continue
    if (selector['includeManagementEvents'] === false || selector['readWriteType'] === 'ReadOnly') add('audit.disabled')
  }
}

const detectorUpdated: Reader = (parameters, _record, add) => {
  if (parameters['enable'] === false) add('audit.disabled')
}

/** What an operation's parameters tell. Operations of one meaning, whoever the provider. */
const readers: ReadonlyMap<string, ReadonlyMap<string, Reader>> = byService([
  ...named(always('audit.disabled'), [
    'cloudtrail:StopLogging',
    'cloudtrail:DeleteTrail',
    'cloudtrail:DeleteEventDataStore',
    'cloudtrail:StopEventDataStoreIngestion',
    'guardduty:DeleteDetector',
    'guardduty:StopMonitoringMembers',
    'guardduty:DisassociateFromMasterAccount',
    'guardduty:DisassociateFromAdministratorAccount',
    'guardduty:DeletePublishingDestination',
    'config:StopConfigurationRecorder',
    'config:DeleteConfigurationRecorder',
    'config:DeleteDeliveryChannel',
    'securityhub:DisableSecurityHub',
    'access-analyzer:DeleteAnalyzer',
    'macie2:DisableMacie',
    'inspector2:Disable',
    'detective:DeleteGraph',
    'ec2:DeleteFlowLogs',
    'route53resolver:DeleteResolverQueryLogConfig',
    'route53resolver:DisassociateResolverQueryLogConfig',
    'logs:DeleteLogGroup',
    'logs:DeleteLogStream',
    'wafv2:DeleteLoggingConfiguration',
    'network-firewall:DeleteLoggingConfiguration',
    'organizations:LeaveOrganization',
  ]),
  ...named(selectorsNarrowed, ['cloudtrail:PutEventSelectors']),
  ...named(detectorUpdated, ['guardduty:UpdateDetector']),
  ...named(credentialCreated, [
    'iam:CreateAccessKey',
    'iam:CreateLoginProfile',
    'iam:UpdateLoginProfile',
    'iam:CreateServiceSpecificCredential',
    'iam:UploadSSHPublicKey',
    'iam:UploadSigningCertificate',
  ]),
  ...named(always('credential.created'), [
    'rolesanywhere:CreateTrustAnchor',
    'rolesanywhere:CreateProfile',
    'ec2:CreateKeyPair',
    'ec2:ImportKeyPair',
    'ec2-instance-connect:SendSSHPublicKey',
    'ec2-instance-connect:SendSerialConsoleSSHPublicKey',
    'sts:GetFederationToken',
    'iam:CreateUser',
  ]),
  ...named(policyAttached, [
    'iam:AttachUserPolicy',
    'iam:AttachRolePolicy',
    'iam:AttachGroupPolicy',
    'iam:PutUserPolicy',
    'iam:PutRolePolicy',
    'iam:PutGroupPolicy',
    'iam:CreatePolicyVersion',
    'iam:SetDefaultPolicyVersion',
    'iam:AddUserToGroup',
    'sso:CreateAccountAssignment',
    'sso:AttachManagedPolicyToPermissionSet',
    'sso:PutInlinePolicyToPermissionSet',
    'iam:AddRoleToInstanceProfile',
    'ec2:AssociateIamInstanceProfile',
    'ec2:ReplaceIamInstanceProfileAssociation',
  ]),
  ...named(always('trust.changed'), [
    'iam:UpdateAssumeRolePolicy',
    'iam:CreateSAMLProvider',
    'iam:UpdateSAMLProvider',
    'iam:CreateOpenIDConnectProvider',
    'iam:UpdateOpenIDConnectProviderThumbprint',
    'iam:AddClientIDToOpenIDConnectProvider',
    'iam:CreateRole',
    'kms:CreateGrant',
    'organizations:InviteAccountToOrganization',
  ]),
  ...named(openedOrShared, [
    'ec2:ModifySnapshotAttribute',
    'ec2:ModifyImageAttribute',
    'rds:ModifyDBSnapshotAttribute',
    'rds:ModifyDBClusterSnapshotAttribute',
    's3:PutBucketPolicy',
    's3:PutBucketAcl',
    's3:PutObjectAcl',
    'secretsmanager:PutResourcePolicy',
    'kms:PutKeyPolicy',
    'sqs:SetQueueAttributes',
    'sqs:AddPermission',
    'sns:AddPermission',
    'sns:SetTopicAttributes',
    'ecr:SetRepositoryPolicy',
    'ecr-public:SetRepositoryPolicy',
    'lambda:AddPermission',
    'lambda:AddLayerVersionPermission',
    'es:UpdateElasticsearchDomainConfig',
    'glacier:SetVaultAccessPolicy',
    'backup:PutBackupVaultAccessPolicy',
    'ram:CreateResourceShare',
    'ram:AssociateResourceShare',
    's3:PutBucketReplication',
    'ssm:ModifyDocumentPermission',
    'redshift:AuthorizeSnapshotAccess',
  ]),
  ...named(openedToTheWorld, [
    'ec2:AuthorizeSecurityGroupIngress',
    'ec2:CreateNetworkAclEntry',
    'rds:ModifyDBInstance',
    'rds:AuthorizeDBSecurityGroupIngress',
    'eks:UpdateClusterConfig',
    'redshift:ModifyCluster',
  ]),
  ...named(always('resource.public'), [
    's3:DeletePublicAccessBlock',
    's3:DeleteBucketPublicAccessBlock',
    's3:DeleteAccountPublicAccessBlock',
    'lambda:CreateFunctionUrlConfig',
  ]),
  ...named(always('secret.read'), [
    'secretsmanager:GetSecretValue',
    'secretsmanager:BatchGetSecretValue',
    'ssm:GetParameter',
    'ssm:GetParameters',
    'ssm:GetParametersByPath',
    'ec2:GetPasswordData',
    'ec2:GetConsoleScreenshot',
    'rds:DownloadDBLogFilePortion',
    'redshift:GetClusterCredentials',
    'codeartifact:GetAuthorizationToken',
    'cognito-identity:GetCredentialsForIdentity',
  ]),
  ...named(always('data.deleted'), [
    's3:DeleteBucket',
    's3:DeleteObject',
    's3:DeleteObjects',
    's3:PutBucketLifecycle',
    'ec2:DeleteSnapshot',
    'ec2:DeleteVolume',
    'rds:DeleteDBInstance',
    'rds:DeleteDBCluster',
    'rds:DeleteDBSnapshot',
    'rds:DeleteDBClusterSnapshot',
    'dynamodb:DeleteTable',
    'dynamodb:DeleteBackup',
    'backup:DeleteRecoveryPoint',
    'backup:DeleteBackupVault',
    'elasticfilesystem:DeleteFileSystem',
    'kms:ScheduleKeyDeletion',
    'kms:DisableKey',
    'secretsmanager:DeleteSecret',
    'redshift:DeleteCluster',
    'ecr:DeleteRepository',
    'glacier:DeleteArchive',
    'es:DeleteElasticsearchDomain',
  ]),
  ...named(always('compute.started'), [
    'ec2:RunInstances',
    'ec2:StartInstances',
    'ec2:RequestSpotInstances',
    'ec2:RequestSpotFleet',
    'ec2:CreateFleet',
    'ecs:RunTask',
    'lambda:CreateFunction',
    'sagemaker:CreateNotebookInstance',
    'sagemaker:CreateTrainingJob',
    'batch:SubmitJob',
    'lightsail:CreateInstances',
    'emr:RunJobFlow',
    'elasticmapreduce:RunJobFlow',
    'codebuild:StartBuild',
    'ssm:SendCommand',
    'ssm:StartSession',
  ]),
  ...named(always('compute.stopped'), [
    'ec2:TerminateInstances',
    'ec2:StopInstances',
    'ecs:DeleteService',
    'ecs:StopTask',
    'lambda:DeleteFunction',
    'eks:DeleteCluster',
    'autoscaling:DeleteAutoScalingGroup',
    'rds:StopDBInstance',
  ]),
  ...named(always('mfa.changed'), [
    'iam:DeactivateMFADevice',
    'iam:DeleteVirtualMFADevice',
    'iam:EnableMFADevice',
    'iam:CreateVirtualMFADevice',
    'sso-directory:DeleteMfaDeviceForUser',
    'sso-directory:CreateVirtualMfaDevice',
  ]),
  ...named(encrypted, [
    's3:PutObject',
    's3:CopyObject',
    's3:PutBucketEncryption',
    'ec2:CreateVolume',
    'ec2:CopySnapshot',
    'rds:CopyDBSnapshot',
    'ebs:EnableEbsEncryptionByDefault',
  ]),
  ...named(assumed, ['sts:AssumeRole', 'sts:AssumeRoleWithSAML', 'sts:AssumeRoleWithWebIdentity', 'sts:AssumeRoot']),
  ...named(switched, ['signin:SwitchRole']),
  ...named(assumed, ['sso:Federate', 'sso:GetRoleCredentials']),
  ...named(always('console.login'), ['signin:ConsoleLogin', 'signin:UserAuthentication', 'sso:Authenticate']),
])

function named(reader: Reader, operations: readonly string[]): [string, Reader][] {
  return operations.map((operation) => [operation, reader])
}

/** By service, then by operation, so that no record has to make a name of both. */
function byService(named: readonly (readonly [string, Reader])[]): Map<string, Map<string, Reader>> {
  const services = new Map<string, Map<string, Reader>>()
  for (const [name, reader] of named) {
    const [service, operation] = name.split(':', 2) as [string, string]
    const operations = services.get(service) ?? new Map<string, Reader>()
    services.set(service, operations.set(operation, reader))
  }
  return services
}

const noFacts: readonly Fact[] = []

/** Lambda's API names carry the date of their version: `AddPermission20150331v2`. */
function unversioned(operation: string): string {
  const at = operation.search(/20\d{6}(v\d+)?$/)
  return at > 0 ? operation.slice(0, at) : operation
}

/** The facts that a record's parameters tell; the parameters themselves are not kept. */
export function factsOf(service: string, operation: string, record: JsonObject): readonly Fact[] {
  const name = service === 'lambda' ? unversioned(operation) : operation
  const reader = readers.get(service)?.get(name)
  if (reader === undefined) return noFacts
  const facts: Fact[] = []
  reader(objectOf(record['requestParameters']), record, (fact) => {
    if (!facts.includes(fact)) facts.push(fact)
  })
  return facts
}

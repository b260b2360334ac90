/**
 * What the organisation does: `service kind access jobs: operations`, commonest first. Names are as CloudTrail writes them
 * (AWS's API references); Lambda's carry the date of their version. `read`, `write`; `get` and `put` are data events.
 */
export const actionTable = `
s3 none read dev,data,ops,sec,audit,backup: ListBuckets
s3 bucket read dev,data,ops,audit: GetBucketLocation GetBucketVersioning GetBucketTagging GetBucketLifecycle GetBucketNotification GetBucketCors
s3 bucket read ops,sec,audit: GetBucketPolicy GetBucketAcl GetBucketEncryption GetBucketPublicAccessBlock GetBucketLogging GetBucketReplication GetBucketPolicyStatus GetBucketOwnershipControls
s3 bucket write ops,ci: PutBucketTagging PutBucketEncryption PutBucketPublicAccessBlock PutBucketPolicy PutBucketVersioning PutBucketNotification CreateBucket
s3 bucket write ops: DeleteBucketPolicy PutBucketLifecycle PutBucketLogging PutBucketReplication DeleteBucket PutBucketCors
s3 bucket get dev,data,app,etl,backup: GetObject ListObjects HeadObject HeadBucket
s3 bucket put dev,data,app,etl,backup,ci: PutObject
s3 bucket put app,etl,data: DeleteObject CopyObject CreateMultipartUpload UploadPart CompleteMultipartUpload
s3 bucket put etl,ops: DeleteObjects
dynamodb table get app,etl: GetItem Query BatchGetItem Scan
dynamodb table put app,etl: PutItem UpdateItem BatchWriteItem DeleteItem
dynamodb none read dev,ops,audit: ListTables
dynamodb table read dev,ops,audit,backup: DescribeTable DescribeContinuousBackups DescribeTimeToLive ListTagsOfResource
dynamodb table write ops,ci: UpdateTable UpdateTimeToLive CreateTable TagResource
dynamodb table write backup,ops: CreateBackup
dynamodb table write ops: DeleteTable
lambda none read dev,ops,audit: ListFunctions20150331
lambda function read dev,ops,ci,audit: GetFunction20150331v2 GetFunctionConfiguration20150331v2 GetPolicy20150331v2
lambda function read dev,ops: ListVersionsByFunction20150331 ListAliases20150331 ListEventSourceMappings20150331 ListTags20170331
lambda function write ci,dev: UpdateFunctionCode20150331v2 UpdateFunctionConfiguration20150331v2 PublishVersion20150331 UpdateAlias20150331
lambda function write ci,ops: CreateFunction20150331 AddPermission20150331v2 TagResource20170331v2 CreateEventSourceMapping20150331 RemovePermission20150331v2
lambda function write ops: DeleteFunction20150331 CreateFunctionUrlConfig
lambda function put app,dev: Invoke
secretsmanager none read dev,ops,sec,audit: ListSecrets
secretsmanager secret read app,etl,dev,ci: GetSecretValue
secretsmanager secret read dev,ops,sec,audit: DescribeSecret GetResourcePolicy ListSecretVersionIds
secretsmanager secret write ops,dev: PutSecretValue CreateSecret RotateSecret UpdateSecret TagResource
secretsmanager secret write ops: DeleteSecret RestoreSecret
ssm parameter read app,etl,dev,ci: GetParameter GetParameters GetParametersByPath
ssm none read dev,ops,audit: DescribeParameters DescribeInstanceInformation
ssm parameter write dev,ci,ops: PutParameter
ssm parameter write ops: DeleteParameter
ssm instance write ops,dev: StartSession TerminateSession
ssm instance write ops: SendCommand
ssm none read ops: GetCommandInvocation ListCommands DescribeSessions GetInventory
ssm none write instance: UpdateInstanceInformation
ec2messages none read instance: GetMessages
ssmmessages none write instance: CreateControlChannel
kms key read app,etl,dev: Decrypt
kms key read app,etl: GenerateDataKey Encrypt
kms none read ops,sec,audit: ListKeys ListAliases
kms key read ops,sec,audit: DescribeKey GetKeyPolicy GetKeyRotationStatus ListGrants ListResourceTags
kms key write ops: CreateGrant EnableKeyRotation PutKeyPolicy CreateKey CreateAlias
kms key write ops: DisableKey EnableKey ScheduleKeyDeletion CancelKeyDeletion
sqs queue get app,etl: ReceiveMessage
sqs queue put app,etl: SendMessage DeleteMessage
sqs queue read dev,ops,audit,app: GetQueueAttributes GetQueueUrl
sqs none read dev,ops,audit: ListQueues
sqs queue write ops,ci: SetQueueAttributes CreateQueue TagQueue
sqs queue write ops,dev: PurgeQueue
sns topic put app: Publish
sns none read dev,ops,audit: ListTopics ListSubscriptions
sns topic read dev,ops,audit: GetTopicAttributes
sns topic write ops,ci: Subscribe CreateTopic SetTopicAttributes
ec2 none read dev,ops,sec,audit,ci: DescribeInstances DescribeSecurityGroups DescribeVpcs DescribeSubnets DescribeImages DescribeRegions DescribeAvailabilityZones
ec2 none read dev,ops,audit: DescribeVolumes DescribeInstanceStatus DescribeNetworkInterfaces DescribeTags DescribeInstanceTypes DescribeKeyPairs DescribeAddresses
ec2 none read ops,audit,sec: DescribeRouteTables DescribeNatGateways DescribeFlowLogs DescribeVpcEndpoints DescribeNetworkAcls DescribeAccountAttributes DescribeLaunchTemplates DescribeInternetGateways
ec2 none read backup,ops,audit: DescribeSnapshots
ec2 instance read ops,dev: DescribeInstanceAttribute GetConsoleOutput
ec2 instance write ops,dev: StartInstances StopInstances RebootInstances
ec2 instance write ops: ModifyInstanceAttribute TerminateInstances
ec2 instance write ops,ci: RunInstances CreateTags
ec2 group write ops,ci: AuthorizeSecurityGroupIngress RevokeSecurityGroupIngress CreateSecurityGroup
ec2 group write ops: DeleteSecurityGroup AuthorizeSecurityGroupEgress
ec2 volume write backup,ops: CreateSnapshot
ec2 snapshot write backup,ops: DeleteSnapshot CopySnapshot
ec2 snapshot write ops: ModifySnapshotAttribute
ec2 volume write ops: CreateVolume AttachVolume DetachVolume DeleteVolume
ec2 image write ops,ci: CreateImage DeregisterImage
ec2 none write ops: CreateKeyPair CreateLaunchTemplateVersion AssociateAddress CreateFlowLogs DeleteFlowLogs
autoscaling asg read ops,dev,audit: DescribeAutoScalingGroups DescribeScalingActivities
autoscaling asg write ops,ci: UpdateAutoScalingGroup SetDesiredCapacity
elasticloadbalancing none read ops,dev,audit: DescribeLoadBalancers DescribeTargetGroups DescribeTargetHealth DescribeListeners
elasticloadbalancing none write ops,ci: RegisterTargets ModifyTargetGroup
rds none read dev,ops,audit,backup: DescribeDBInstances DescribeDBClusters DescribeDBSnapshots
rds none read ops,audit: DescribeDBParameterGroups DescribeEvents DescribePendingMaintenanceActions ListTagsForResource
rds database write ops: ModifyDBInstance RebootDBInstance StartDBInstance StopDBInstance
rds database write backup,ops: CreateDBSnapshot
rds dbSnapshot write backup,ops: DeleteDBSnapshot ModifyDBSnapshotAttribute
rds database read ops,data: DownloadDBLogFilePortion
iam none read dev,ops,sec,audit: ListRoles ListUsers GetAccountSummary ListPolicies
iam role read dev,ops,sec,audit,ci: GetRole ListAttachedRolePolicies ListRolePolicies
iam user read dev,ops,sec,audit: GetUser ListAccessKeys ListMFADevices ListGroupsForUser ListAttachedUserPolicies GetLoginProfile
iam policy read ops,sec,audit,ci: GetPolicy GetPolicyVersion ListPolicyVersions
iam none read sec,audit: GetAccountAuthorizationDetails GenerateCredentialReport GetCredentialReport GetAccountPasswordPolicy ListVirtualMFADevices
iam user read sec,audit,ops: GetAccessKeyLastUsed
iam role write ops,ci: CreateRole AttachRolePolicy PutRolePolicy TagRole DetachRolePolicy
iam role write ops,sec: UpdateAssumeRolePolicy DeleteRole DeleteRolePolicy
iam user write ops,sec: CreateAccessKey UpdateAccessKey DeleteAccessKey CreateUser AttachUserPolicy DetachUserPolicy CreateLoginProfile UpdateLoginProfile AddUserToGroup RemoveUserFromGroup DeleteUser PutUserPolicy
iam policy write ops,ci: CreatePolicyVersion DeletePolicyVersion CreatePolicy
iam user write dev,ops: ChangePassword EnableMFADevice
iam user write ops,sec: DeactivateMFADevice
sts none read dev,data,ops,sec,app,etl,ci,audit,backup: GetCallerIdentity
sts role read app,ops,ci,sec: AssumeRole
sts none read dev: GetSessionToken
cloudformation none read dev,ops,ci,audit: ListStacks
cloudformation stack read dev,ops,ci: DescribeStacks DescribeStackEvents GetTemplate ListStackResources
cloudformation stack write ci,ops: CreateChangeSet ExecuteChangeSet UpdateStack
cloudformation stack write ops: CreateStack DeleteStack
logs none read dev,ops,sec,audit: DescribeLogGroups
logs log read dev,ops,sec: FilterLogEvents GetLogEvents DescribeLogStreams StartQuery GetQueryResults
logs log write app,etl,instance: CreateLogStream
logs log write app,ops,ci: CreateLogGroup
logs log write ops,ci: PutRetentionPolicy PutSubscriptionFilter
logs log write ops: DeleteLogGroup
monitoring none read dev,ops,fin: GetMetricData DescribeAlarms ListMetrics GetMetricStatistics ListDashboards GetDashboard
monitoring alarm write dev,ops,ci: PutMetricAlarm
monitoring alarm write ops,dev: DisableAlarmActions EnableAlarmActions PutDashboard
ecr repository read ci,app,dev: GetAuthorizationToken BatchGetImage GetDownloadUrlForLayer BatchCheckLayerAvailability
ecr repository read dev,ops,audit: DescribeRepositories DescribeImages DescribeImageScanFindings ListImages
ecr repository write ci: PutImage InitiateLayerUpload UploadLayerPart CompleteLayerUpload
ecr repository write ops: PutLifecyclePolicy SetRepositoryPolicy
ecs cluster read dev,ops,ci,audit: DescribeServices DescribeTasks ListTasks DescribeClusters ListServices DescribeTaskDefinition
ecs cluster write ci,ops: RegisterTaskDefinition UpdateService
ecs cluster write dev,ops: RunTask StopTask ExecuteCommand
eks kubernetes read dev,ops,ci,audit: DescribeCluster ListClusters ListNodegroups DescribeNodegroup
eks kubernetes write ops: UpdateNodegroupConfig UpdateClusterConfig UpdateNodegroupVersion
codebuild project read dev,ops,ci: BatchGetBuilds ListBuildsForProject BatchGetProjects
codebuild project write dev,ci: StartBuild
codebuild project write ops: UpdateProject
codepipeline project read dev,ops: GetPipelineState ListPipelines GetPipelineExecution
codepipeline project write dev: StartPipelineExecution PutApprovalResult
athena none read data,etl: GetQueryExecution GetQueryResults ListQueryExecutions GetWorkGroup ListWorkGroups
athena none write data,etl: StartQueryExecution
athena none write data: CreateNamedQuery StopQueryExecution
glue catalog read data,etl: GetTable GetDatabases GetTables GetPartitions GetJobRun GetDatabase
glue catalog write etl,data: StartJobRun BatchCreatePartition
glue catalog write data,ops: StartCrawler UpdateTable CreateTable
redshift none read data,ops,audit: DescribeClusters
redshift none write data: GetClusterCredentials
quicksight none read data,fin: ListDashboards DescribeDashboard GetDashboardEmbedUrl ListDataSets DescribeDataSet
sagemaker none read data: ListNotebookInstances DescribeTrainingJob ListTrainingJobs DescribeEndpoint
sagemaker none write data: CreateTrainingJob CreatePresignedNotebookInstanceUrl StartNotebookInstance StopNotebookInstance
bedrock model get app,data,dev: InvokeModel
bedrock none read data,dev: ListFoundationModels GetFoundationModel
kinesis stream put app: PutRecords
kinesis stream get etl: GetRecords GetShardIterator
kinesis stream read ops,dev,etl: DescribeStreamSummary ListStreams
states machine write app,etl,data: StartExecution
states machine read dev,data,ops: DescribeExecution ListExecutions ListStateMachines GetExecutionHistory
states machine write ci: UpdateStateMachine
events rule read dev,ops,audit: ListRules DescribeRule ListTargetsByRule
events rule write ci,ops: PutRule PutTargets
events rule put app: PutEvents
events rule write ops: DisableRule EnableRule
apigateway none read dev,ops,audit: GetRestApis GetStages GetResources
apigateway none write ci: CreateDeployment UpdateStage
route53 zone read ops,audit,ci: ListResourceRecordSets ListHostedZones GetChange
route53 zone write ops,ci: ChangeResourceRecordSets
cloudfront none read ops,dev,audit: ListDistributions GetDistribution
cloudfront none write ops,ci: CreateInvalidation UpdateDistribution
acm none read ops,audit: ListCertificates DescribeCertificate
acm none write ops: RequestCertificate
elasticache none read dev,ops,audit: DescribeCacheClusters DescribeReplicationGroups
cognito-idp none read dev,ops: ListUserPools DescribeUserPool AdminGetUser ListUsers
cognito-idp none write app,dev: AdminCreateUser AdminUpdateUserAttributes
ses sender put app: SendEmail SendRawEmail
ses none read dev,ops: GetSendQuota GetAccountSendingEnabled ListIdentities GetSendStatistics
ses sender read ops: GetIdentityVerificationAttributes
ses sender write ops: VerifyEmailIdentity UpdateAccountSendingEnabled
backup vault read backup,ops,audit: ListBackupJobs ListRecoveryPointsByBackupVault DescribeBackupVault ListBackupPlans
backup vault write backup: StartBackupJob
backup vault write ops,backup: DeleteRecoveryPoint StartRestoreJob
cloudtrail none read sec,audit,ops: LookupEvents DescribeTrails
cloudtrail trail read sec,audit: GetTrailStatus GetEventSelectors
cloudtrail trail write sec: UpdateTrail PutEventSelectors StopLogging StartLogging
config none read sec,audit: DescribeConfigurationRecorders DescribeComplianceByConfigRule GetComplianceDetailsByConfigRule SelectResourceConfig DescribeConfigRules
config none write sec: PutConfigRule StartConfigRulesEvaluation
guardduty detector read sec,audit: ListDetectors GetFindings ListFindings GetDetector
guardduty detector write sec: ArchiveFindings UpdateDetector CreateFilter
securityhub none read sec,audit: GetFindings DescribeHub GetEnabledStandards
securityhub none write sec: BatchUpdateFindings
access-analyzer none read sec,audit: ListAnalyzers ListFindings
access-analyzer none write sec: ArchiveFindings
inspector2 none read sec,ops: ListFindings ListCoverage
wafv2 none read sec,ops: ListWebACLs GetWebACL GetSampledRequests
wafv2 none write sec: UpdateIPSet UpdateWebACL
organizations none read fin,sec,audit,ops: DescribeOrganization ListAccounts ListPolicies
ce none read fin,ops: GetCostAndUsage GetCostForecast GetDimensionValues GetReservationUtilization
budgets none read fin: DescribeBudgets DescribeBudget
budgets none write fin: UpdateBudget
support none read ops,fin: DescribeCases DescribeTrustedAdvisorChecks
support none write ops: CreateCase AddCommunicationToCase
health none read ops,dev: DescribeEvents DescribeEventAggregates
tagging none read fin,ops,audit: GetResources GetTagKeys
servicequotas none read ops,dev: ListServiceQuotas GetServiceQuota
elasticfilesystem none read ops,audit,backup: DescribeFileSystems DescribeMountTargets
resource-groups none read ops,dev: ListGroups SearchResources
`

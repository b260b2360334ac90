import type { Action } from './action-catalogue.ts'
import type { CloudTrailResource, Fields } from './cloudtrail-record.ts'
import type { Random } from './random.ts'

/** What a call is about: the resource, and where it lies. */
export interface Target {
  readonly resource: string
  readonly region: string
  readonly accountId: string
}

/** The request parameter that names a resource of a kind; `*` in the value stands for the name. */
const parameterOfKind: Readonly<Record<string, string>> = {
  table: 'tableName',
  function: 'functionName',
  secret: 'secretId',
  key: 'keyId',
  queue: 'queueUrl',
  topic: 'topicArn',
  role: 'roleName',
  user: 'userName',
  policy: 'policyArn',
  log: 'logGroupName',
  repository: 'repositoryName',
  cluster: 'cluster',
  kubernetes: 'clusterName',
  parameter: 'name',
  stack: 'stackName',
  stream: 'streamName',
  machine: 'stateMachineArn',
  rule: 'name',
  alarm: 'alarmName',
  project: 'projectName',
  catalog: 'databaseName',
  asg: 'autoScalingGroupName',
  sender: 'source',
  vault: 'backupVaultName',
  volume: 'volumeId',
  snapshot: 'snapshotId',
  image: 'imageId',
  group: 'groupId',
  database: 'dBInstanceIdentifier',
  dbSnapshot: 'dBSnapshotIdentifier',
  zone: 'hostedZoneId',
  trail: 'name',
  detector: 'detectorId',
  model: 'modelId',
}

type Writer = (target: Target, random: Random) => Fields

const attachedPolicies: readonly string[] =
  'AmazonS3ReadOnlyAccess CloudWatchLogsFullAccess AmazonSSMManagedInstanceCore AmazonDynamoDBReadOnlyAccess PowerUserAccess AdministratorAccess'.split(
    ' ',
  )

const office = (random: Random): string => `10.${random.below(256)}.0.0/16`

/** Calls whose parameters say more than the resource's name. Anything said here is harmless; attacks pass their own. */
const writers: Readonly<Record<string, Writer>> = {
  'sts:AssumeRole': ({ resource, accountId }, random) => ({
    roleArn: resource.startsWith('arn:') ? resource : `arn:aws:iam::${accountId}:role/${resource}`,
    roleSessionName: `session-${random.hex(8)}`,
    durationSeconds: 3600,
  }),
  'iam:AttachRolePolicy': ({ resource }, random) => ({
    roleName: resource,
    // Some honest roles are an administrator's.
    policyArn: `arn:aws:iam::aws:policy/${random.pickSkewed(attachedPolicies)}`,
  }),
  'iam:AttachUserPolicy': ({ resource }) => ({
    userName: resource,
    policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess',
  }),
  'iam:UpdateAssumeRolePolicy': ({ resource, accountId }) => ({
    roleName: resource,
    policyDocument: trustPolicy(`arn:aws:iam::${accountId}:root`),
  }),
  'iam:CreateRole': ({ resource, accountId }) => ({
    roleName: resource,
    assumeRolePolicyDocument: trustPolicy(`arn:aws:iam::${accountId}:root`),
  }),
  'iam:CreateAccessKey': ({ resource }) => ({ userName: resource }),
  'iam:UpdateAccessKey': ({ resource }, random) => ({
    userName: resource,
    status: 'Inactive',
    accessKeyId: accessKeyId('AKIA', random),
  }),
  'iam:AddUserToGroup': ({ resource }) => ({ userName: resource, groupName: 'developers' }),
  'ec2:AuthorizeSecurityGroupIngress': ({ resource }, random) => ({
    groupId: resource,
    ipPermissions: ingress(random.pick([443, 5432, 8080]), office(random)),
  }),
  'ec2:ModifySnapshotAttribute': ({ resource, accountId }) => sharedSnapshot(resource, accountId),
  'ec2:RunInstances': (_target, random) => ({
    instancesSet: { items: [{ imageId: `ami-0${random.hex(16)}`, minCount: 1, maxCount: 1 }] },
    instanceType: random.pick(['t3.medium', 'm6i.large', 'c7g.large']),
  }),
  'kms:ScheduleKeyDeletion': ({ resource }) => ({ keyId: resource, pendingWindowInDays: 30 }),
  'cloudtrail:PutEventSelectors': ({ resource }) => ({
    trailName: resource,
    eventSelectors: [{ readWriteType: 'All', includeManagementEvents: true }],
  }),
  'guardduty:UpdateDetector': ({ resource }) => ({ detectorId: resource, enable: true }),
  'ssm:GetParameters': ({ resource }) => ({ names: [resource], withDecryption: true }),
  'ssm:SendCommand': ({ resource }) => ({ instanceIds: [resource], documentName: 'AWS-RunShellScript' }),
  'ssm:StartSession': ({ resource }) => ({ target: resource }),
  'lambda:AddPermission20150331v2': ({ resource }) => ({
    functionName: resource,
    action: 'lambda:InvokeFunction',
    principal: 'events.amazonaws.com',
    statementId: 'events',
  }),
}

export function trustPolicy(principalArn: string): string {
  return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${principalArn}"},"Action":"sts:AssumeRole"}]}`
}

function ingress(port: number, cidr: string): Fields {
  return { items: [{ ipProtocol: 'tcp', fromPort: port, toPort: port, ipRanges: { items: [{ cidrIp: cidr }] } }] }
}

export function sharedSnapshot(snapshotId: string, accountId: string): Fields {
  return {
    snapshotId,
    attributeType: 'CREATE_VOLUME_PERMISSION',
    createVolumePermission: { add: { items: [{ userId: accountId }] } },
  }
}

/** An access key's id: `AKIA` for long-term keys, `ASIA` for sessions; 20 characters. */
export function accessKeyId(kind: 'AKIA' | 'ASIA', random: Random): string {
  return kind + random.text(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')
}

/** The request parameters of a call; `null`, as CloudTrail writes it, where there are none to tell. */
export function parametersOf(action: Action, target: Target, random: Random): Fields | null {
  if (action.resource === 'none') return null
  const written = writers[`${action.service}:${action.operation}`]?.(target, random)
  if (written !== undefined) return written
  if (action.resource === 'bucket') {
    const bucket = { bucketName: target.resource, Host: `${target.resource}.s3.${target.region}.amazonaws.com` }
    return action.isData && action.operation.includes('Object') && !action.operation.startsWith('List')
      ? { ...bucket, key: `${random.below(4096)}/${random.hex(8)}` }
      : bucket
  }
  if (action.resource === 'instance') return { instancesSet: { items: [{ instanceId: target.resource }] } }
  const parameter = parameterOfKind[action.resource]
  return parameter === undefined ? null : { [parameter]: target.resource }
}

/** Resources that CloudTrail lists beside the parameters. */
export function resourcesOf(action: Action, target: Target): readonly CloudTrailResource[] | undefined {
  const { resource, region, accountId } = target
  const listed = (type: string, arn: string) => [{ accountId, type, ARN: arn }]
  switch (`${action.service} ${action.resource}`) {
    case 's3 bucket':
      return listed('AWS::S3::Bucket', `arn:aws:s3:::${resource}`)
    case 'kms key':
      return listed('AWS::KMS::Key', resource)
    case 'dynamodb table':
      return action.isData
        ? listed('AWS::DynamoDB::Table', `arn:aws:dynamodb:${region}:${accountId}:table/${resource}`)
        : undefined
    case 'lambda function':
      return action.isData
        ? listed('AWS::Lambda::Function', `arn:aws:lambda:${region}:${accountId}:function:${resource}`)
        : undefined
    case 'sts role':
      return listed(
        'AWS::IAM::Role',
        resource.startsWith('arn:') ? resource : `arn:aws:iam::${accountId}:role/${resource}`,
      )
    default:
      return undefined
  }
}

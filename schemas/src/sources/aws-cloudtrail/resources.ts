import { type ClearResource, resourcesMax } from '../../clear-event.ts'
import type { JsonObject } from '../../source.ts'
import { arrayOf, isObject, objectOf, textOf } from '../read-json.ts'

/** Request parameters that name what an operation is about, and the type of resource they name. Object keys are not kept. */
const parameterTypes: readonly (readonly [string, string])[] = [
  ['bucketName', 'AWS::S3::Bucket'],
  ['secretId', 'AWS::SecretsManager::Secret'],
  ['roleArn', 'AWS::IAM::Role'],
  ['roleName', 'AWS::IAM::Role'],
  ['userName', 'AWS::IAM::User'],
  ['functionName', 'AWS::Lambda::Function'],
  ['keyId', 'AWS::KMS::Key'],
  ['tableName', 'AWS::DynamoDB::Table'],
  ['queueUrl', 'AWS::SQS::Queue'],
  ['topicArn', 'AWS::SNS::Topic'],
  ['instanceId', 'AWS::EC2::Instance'],
  ['snapshotId', 'AWS::EC2::Snapshot'],
  ['volumeId', 'AWS::EC2::Volume'],
  ['imageId', 'AWS::EC2::Image'],
  ['groupId', 'AWS::EC2::SecurityGroup'],
  ['groupName', 'AWS::IAM::Group'],
  ['dBInstanceIdentifier', 'AWS::RDS::DBInstance'],
  ['dBSnapshotIdentifier', 'AWS::RDS::DBSnapshot'],
  ['logGroupName', 'AWS::Logs::LogGroup'],
  ['stackName', 'AWS::CloudFormation::Stack'],
  ['clusterName', 'AWS::EKS::Cluster'],
  ['cluster', 'AWS::ECS::Cluster'],
  ['repositoryName', 'AWS::ECR::Repository'],
  ['streamName', 'AWS::Kinesis::Stream'],
  ['stateMachineArn', 'AWS::StepFunctions::StateMachine'],
  ['policyArn', 'AWS::IAM::Policy'],
]
/** `cloudtrail`'s own parameter is called `name`, as is the name of a parameter in the parameter store. */
const nameTypes: ReadonlyMap<string, string> = new Map([
  ['cloudtrail', 'AWS::CloudTrail::Trail'],
  ['ssm', 'AWS::SSM::Parameter'],
])
/** Resources that `record.resources` lists one by one although they belong to a bucket: `AWS::S3::Object`, `AWS::S3Express::Object`. */
const objectType = '::Object'

/** The account of an ARN; `''` where it has none, as a bucket's, or is AWS's own, as a managed policy's. */
function accountOf(uid: string): string {
  if (!uid.startsWith('arn:')) return ''
  const account = uid.split(':', 5)[4] ?? ''
  return account === 'aws' ? '' : account
}

/** What the operation touched: the record's own list, and what its parameters name. At most `resourcesMax`. */
export function resourcesOf(service: string, record: JsonObject): readonly ClearResource[] {
  const found: ClearResource[] = []
  // A network-activity event is the record of an endpoint's owner about who came through it.
  const endpoint = textOf(record['eventCategory']) === 'NetworkActivity' ? textOf(record['vpcEndpointId']) : ''
  if (endpoint !== '') {
    found.push({ uid: endpoint, type: 'AWS::EC2::VPCEndpoint', accountUid: textOf(record['vpcEndpointAccountId']) })
  }
  for (const entry of arrayOf(record['resources'])) {
    if (found.length >= resourcesMax) return found
    if (!isObject(entry) || textOf(entry['type']).endsWith(objectType)) continue
    const uid = textOf(entry['ARN']) || textOf(entry['arn'])
    if (uid !== '')
      found.push({ uid, type: textOf(entry['type']), accountUid: textOf(entry['accountId']) || accountOf(uid) })
  }
  const parameters = objectOf(record['requestParameters'])
  for (const key in parameters) {
    if (found.length >= resourcesMax) return found
    const type = key === 'name' ? nameTypes.get(service) : typeOf(key)
    if (type === undefined) continue
    const uid = textOf(parameters[key])
    if (uid === '' || found.some((held) => isNamedBy(held.uid, uid))) continue
    found.push({ uid, type, accountUid: accountOf(uid) })
  }
  return found.length === 0 ? instancesOf(parameters) : found
}

/** Whether a resource held by its ARN is the one that a parameter calls by its bare name. */
function isNamedBy(held: string, name: string): boolean {
  return held === name || held.endsWith(`:${name}`) || held.endsWith(`/${name}`)
}

const typeByParameter: ReadonlyMap<string, string> = new Map(parameterTypes)

function typeOf(parameter: string): string | undefined {
  return typeByParameter.get(parameter)
}

/** EC2 lists instances as `instancesSet.items[].instanceId`. */
function instancesOf(parameters: JsonObject): readonly ClearResource[] {
  const found: ClearResource[] = []
  for (const item of arrayOf(objectOf(parameters['instancesSet'])['items'])) {
    if (found.length >= resourcesMax || !isObject(item)) break
    const uid = textOf(item['instanceId'])
    if (uid !== '') found.push({ uid, type: 'AWS::EC2::Instance', accountUid: '' })
  }
  return found
}

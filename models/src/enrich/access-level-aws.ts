import type { AccessLevel } from '@ostiary/schemas'
import type { AccessLevelTable, StatedLevel } from './access-level.ts'

/**
 * Event sources (`<name>.amazonaws.com`) whose name is not the IAM prefix of their actions, after AWS's service
 * authorization reference and the CloudTrail pages of the services.
 */
const prefixByService: ReadonlyMap<string, readonly string[]> = new Map([
  ['monitoring', ['cloudwatch']],
  ['email', ['ses']],
  ['tagging', ['tag']],
  ['cassandra', ['cassandra']],
  ['models.lex', ['lex']],
  ['runtime.lex', ['lex']],
  ['streams.dynamodb', ['dynamodb']],
  ['runtime.sagemaker', ['sagemaker']],
  ['entitlement.marketplace', ['aws-marketplace']],
  ['metering.marketplace', ['aws-marketplace']],
  ['marketplacecommerceanalytics', ['marketplacecommerceanalytics']],
  ['mobiletargeting', ['mobiletargeting']],
  ['machinelearning', ['machinelearning']],
  ['opensearchservice', ['es']],
  ['resource-explorer', ['resource-explorer-2']],
  ['application-insights', ['applicationinsights']],
  ['airflow', ['airflow']],
  ['aps', ['aps']],
  ['data.iot', ['iot']],
  ['iotdata', ['iot']],
  ['data.mediastore', ['mediastore']],
  ['sms-voice', ['sms-voice']],
  ['sso-oauth', ['sso-oauth', 'sso']],
  ['api.pricing', ['pricing']],
  ['billingconsole', ['billing', 'aws-portal']],
  ['cognito-idp', ['cognito-idp']],
  ['elasticfilesystem', ['elasticfilesystem']],
  ['s3', ['s3', 's3express', 's3-object-lambda', 's3tables']],
  ['config', ['config']],
  ['serverlessrepo', ['serverlessrepo']],
  ['directory-service', ['ds']],
  ['route53', ['route53', 'route53domains', 'route53resolver']],
  ['vpc-lattice', ['vpc-lattice', 'vpc-lattice-svcs']],
  ['transcribe', ['transcribe']],
  ['waf-regional', ['waf-regional']],
  ['mgh', ['mgh']],
  ['migrationhub', ['mgh']],
])

/** Events whose name is not their IAM action: `service:event` -> `prefix:action`, lower case. */
const actionByEvent: ReadonlyMap<string, string> = new Map([
  ['s3:listbuckets', 's3:listallmybuckets'],
  ['s3:listobjects', 's3:listbucket'],
  ['s3:listobjectsv2', 's3:listbucket'],
  ['s3:listobjectversions', 's3:listbucketversions'],
  ['s3:headbucket', 's3:listbucket'],
  ['s3:headobject', 's3:getobject'],
  ['s3:copyobject', 's3:putobject'],
  ['s3:uploadpart', 's3:putobject'],
  ['s3:createmultipartupload', 's3:putobject'],
  ['s3:completemultipartupload', 's3:putobject'],
  ['s3:deleteobjects', 's3:deleteobject'],
  ['s3:getbucketreplication', 's3:getreplicationconfiguration'],
  ['s3:putbucketreplication', 's3:putreplicationconfiguration'],
  ['s3:deletebucketreplication', 's3:putreplicationconfiguration'],
  ['s3:getbucketlifecycle', 's3:getlifecycleconfiguration'],
  ['s3:putbucketlifecycle', 's3:putlifecycleconfiguration'],
  ['s3:deletebucketlifecycle', 's3:putlifecycleconfiguration'],
  ['s3:getbucketencryption', 's3:getencryptionconfiguration'],
  ['s3:putbucketencryption', 's3:putencryptionconfiguration'],
  ['s3:deletebucketencryption', 's3:putencryptionconfiguration'],
  ['s3:deletebucketpublicaccessblock', 's3:putbucketpublicaccessblock'],
  ['s3:deleteaccountpublicaccessblock', 's3:putaccountpublicaccessblock'],
  ['s3:putbuckettagging', 's3:putbuckettagging'],
  ['s3:deletebuckettagging', 's3:putbuckettagging'],
  ['s3:deletebucketcors', 's3:putbucketcors'],
  ['s3:deletebucketownershipcontrols', 's3:putbucketownershipcontrols'],
  ['lambda:invoke', 'lambda:invokefunction'],
  ['dynamodb:executestatement', 'dynamodb:partiqlselect'],
])

/** Most event names stand as they are; API versions that Lambda and CloudFront append do not. */
const apiVersion = /(?:20\d\d_?\d\d_?\d\d)(?:v\d)?$/

/** The level of a CloudTrail event: by the table of IAM actions, else by its verb. */
export function awsLevel(service: string, operation: string, table: AccessLevelTable): StatedLevel {
  const name = operation.toLowerCase().replace(apiVersion, '')
  const alias = actionByEvent.get(`${service}:${name}`)
  if (alias !== undefined) {
    const colon = alias.indexOf(':')
    const level = table.get(alias.slice(0, colon))?.get(alias.slice(colon + 1))
    if (level !== undefined) return { level, certain: true }
  }
  for (const prefix of prefixByService.get(service) ?? [service]) {
    const level = table.get(prefix)?.get(name)
    if (level !== undefined) return { level, certain: true }
  }
  return { level: awsLevelByVerb(operation), certain: false }
}

const listVerbs = ['List', 'Describe']
const readVerbs = (
  'Get BatchGet Head Search Lookup Query Scan Select View Check Validate Simulate Preview Estimate Download Filter Detect ' +
  'Decrypt Verify Test Discover Retrieve Receive Read Count Calculate Poll Compare Evaluate Export Is'
).split(' ')
const writeVerbs = (
  'Create Put Delete Update Modify Start Stop Run Terminate Reboot Enable Disable Register Deregister Associate ' +
  'Disassociate Attach Detach Add Remove Set Reset Send Publish Invoke Import Copy Restore Cancel Accept Reject Allocate ' +
  'Release Assign Unassign Authorize Revoke Upload Complete Abort Purge Change Move Rotate Schedule Execute Deploy ' +
  'Replace Request Resend Initiate Issue Batch Write Encrypt Generate Sign Transfer Suspend Resume Assume'
).split(' ')
const permissionWords = ['Policy', 'Permission', 'Acl', 'Grant', 'TrustRelationship', 'PublicAccess']

/** The level an AWS operation's name suggests: its verb comes first, in capitals and small letters. */
function awsLevelByVerb(operation: string): AccessLevel {
  if (startsWithVerb(operation, listVerbs)) return 'list'
  if (startsWithVerb(operation, readVerbs)) return 'read'
  if (/^(?:Untag|Tag|AddTags|RemoveTags|CreateTags|DeleteTags|PutTags|ChangeTags)/.test(operation)) return 'tagging'
  if (!startsWithVerb(operation, writeVerbs)) return 'unknown'
  return permissionWords.some((word) => operation.includes(word)) ? 'permissions' : 'write'
}

/** A verb counts only as a whole word: `Getaway` is no `Get`. */
function startsWithVerb(operation: string, verbs: readonly string[]): boolean {
  return verbs.some((verb) => {
    if (!operation.startsWith(verb)) return false
    const next = operation.charCodeAt(verb.length)
    return Number.isNaN(next) || next < 97 || next > 122
  })
}

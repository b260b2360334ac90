import { actionNamed, type Job } from './action-catalogue.ts'
import { call, type FailureShares } from './call.ts'
import type { Random } from './random.ts'
import { sharedSnapshot } from './request-parameters.ts'
import type { Team } from './team.ts'
import { type Session, type SimulatedEvent, writeCall } from './write-record.ts'

/** A task that comes up now and then and takes the same calls each time; `*n` repeats a call up to n times. */
interface Chore {
  readonly jobs: readonly Job[]
  readonly steps: readonly string[]
  /** How often beside the others. */
  readonly weight: number
}

/** Everything that an attack calls is somebody's honest work as well: a list of dangerous names would find nothing. */
const chores: readonly Chore[] = [
  chore(
    'ops,sec',
    'iam:ListUsers iam:CreateUser iam:AddUserToGroup iam:AttachUserPolicy iam:CreateLoginProfile iam:CreateAccessKey',
  ),
  chore(
    'ops,sec',
    'iam:ListAccessKeys iam:GetAccessKeyLastUsed iam:CreateAccessKey iam:UpdateAccessKey iam:DeleteAccessKey',
  ),
  chore(
    'ops,sec',
    'iam:GetUser iam:ListAttachedUserPolicies iam:DetachUserPolicy iam:DeleteAccessKey iam:DeactivateMFADevice iam:DeleteUser',
  ),
  chore(
    'sec',
    'cloudtrail:DescribeTrails cloudtrail:GetTrailStatus cloudtrail:StopLogging cloudtrail:UpdateTrail cloudtrail:PutEventSelectors cloudtrail:StartLogging cloudtrail:GetTrailStatus',
    0.3,
  ),
  chore(
    'sec',
    'iam:ListUsers iam:ListRoles iam:GenerateCredentialReport iam:GetCredentialReport iam:GetAccountAuthorizationDetails iam:ListAttachedUserPolicies*12',
  ),
  chore(
    'sec',
    'guardduty:ListDetectors guardduty:ListFindings guardduty:GetFindings guardduty:UpdateDetector guardduty:ArchiveFindings cloudtrail:LookupEvents*9',
  ),
  chore('ops,sec', 'iam:GetRole iam:ListRolePolicies iam:UpdateAssumeRolePolicy iam:GetRole'),
  chore('ops', 'iam:CreateRole iam:PutRolePolicy iam:AttachRolePolicy iam:TagRole sts:AssumeRole'),
  chore('ops', 'ec2:DescribeVolumes ec2:CreateSnapshot ec2:DescribeSnapshots*6 ec2:ModifySnapshotAttribute'),
  chore('ops', 'rds:DescribeDBInstances rds:CreateDBSnapshot rds:DescribeDBSnapshots*8 rds:ModifyDBSnapshotAttribute'),
  chore(
    'ops',
    'lambda:CreateFunction20150331 lambda:AddPermission20150331v2 lambda:CreateFunctionUrlConfig events:PutRule events:PutTargets',
  ),
  chore(
    'ops',
    's3:ListBuckets s3:PutBucketVersioning s3:PutBucketLifecycle s3:ListObjects*5 s3:DeleteObjects*14 backup:DeleteRecoveryPoint*4',
  ),
  chore(
    'ops',
    'kms:ListKeys kms:DescribeKey kms:DisableKey kms:ScheduleKeyDeletion kms:CancelKeyDeletion kms:EnableKey',
  ),
  chore(
    'ops',
    'ses:GetSendQuota ses:GetAccountSendingEnabled ses:ListIdentities ses:VerifyEmailIdentity ses:UpdateAccountSendingEnabled ses:GetIdentityVerificationAttributes',
  ),
  chore('ops', 'ec2:DescribeSecurityGroups ec2:AuthorizeSecurityGroupIngress ec2:RevokeSecurityGroupIngress'),
  chore(
    'ops,sec',
    'secretsmanager:ListSecrets secretsmanager:DescribeSecret*6 secretsmanager:GetSecretValue*5 secretsmanager:PutSecretValue secretsmanager:RotateSecret',
  ),
  chore(
    'ops',
    's3:GetBucketPolicy s3:PutBucketPolicy s3:PutBucketPublicAccessBlock s3:PutBucketReplication s3:DeleteBucketPolicy',
  ),
  chore(
    'ops',
    'ec2:DescribeInstances ec2:RunInstances*4 ec2:CreateTags*4 ec2:TerminateInstances*3 ec2:ModifyInstanceAttribute',
  ),
  chore('ops', 'ssm:DescribeInstanceInformation ssm:SendCommand*5 ssm:GetCommandInvocation*8 ssm:GetParameter*6'),
  chore('data', 's3:ListBuckets s3:ListObjects*6 s3:GetObject*60'),
  chore(
    'data',
    'redshift:DescribeClusters redshift:GetClusterCredentials athena:StartQueryExecution*8 athena:GetQueryExecution*16 athena:GetQueryResults*8',
  ),
  chore(
    'dev',
    'ssm:GetParametersByPath*3 secretsmanager:GetSecretValue*3 lambda:UpdateFunctionConfiguration20150331v2 lambda:Invoke*6 logs:FilterLogEvents*8',
  ),
  chore('dev', 'sts:GetSessionToken iam:ListMFADevices iam:EnableMFADevice iam:ChangePassword'),
]

function chore(jobs: string, steps: string, weight = 1): Chore {
  return { jobs: jobs.split(',') as Job[], steps: steps.split(' '), weight }
}

/** One of the chores of a job, on the team's resources; nothing for a job without chores. Returns when it ends. */
export function* doChore(
  session: Session,
  job: Job,
  team: Team,
  otherAccountId: string,
  atMs: number,
  random: Random,
  shares: FailureShares,
): Generator<SimulatedEvent, number> {
  const own = chores.filter((one) => one.jobs.includes(job))
  if (own.length === 0) return atMs
  let nowMs = atMs
  const chosen = new Map<string, string>()
  for (const step of own[random.weighted(own.map(({ weight }) => weight))]!.steps) {
    const [name = '', timesMax] = step.split('*')
    const action = actionNamed(name)
    const held = team.resources[action.resource] ?? ['']
    if (!chosen.has(action.resource)) chosen.set(action.resource, random.pick(held))
    const resource = chosen.get(action.resource)!
    for (let left = timesMax === undefined ? 1 : random.between(1, Number(timesMax)); left > 0; left--) {
      nowMs += random.logNormal(timesMax === undefined ? 25_000 : 2500, 0.9)
      if (name === 'ec2:ModifySnapshotAttribute') {
        const parameters = sharedSnapshot(resource, otherAccountId)
        yield writeCall(session, action, resource, nowMs, random, { parameters })
      } else nowMs = yield* call(session, action, resource, nowMs, random, shares)
    }
  }
  return nowMs
}

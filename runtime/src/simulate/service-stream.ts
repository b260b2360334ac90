import { actionNamed } from './action-catalogue.ts'
import { dayMs } from './calendar.ts'
import { call, programFailures } from './call.ts'
import { createRole, roleIdentity, serviceIdentity } from './credential.ts'
import type { Random } from './random.ts'
import type { Account, Team } from './team.ts'
import type { World } from './world.ts'
import type { Session, SimulatedEvent } from './write-record.ts'

/** What AWS does by itself in an account, and in whose name: a service, or the role linked to one. */
interface ServiceRow {
  readonly host: string
  readonly linkedRole: string
  readonly actions: string
  readonly callsPerDay: number
}

const rows: readonly ServiceRow[] = [
  {
    host: 'cloudtrail.amazonaws.com',
    linkedRole: '',
    actions: 's3:GetBucketAcl s3:PutObject kms:GenerateDataKey',
    callsPerDay: 40,
  },
  {
    host: 'config.amazonaws.com',
    linkedRole: 'AWSServiceRoleForConfig',
    actions:
      'ec2:DescribeInstances ec2:DescribeSecurityGroups s3:GetBucketPolicy s3:GetBucketEncryption iam:ListRoles iam:GetRole iam:GetAccountAuthorizationDetails rds:DescribeDBInstances lambda:ListFunctions20150331 kms:DescribeKey',
    callsPerDay: 45,
  },
  {
    host: 'autoscaling.amazonaws.com',
    linkedRole: 'AWSServiceRoleForAutoScaling',
    actions:
      'ec2:DescribeInstances ec2:RunInstances ec2:TerminateInstances ec2:CreateTags elasticloadbalancing:RegisterTargets',
    callsPerDay: 14,
  },
  { host: 'ec2.amazonaws.com', linkedRole: '', actions: 'sts:AssumeRole', callsPerDay: 30 },
  { host: 'lambda.amazonaws.com', linkedRole: '', actions: 'sts:AssumeRole logs:CreateLogStream', callsPerDay: 25 },
  {
    host: 'guardduty.amazonaws.com',
    linkedRole: 'AWSServiceRoleForAmazonGuardDuty',
    actions: 'ec2:DescribeInstances ec2:DescribeVpcEndpoints organizations:ListAccounts',
    callsPerDay: 12,
  },
  {
    host: 'access-analyzer.amazonaws.com',
    linkedRole: 'AWSServiceRoleForAccessAnalyzer',
    actions: 's3:GetBucketPolicy iam:GetRole kms:GetKeyPolicy sqs:GetQueueAttributes',
    callsPerDay: 10,
  },
  {
    host: 'rds.amazonaws.com',
    linkedRole: 'AWSServiceRoleForRDS',
    actions: 'ec2:DescribeSecurityGroups ec2:DescribeSubnets kms:DescribeKey',
    callsPerDay: 8,
  },
]

export const serviceCount: number = rows.length
export const serviceCallsPerDay: number = rows.reduce((sum, row) => sum + row.callsPerDay, 0)

/** One service's calls in one account. */
export function* serviceStream(
  position: number,
  account: Account,
  world: World,
  random: Random,
): Generator<SimulatedEvent> {
  const row = rows[position]!
  const teams = world.population.teams.filter((team) => team.account.id === account.id)
  if (teams.length === 0) return
  const actions = row.actions.split(' ').map(actionNamed)
  const role =
    row.linkedRole === '' ? undefined : createRole(`aws-service-role/${row.host}/${row.linkedRole}`, account.id, random)
  const untilMs = world.startMs + world.days * dayMs
  const sessionOf = (team: Team, atMs: number): Session => ({
    identity:
      role === undefined
        ? serviceIdentity(row.host)
        : roleIdentity(role, { startMs: atMs, mfa: false, sessionName: row.linkedRole, invokedBy: row.host }, random),
    address: row.host,
    agent: row.host,
    region: team.region,
    accountId: account.id,
    fromConsole: false,
  })
  let nowMs = world.startMs
  while (nowMs < untilMs) {
    nowMs += random.exponential(dayMs / (row.callsPerDay * world.programScale))
    const team = random.pick(teams)
    const session = sessionOf(team, nowMs)
    for (let left = random.chance(0.2) ? random.between(2, 6) : 1; left > 0; left--) {
      const action = random.pickSkewed(actions)
      const resource = random.pick(team.resources[action.resource] ?? [''])
      nowMs = yield* call(session, action, resource, nowMs + random.range(0, 900), random, programFailures)
    }
  }
}

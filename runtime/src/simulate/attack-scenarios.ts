import { blocksOf } from './address-blocks.ts'
import { addressIn, drawAddress } from './addresses.ts'
import {
  dayOf,
  ownSession,
  pickPerson,
  pickWorkload,
  play,
  programSession,
  runSession,
  type Stage,
  steps,
  stolen,
} from './attack-stage.ts'
import { hourMs, isWeekend, localMidnightMs, minuteMs } from './calendar.ts'
import type { Person } from './population.ts'
import { sharedSnapshot, trustPolicy } from './request-parameters.ts'
import { agentText, createAgent } from './user-agents.ts'
import { type SimulatedEvent, writeSignIn } from './write-record.ts'

/** A scripted attack: who is hit and what is called. Names and techniques are those that labels carry. */
export interface Scenario {
  readonly name: string
  /** MITRE ATT&CK for Enterprise, version 16. */
  readonly technique: string
  readonly run: (stage: Stage) => Generator<SimulatedEvent, void>
}

const usesKey = (person: Person): boolean => person.principal.kind === 'user'
const isEngineer = (person: Person): boolean => person.job === 'dev' || person.job === 'ops'

function* stolenKey(stage: Stage): Generator<SimulatedEvent, void> {
  const victim = pickPerson(stage, usesKey)
  const session = stolen(ownSession(victim, stage, 'command'), stage, 'boto3', victim.team.zone.country)
  const target = stage.random.pick(victim.team.resources['user']!)
  const nowMs = yield* play(
    stage,
    session,
    steps(
      'sts:GetCallerIdentity iam:ListUsers iam:ListRoles iam:ListAttachedUserPolicies*3 s3:ListBuckets ec2:DescribeInstances secretsmanager:ListSecrets',
      0.2,
    ),
    [victim.team],
    8000,
    stage.startMs,
  )
  yield* play(
    stage,
    session,
    [
      { name: 'iam:CreateAccessKey', resource: target, denied: 0.3 },
      { name: 'iam:CreateAccessKey', resource: target },
      {
        name: 'iam:AttachUserPolicy',
        parameters: { userName: target, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      },
    ],
    [victim.team],
    60_000,
    nowMs,
  )
}

function* leakedPipelineRole(stage: Stage): Generator<SimulatedEvent, void> {
  const pipeline = stage.random.pick(stage.world.population.pipelines)
  const leaked = runSession(pipeline, stage, drawAddress('vpn', '', stage.random))
  const session = { ...leaked, agent: agentText(createAgent('cli', stage.random), dayOf(stage)) }
  yield* play(
    stage,
    session,
    steps(
      'sts:GetCallerIdentity s3:ListBuckets ssm:GetParametersByPath*3 secretsmanager:GetSecretValue*4 ecr:DescribeRepositories lambda:GetFunction20150331v2*2 lambda:UpdateFunctionCode20150331v2*2',
      0.15,
    ),
    [pipeline.team],
    25_000,
    stage.startMs,
  )
}

function* instanceCredential(stage: Stage): Generator<SimulatedEvent, void> {
  const workload = pickWorkload(stage, ({ kind }) => kind === 'instance')
  const session = stolen(programSession(workload, stage), stage, 'cli', workload.team.zone.country)
  yield* play(
    stage,
    session,
    steps(
      'sts:GetCallerIdentity s3:ListBuckets ec2:DescribeInstances iam:ListRoles dynamodb:ListTables s3:ListObjects*4 s3:GetObject*18',
      0.25,
    ),
    [workload.team],
    9000,
    stage.startMs,
  )
}

function* consoleThenStopLogging(stage: Stage): Generator<SimulatedEvent, void> {
  const { random } = stage
  const victim = pickPerson(stage, (person) => usesKey(person) && (person.job === 'sec' || person.job === 'ops'))
  const own = ownSession({ ...victim, mfa: false }, stage, 'browser')
  const session = stolen(own, stage, 'browser', victim.team.zone.country)
  yield { ...writeSignIn(session, true, false, stage.startMs, random), label: stage.label }
  yield* play(
    stage,
    session,
    steps(
      'cloudtrail:DescribeTrails cloudtrail:GetTrailStatus guardduty:ListDetectors cloudtrail:StopLogging iam:ListUsers ec2:DescribeInstances ec2:RunInstances*3',
      0.05,
    ),
    [victim.team],
    30_000,
    stage.startMs,
  )
}

function* insiderDownload(stage: Stage): Generator<SimulatedEvent, void> {
  const { random, world } = stage
  const victim = pickPerson(stage, ({ job }) => job === 'data' || job === 'dev')
  const { zone } = victim.team
  let date = world.firstDay + dayOf(stage) + 1
  while (isWeekend(date) || localMidnightMs(zone, date) < stage.startMs) date++
  const startMs = localMidnightMs(zone, date) + (victim.startHour + random.range(2, 6)) * hourMs
  const session = ownSession(victim, { ...stage, startMs }, 'command')
  const others = random.shuffle(world.population.teams).slice(0, 3)
  yield* play(
    stage,
    session,
    steps('s3:ListBuckets s3:ListObjects*8 s3:GetObject*140 dynamodb:ListTables', 0.04),
    others,
    5000,
    startMs,
  )
}

function* secretsByWorkload(stage: Stage): Generator<SimulatedEvent, void> {
  const workload = pickWorkload(stage, ({ kind }) => kind !== 'key')
  const session = programSession(workload, stage)
  const teams = [workload.team, ...stage.random.shuffle(stage.world.population.teams).slice(0, 3)]
  yield* play(
    stage,
    session,
    steps(
      'sts:GetCallerIdentity secretsmanager:ListSecrets ssm:DescribeParameters secretsmanager:DescribeSecret*6 secretsmanager:GetSecretValue*16 ssm:GetParameter*8',
      0.35,
    ),
    teams,
    4000,
    stage.startMs,
  )
}

function* sharedOutside(stage: Stage): Generator<SimulatedEvent, void> {
  const victim = pickPerson(stage, isEngineer)
  const own = ownSession(victim, stage, 'command')
  const session = stage.random.chance(0.5) ? own : stolen(own, stage, 'boto3', victim.team.zone.country)
  const nowMs = yield* play(
    stage,
    session,
    steps('ec2:DescribeVolumes ec2:DescribeSnapshots*2 ec2:CreateSnapshot'),
    [victim.team],
    20_000,
    stage.startMs,
  )
  const shares = victim.team.resources['snapshot']!.slice(0, 3).map((snapshot) => ({
    name: 'ec2:ModifySnapshotAttribute',
    resource: snapshot,
    parameters: sharedSnapshot(snapshot, stage.outsideAccountId),
  }))
  yield* play(stage, session, shares, [victim.team], 15_000, nowMs)
}

function* trustBackdoor(stage: Stage): Generator<SimulatedEvent, void> {
  const victim = pickPerson(stage, ({ job }) => job === 'ops' || job === 'sec')
  const own = ownSession(victim, stage, 'command')
  const session = stage.random.chance(0.5) ? own : stolen(own, stage, 'cli', victim.team.zone.country)
  const role = stage.random.pick(victim.team.resources['role']!)
  const policyDocument = trustPolicy(`arn:aws:iam::${stage.outsideAccountId}:root`)
  yield* play(
    stage,
    session,
    [
      ...steps('iam:ListRoles iam:GetRole*4 iam:ListAttachedRolePolicies*2'),
      { name: 'iam:UpdateAssumeRolePolicy', resource: role, parameters: { roleName: role, policyDocument } },
      {
        name: 'iam:AttachRolePolicy',
        parameters: { roleName: role, policyArn: 'arn:aws:iam::aws:policy/AdministratorAccess' },
      },
    ],
    [victim.team],
    30_000,
    stage.startMs,
  )
}

function* lambdaPersistence(stage: Stage): Generator<SimulatedEvent, void> {
  const victim = pickPerson(stage, isEngineer)
  const session = stolen(ownSession(victim, stage, 'command'), stage, 'boto3', victim.team.zone.country)
  const name = `${victim.team.name}-health-${stage.random.hex(4)}`
  yield* play(
    stage,
    session,
    [
      ...steps('sts:GetCallerIdentity lambda:ListFunctions20150331 iam:ListRoles'),
      { name: 'iam:CreateRole', denied: 0.3 },
      { name: 'lambda:CreateFunction20150331', resource: name },
      {
        name: 'lambda:AddPermission20150331v2',
        parameters: { functionName: name, action: 'lambda:InvokeFunctionUrl', principal: '*' },
      },
      { name: 'lambda:CreateFunctionUrlConfig', resource: name },
      { name: 'events:PutRule' },
      { name: 'events:PutTargets' },
    ],
    [victim.team],
    40_000,
    stage.startMs,
  )
}

function* ransom(stage: Stage): Generator<SimulatedEvent, void> {
  const victim = pickPerson(stage, ({ job }) => job === 'ops')
  const session = stolen(ownSession(victim, stage, 'script'), stage, 'boto3', victim.team.zone.country)
  const bucket = victim.team.resources['bucket']![0]!
  yield* play(
    stage,
    session,
    [
      ...steps('s3:ListBuckets kms:ListKeys backup:ListRecoveryPointsByBackupVault'),
      {
        name: 's3:PutBucketVersioning',
        parameters: { bucketName: bucket, VersioningConfiguration: { Status: 'Suspended' } },
      },
      ...steps('s3:GetObject*30 s3:DeleteObjects*40 backup:DeleteRecoveryPoint*5 ec2:DeleteSnapshot*3', 0.08),
      { name: 'kms:DisableKey' },
      {
        name: 'kms:ScheduleKeyDeletion',
        parameters: { keyId: victim.team.resources['key']![0]!, pendingWindowInDays: 7 },
      },
    ],
    [victim.team],
    2500,
    stage.startMs,
  )
}

function* mailAbuse(stage: Stage): Generator<SimulatedEvent, void> {
  const victim = pickPerson(stage, usesKey)
  const session = stolen(ownSession(victim, stage, 'command'), stage, 'boto3', victim.team.zone.country)
  yield* play(
    stage,
    session,
    steps(
      'sts:GetCallerIdentity ses:GetSendQuota ses:GetAccountSendingEnabled ses:ListIdentities ses:VerifyEmailIdentity*2 ses:UpdateAccountSendingEnabled ses:GetSendQuota ses:SendEmail*60',
      0.1,
    ),
    [victim.team],
    6000,
    stage.startMs,
  )
}

/** Few guesses for each of many users, then one that fits. */
function* passwordSpray(stage: Stage): Generator<SimulatedEvent, void> {
  const { random, world } = stage
  const address = addressIn(random.pick(blocksOf('vpn', '')), random)
  const agent = agentText(createAgent('browser', random), dayOf(stage))
  const users = random.shuffle(world.population.people.filter(usesKey)).slice(0, sprayedMax)
  const victim = pickPerson(stage, (person) => usesKey(person) && !person.mfa)
  let nowMs = stage.startMs
  for (const user of [...users, ...users, victim]) {
    nowMs += random.logNormal(20_000, 0.7)
    const session = { ...ownSession(user, { ...stage, startMs: nowMs }, 'browser'), address, agent }
    yield { ...writeSignIn(session, false, false, nowMs, random), label: stage.label }
  }
  nowMs += 90_000
  const session = { ...ownSession({ ...victim, mfa: false }, { ...stage, startMs: nowMs }, 'browser'), address, agent }
  yield { ...writeSignIn(session, true, false, nowMs, random), label: stage.label }
  yield* play(
    stage,
    session,
    steps(
      'iam:GetUser iam:ListUsers s3:ListBuckets secretsmanager:ListSecrets ec2:DescribeInstances iam:ListAttachedUserPolicies',
      0.25,
    ),
    [victim.team],
    20_000,
    nowMs,
  )
}

/** Users that one spraying tries. */
const sprayedMax = 14

/** A few calls a day, for a week, from a server near the victim. */
function* slowReconnaissance(stage: Stage): Generator<SimulatedEvent, void> {
  const { random } = stage
  const victim = pickPerson(stage, usesKey)
  const { country } = victim.team.zone
  const address = drawAddress('hosting', country, random)
  const session = { ...ownSession(victim, stage, 'command'), address }
  const calls = random.shuffle(
    steps(
      'sts:GetCallerIdentity iam:ListUsers iam:ListRoles iam:GetUser iam:ListAccessKeys s3:ListBuckets s3:GetBucketPolicy*2 s3:GetBucketAcl*2 ec2:DescribeInstances ec2:DescribeSecurityGroups ec2:DescribeSnapshots rds:DescribeDBInstances lambda:ListFunctions20150331 secretsmanager:ListSecrets ssm:DescribeParameters kms:ListKeys cloudtrail:DescribeTrails organizations:ListAccounts',
      0.15,
    ),
  )
  let nowMs = stage.startMs
  for (const call of calls) {
    nowMs += random.range(3, 14) * hourMs
    nowMs = yield* play(
      stage,
      {
        ...session,
        identity: { ...session.identity, accessKeyId: keyNow(victim, session.identity.accessKeyId ?? '') },
      },
      [call],
      [victim.team],
      minuteMs,
      nowMs,
    )
  }
}

/** Whoever holds a key's secret uses it as long as it is valid; after a rotation they have got hold of the next one. */
function keyNow(victim: Person, otherwise: string): string {
  return victim.principal.kind === 'user' ? victim.principal.keyId : otherwise
}

/** Every scenario; attacks go through them in an order drawn from the seed. */
export const scenarios: readonly Scenario[] = [
  { name: 'stolen-key', technique: 'T1098.001', run: stolenKey },
  { name: 'leaked-pipeline-role', technique: 'T1078.004', run: leakedPipelineRole },
  { name: 'instance-credential', technique: 'T1552.005', run: instanceCredential },
  { name: 'console-then-stop-logging', technique: 'T1562.008', run: consoleThenStopLogging },
  { name: 'insider-download', technique: 'T1530', run: insiderDownload },
  { name: 'secrets-by-workload', technique: 'T1555.006', run: secretsByWorkload },
  { name: 'snapshot-shared-outside', technique: 'T1537', run: sharedOutside },
  { name: 'trust-backdoor', technique: 'T1098.003', run: trustBackdoor },
  { name: 'lambda-persistence', technique: 'T1546', run: lambdaPersistence },
  { name: 'ransom', technique: 'T1485', run: ransom },
  { name: 'mail-abuse', technique: 'T1496.004', run: mailAbuse },
  { name: 'password-spray', technique: 'T1110.003', run: passwordSpray },
  { name: 'slow-reconnaissance', technique: 'T1580', run: slowReconnaissance },
]

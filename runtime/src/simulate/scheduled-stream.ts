import { type Action, actionNamed, actionsOfJob } from './action-catalogue.ts'
import { dayMs, hourMs } from './calendar.ts'
import { call, type FailureShares, programFailures } from './call.ts'
import { roleIdentity } from './credential.ts'
import type { Scheduled } from './population.ts'
import type { Random } from './random.ts'
import { agentText } from './user-agents.ts'
import type { World } from './world.ts'
import type { Session, SimulatedEvent } from './write-record.ts'

/** An auditor's role lacks a permission here and there. */
const scanFailures: FailureShares = { denied: 0.02, throttled: 0.01, absent: 0.02 }

/** Nightly backups, and scans that read the settings of everything the organisation has. */
export function* scheduledStream(job: Scheduled, world: World, random: Random): Generator<SimulatedEvent> {
  for (let day = job.firstDay; day < world.days; day += job.everyDays) {
    const atMs = (world.firstDay + day) * dayMs + job.hour * hourMs + random.range(0, 300_000)
    const session = openJobSession(job, world, atMs, random)
    yield* job.kind === 'scan' ? scan(world, session, atMs, random) : backUp(job, session, atMs, random)
  }
}

function openJobSession(job: Scheduled, world: World, atMs: number, random: Random): Session {
  const sessionName = `${job.kind}-${random.hex(12)}`
  return {
    identity: roleIdentity(job.principal, { startMs: atMs, mfa: false, sessionName }, random),
    address: job.address,
    agent: agentText(job.agent, Math.floor(atMs / dayMs) - world.firstDay),
    region: job.team.region,
    accountId: job.principal.accountId,
    fromConsole: false,
  }
}

/** Every reading action of auditors, on a resource of each team that has one. */
function* scan(world: World, session: Session, atMs: number, random: Random): Generator<SimulatedEvent> {
  let nowMs = atMs
  for (const action of actionsOfJob('audit')) {
    const teams = action.resource === 'none' ? world.population.teams.slice(0, 1) : world.population.teams
    for (const team of teams.slice(0, scannedTeamsMax)) {
      const resource = random.pick(team.resources[action.resource] ?? [''])
      nowMs = yield* call(session, action, resource, nowMs + random.exponential(700), random, scanFailures)
    }
  }
}

/** Teams whose resources one scan looks at. */
const scannedTeamsMax = 12

const backupSteps: readonly Action[] = [
  'rds:DescribeDBInstances',
  'rds:CreateDBSnapshot',
  'ec2:DescribeSnapshots',
  'ec2:CreateSnapshot',
  'ec2:CopySnapshot',
  'dynamodb:CreateBackup',
  'backup:StartBackupJob',
  's3:GetObject',
  's3:PutObject',
  'ec2:DeleteSnapshot',
  'rds:DeleteDBSnapshot',
  'backup:DeleteRecoveryPoint',
  'backup:ListRecoveryPointsByBackupVault',
].map(actionNamed)

function* backUp(job: Scheduled, session: Session, atMs: number, random: Random): Generator<SimulatedEvent> {
  let nowMs = atMs
  for (const action of backupSteps) {
    // Old copies go when new ones are there, a few at a time.
    const times = action.operation.startsWith('Delete') ? random.below(3) : random.between(1, 4)
    for (let time = 0; time < times; time++) {
      const resource = random.pick(job.team.resources[action.resource] ?? [''])
      nowMs = yield* call(session, action, resource, nowMs + random.exponential(4000), random, programFailures)
    }
  }
}

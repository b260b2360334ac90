import { actionNamed } from './action-catalogue.ts'
import { drawAddress } from './addresses.ts'
import { dayMs, formatTime, hourMs, isWeekend, localMidnightMs, minuteMs } from './calendar.ts'
import { call, programFailures } from './call.ts'
import { roleIdentity } from './credential.ts'
import { drawAction, drawResource } from './habit.ts'
import type { Pipeline } from './population.ts'
import type { Random } from './random.ts'
import { agentText } from './user-agents.ts'
import type { World } from './world.ts'
import { type Session, type SimulatedEvent, writeCall } from './write-record.ts'

const issuer = 'token.actions.githubusercontent.com'

/** Builds and deployments of one repository: each run from another hosted machine, in a session of its own. */
export function* pipelineStream(pipeline: Pipeline, world: World, random: Random): Generator<SimulatedEvent> {
  let busyUntilMs = 0
  for (let day = -1; day <= world.days; day++) {
    const date = world.firstDay + day
    const midnightMs = localMidnightMs(pipeline.team.zone, date)
    const runs = random.poisson(pipeline.runsPerDay * (isWeekend(date) ? 0.12 : 1))
    const starts = Array.from(
      { length: runs },
      () => midnightMs + (random.chance(0.9) ? random.range(9, 19) : random.range(0, 24)) * hourMs,
    )
    for (const startMs of starts.sort((a, b) => a - b)) {
      busyUntilMs = yield* run(pipeline, world, Math.max(startMs, busyUntilMs + minuteMs), random)
    }
  }
}

function* run(pipeline: Pipeline, world: World, atMs: number, random: Random): Generator<SimulatedEvent, number> {
  const session = openRunSession(pipeline, world, atMs, drawAddress('runner', 'US', random), random)
  yield assumeRole(pipeline, session, atMs, random)
  let nowMs = atMs + 1000
  for (let left = Math.max(3, Math.round(random.logNormal(18 * world.programScale, 0.5))); left > 0; left--) {
    const action = drawAction(pipeline.habit, random)
    const resource = drawResource(action, pipeline.team, 0, random)
    nowMs = yield* call(session, action, resource, nowMs + random.logNormal(1800, 1), random, programFailures)
  }
  return nowMs
}

/** The session that a run's token is exchanged for. */
export function openRunSession(
  pipeline: Pipeline,
  world: World,
  atMs: number,
  address: string,
  random: Random,
): Session {
  const { principal, team } = pipeline
  const sessionName = `run-${random.between(9_000_000_000, 9_999_999_999)}`
  const webIdentity = {
    federatedProvider: `arn:aws:iam::${principal.accountId}:oidc-provider/${issuer}`,
    attributes: { sub: `repo:${pipeline.repository}:ref:refs/heads/main`, aud: 'sts.amazonaws.com' },
  }
  return {
    identity: roleIdentity(principal, { startMs: atMs, mfa: false, sessionName, webIdentity }, random),
    address,
    agent: agentText(pipeline.agent, Math.floor(atMs / dayMs) - world.firstDay),
    region: team.region,
    accountId: principal.accountId,
    fromConsole: false,
  }
}

/** The exchange itself, whose caller has no role yet. */
function assumeRole(pipeline: Pipeline, session: Session, atMs: number, random: Random): SimulatedEvent {
  const { principal, repository } = pipeline
  const subject = `repo:${repository}:ref:refs/heads/main`
  const roleArn = `arn:aws:iam::${principal.accountId}:role/${principal.name}`
  const token: Session = {
    ...session,
    identity: {
      type: 'WebIdentityUser',
      principalId: `arn:aws:iam::${principal.accountId}:oidc-provider/${issuer}:sts.amazonaws.com:${subject}`,
      userName: subject,
      identityProvider: `arn:aws:iam::${principal.accountId}:oidc-provider/${issuer}`,
    },
  }
  const assumed = { ...actionNamed('sts:AssumeRole'), operation: 'AssumeRoleWithWebIdentity' }
  return writeCall(token, assumed, principal.name, atMs, random, {
    parameters: { roleArn, roleSessionName: session.identity.arn?.split('/').pop() ?? '', durationSeconds: 3600 },
    response: {
      credentials: { accessKeyId: session.identity.accessKeyId ?? '', expiration: formatTime(atMs + hourMs) },
      subjectFromWebIdentityToken: subject,
    },
  })
}

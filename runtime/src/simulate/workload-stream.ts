import { actionNamed } from './action-catalogue.ts'
import { addressIn, privateAddress } from './addresses.ts'
import { dailyLoad, dayMs, hourMs } from './calendar.ts'
import { call, programFailures } from './call.ts'
import { keyIdentity, roleIdentity } from './credential.ts'
import { drawAction, drawResource } from './habit.ts'
import type { Workload } from './population.ts'
import { hashText, type Random } from './random.ts'
import { agentText } from './user-agents.ts'
import type { World } from './world.ts'
import type { Session, SimulatedEvent } from './write-record.ts'

/** How long a role's session lasts before its program asks for another. */
const sessionMs = 6 * hourMs
/** How long an instance lives. */
const instanceMs = 4 * dayMs

/** What a program calls, all day or in a nightly run. */
export function* workloadStream(workload: Workload, world: World, random: Random): Generator<SimulatedEvent> {
  const callsPerDay = workload.callsPerDay * world.programScale
  const untilMs = world.startMs + world.days * dayMs
  if (workload.batchHour !== undefined) {
    yield* nightly(workload, world, callsPerDay, random)
    return
  }
  let nowMs = world.startMs + random.exponential(dayMs / callsPerDay)
  let session = openProgramSession(workload, world, nowMs, random)
  let renewMs = nowMs + sessionMs
  const peakHour = (14 - workload.team.zone.standardMinutes / 60 + 24) % 24
  while (nowMs < untilMs) {
    if (nowMs >= renewMs) {
      session = openProgramSession(workload, world, nowMs, random)
      renewMs = nowMs + sessionMs
      if (workload.kind === 'instance')
        nowMs = yield* call(session, actionNamed('ssm:UpdateInstanceInformation'), '', nowMs, random, programFailures)
    }
    const action = drawAction(workload.habit, random)
    // Traffic comes in bursts: a request makes several calls.
    const burst = random.chance(0.06) ? random.between(3, 15) : 1
    for (let left = burst; left > 0; left--) {
      nowMs = yield* call(
        session,
        action,
        drawResource(action, workload.team, workload.taste, random),
        nowMs,
        random,
        programFailures,
      )
      nowMs += random.range(20, 400)
    }
    const load = dailyLoad((nowMs % dayMs) / hourMs, peakHour)
    nowMs += random.exponential((dayMs * 1.5) / (callsPerDay * load))
  }
}

function* nightly(workload: Workload, world: World, callsPerDay: number, random: Random): Generator<SimulatedEvent> {
  let nowMs = 0
  for (let day = 0; day < world.days; day++) {
    const plannedMs = (world.firstDay + day) * dayMs + workload.batchHour! * hourMs + random.range(0, 600_000)
    nowMs = Math.max(nowMs, plannedMs) // a run that takes more than a day holds up the next
    const session = openProgramSession(workload, world, nowMs, random)
    for (let left = Math.round(callsPerDay * random.range(0.7, 1.3)); left > 0; left--) {
      const action = drawAction(workload.habit, random)
      nowMs = yield* call(
        session,
        action,
        drawResource(action, workload.team, workload.taste, random),
        nowMs,
        random,
        programFailures,
      )
      nowMs += random.exponential(8000)
    }
  }
}

/** A session as the program's surroundings would give it one: an instance, a pod, a function, a key on a server. */
export function openProgramSession(workload: Workload, world: World, atMs: number, random: Random): Session {
  const { principal, team, kind } = workload
  const day = Math.floor(atMs / dayMs) - world.firstDay
  const common = {
    agent: agentText(workload.agent, day),
    region: team.region,
    accountId: principal.accountId,
    fromConsole: false,
  }
  if (principal.kind === 'user') return { ...common, identity: keyIdentity(principal), address: workload.address }
  const facts = { startMs: atMs, mfa: false }
  switch (kind) {
    case 'pod': {
      const issuer = `oidc.eks.${team.region}.amazonaws.com/id/${hashText(team.name).toString(16).padStart(8, '0').toUpperCase()}`
      const webIdentity = {
        federatedProvider: `arn:aws:iam::${principal.accountId}:oidc-provider/${issuer}`,
        attributes: {},
      }
      const sessionName = `botocore-session-${Math.floor(atMs / 1000)}`
      return {
        ...common,
        identity: roleIdentity(principal, { ...facts, sessionName, webIdentity }, random),
        address: workload.address,
      }
    }
    case 'function': {
      const sessionName = principal.name.slice(0, -'-role'.length)
      const block = workload.address.slice(0, workload.address.lastIndexOf('.'))
      return {
        ...common,
        identity: roleIdentity(principal, { ...facts, sessionName }, random),
        address: addressIn(block, random),
      }
    }
    default: {
      const sessionName = instanceName(principal.name, atMs)
      const address = workload.taste < 2 ? privateAddress(hashText(principal.name) & 255, random) : workload.address
      return {
        ...common,
        identity: roleIdentity(principal, { ...facts, sessionName, roleDelivery: '2.0' }, random),
        address,
      }
    }
  }
}

/** The instance that runs the program at that time: a new one every few days. */
function instanceName(roleName: string, atMs: number): string {
  const generation = Math.floor(atMs / instanceMs + (hashText(roleName) % 97) / 97)
  const words = [1, 2, 3].map((lane) => hashText(`${roleName} ${generation}`, lane).toString(16).padStart(8, '0'))
  return `i-0${words.join('').slice(0, 16)}`
}

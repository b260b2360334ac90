import type { Job } from './action-catalogue.ts'
import { countryAbroad, drawAddress } from './addresses.ts'
import { createRole, createUser, type Principal } from './credential.ts'
import { createHabit, type Habit } from './habit.ts'
import { createName } from './person-name.ts'
import type { Random } from './random.ts'
import { type Account, createTeam, type Team } from './team.ts'
import { type Agent, type AgentFamily, createAgent, createServerAgent } from './user-agents.ts'

/** Days of the simulation, both included. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What happens to somebody in the days that are simulated. */
export interface Life {
  readonly joinDay: number
  readonly holiday: Span | undefined
  readonly trip: (Span & { readonly country: string }) | undefined
  /** From this day on with another team and habit. */
  readonly move: { readonly day: number; readonly team: Team; readonly habit: Habit } | undefined
  /** The day on which the access key is replaced. */
  readonly rotationDay: number | undefined
  /** Week of the rota, counted from the first day, in which the nights are theirs; -1 for none. */
  readonly onCallWeek: number
}

export interface Person {
  readonly name: string
  readonly team: Team
  readonly job: Job
  readonly principal: Principal
  readonly sessionName: string
  readonly mfa: boolean
  readonly habit: Habit
  readonly taste: number
  readonly agents: Readonly<Record<'browser' | 'command' | 'script', Agent>>
  readonly homeAddress: string
  /** First numbers of the mobile network's block; the host changes from day to day. */
  readonly mobileAddress: string
  /** Of ten working days, how many are spent in the office. */
  readonly officeDays: number
  /** Local hour at which the day begins. */
  readonly startHour: number
  readonly life: Life
}

export type WorkloadKind = 'instance' | 'pod' | 'function' | 'key'

export interface Workload {
  readonly kind: WorkloadKind
  readonly team: Team
  readonly principal: Principal
  readonly habit: Habit
  readonly agent: Agent
  readonly address: string
  readonly taste: number
  /** Calls a day before scaling. */
  readonly callsPerDay: number
  /** Hour of the nightly run, UTC; undefined for one that serves all day. */
  readonly batchHour: number | undefined
}

export interface Pipeline {
  readonly team: Team
  readonly repository: string
  readonly principal: Principal & { readonly kind: 'role' }
  readonly habit: Habit
  readonly agent: Agent
  readonly runsPerDay: number
}

/** A backup job or an auditor: read across everything or copy, at set times. */
export interface Scheduled {
  readonly kind: 'backup' | 'scan'
  readonly team: Team
  readonly principal: Principal & { readonly kind: 'role' }
  readonly agent: Agent
  readonly address: string
  readonly hour: number
  /** Days between runs, and the first of them. */
  readonly everyDays: number
  readonly firstDay: number
}

export interface Population {
  readonly accounts: readonly Account[]
  readonly teams: readonly Team[]
  readonly people: readonly Person[]
  readonly workloads: readonly Workload[]
  readonly pipelines: readonly Pipeline[]
  readonly scheduled: readonly Scheduled[]
}

/** Shares of the identities; what is left over are workloads. Root and the services that AWS runs come on top. */
const shares = { people: 0.5, pipelines: 0.13, scheduled: 0.05 }

/** Everybody who calls, drawn from the seed. At least 12 identities. */
export function createPopulation(identities: number, days: number, random: Random): Population {
  const accounts = ['prod', 'staging', 'data', 'security'].map((name) => ({
    id: `${random.between(2, 9)}${random.text(11, '0123456789')}`,
    name,
  }))
  const teams = Array.from({ length: Math.max(2, Math.round(identities / 24)) }, (_, position) =>
    createTeam(position, accounts, random.child()),
  )
  const counts = {
    people: Math.round(identities * shares.people),
    pipelines: Math.max(1, Math.round(identities * shares.pipelines)),
    scheduled: Math.max(2, Math.round(identities * shares.scheduled)),
  }
  const workloads = Math.max(1, identities - counts.people - counts.pipelines - counts.scheduled)
  const permissionSets = createPermissionSets(accounts, random)
  const many = <T>(count: number, create: (position: number, random: Random) => T): T[] =>
    Array.from({ length: count }, (_, position) => create(position, random.child()))
  return {
    accounts,
    teams,
    people: many(counts.people, (position, own) => createPerson(position, teams, permissionSets, days, own)),
    workloads: many(workloads, (position, own) => createWorkload(position, teams[position % teams.length]!, own)),
    pipelines: many(counts.pipelines, (position, own) =>
      createPipeline(position, teams[position % teams.length]!, own),
    ),
    scheduled: many(counts.scheduled, (position, own) => createScheduled(position, teams, days, own)),
  }
}

type PermissionSets = ReadonlyMap<string, Principal & { readonly kind: 'role' }>

const permissionSetOfJob: Readonly<Partial<Record<Job, string>>> = {
  dev: 'Developer',
  data: 'DataAnalyst',
  ops: 'PlatformAdmin',
  sec: 'SecurityAudit',
  fin: 'Billing',
}

/** One role for every permission set and account: its holders share it, as in IAM Identity Center. */
function createPermissionSets(accounts: readonly Account[], random: Random): PermissionSets {
  const sets = new Map<string, Principal & { readonly kind: 'role' }>()
  for (const account of accounts) {
    for (const set of Object.values(permissionSetOfJob)) {
      const name = `aws-reserved/sso.amazonaws.com/AWSReservedSSO_${set}_${random.hex(16)}`
      sets.set(`${account.id} ${set}`, createRole(name, account.id, random))
    }
  }
  return sets
}

/** By position, so that even a small organisation has somebody for every job. */
const jobs: readonly Job[] = [
  'dev',
  'ops',
  'dev',
  'data',
  'sec',
  'dev',
  'dev',
  'data',
  'ops',
  'dev',
  'fin',
  'dev',
  'dev',
]

const breadths: Readonly<Partial<Record<Job, number>>> = { dev: 34, data: 26, ops: 60, sec: 34, fin: 12 }

function createPerson(
  position: number,
  teams: readonly Team[],
  sets: PermissionSets,
  days: number,
  random: Random,
): Person {
  const team = teams[position % teams.length]!
  const job = jobs[position % jobs.length]!
  const name = createName(position, random)
  const isUser = position % 10 >= 7
  const principal = isUser
    ? createUser(name, team.account.id, random)
    : sets.get(`${team.account.id} ${permissionSetOfJob[job]}`)!
  const habit = () => createHabit(job, { breadth: breadths[job] ?? 24, writeWeight: 0.3 }, random)
  const { country } = team.zone
  return {
    name,
    team,
    job,
    principal,
    sessionName: `${name}@corp.example`,
    mfa: !isUser || random.chance(0.6),
    habit: habit(),
    taste: random.below(8),
    agents: {
      browser: createAgent('browser', random),
      command: createAgent('cli', random),
      script: createAgent(
        random.pick<AgentFamily>(job === 'ops' ? ['terraform', 'boto3', 'go'] : ['boto3', 'js']),
        random,
      ),
    },
    homeAddress: drawAddress('home', country, random),
    mobileAddress: drawAddress('home', country, random),
    officeDays: random.weighted([2, 1, 1, 2, 3, 3, 3, 3, 2, 2, 2]),
    startHour: 7.4 + random.unit() * 2.6,
    life: createLife(position, isUser, days, country, random, () => ({
      team: teams[(position + 1 + random.below(teams.length - 1)) % teams.length]!,
      habit: habit(),
    })),
  }
}

function createLife(
  position: number,
  isUser: boolean,
  days: number,
  country: string,
  random: Random,
  elsewhere: () => { readonly team: Team; readonly habit: Habit },
): Life {
  const span = (length: number): Span => {
    const from = random.below(Math.max(1, days - 2))
    return { from, to: from + length }
  }
  return {
    joinDay: random.chance(0.06) ? random.below(Math.max(1, days - 3)) : -1,
    holiday: random.chance(days / 120) ? span(random.between(4, 13)) : undefined,
    // Somebody is always away, even in a small organisation.
    trip:
      position % 12 === 3 || random.chance(days / 300)
        ? { ...span(random.between(2, 8)), country: countryAbroad(country, random) }
        : undefined,
    move: random.chance(0.04) ? { day: random.below(days), ...elsewhere() } : undefined,
    rotationDay: isUser && random.chance(days / 90) ? random.below(days) : undefined,
    onCallWeek: random.chance(0.25) ? random.below(Math.max(1, Math.ceil(days / 7))) : -1,
  }
}

const workloadStems: readonly string[] = 'api worker cron stream mail search cache billing gateway export'.split(' ')
const workloadKinds: readonly WorkloadKind[] = [
  'instance',
  'pod',
  'instance',
  'function',
  'instance',
  'pod',
  'function',
  'key',
]

function createWorkload(position: number, team: Team, random: Random): Workload {
  const kind = workloadKinds[position % workloadKinds.length]!
  const isBatch = random.chance(0.22)
  const name = `${team.name}-${workloadStems[position % workloadStems.length]!}-${position}`
  const habit = createHabit(isBatch ? 'etl' : 'app', { breadth: random.between(3, 9), writeWeight: 0.8 }, random)
  return {
    kind,
    team,
    principal:
      kind === 'key'
        ? createUser(`svc-${name}`, team.account.id, random)
        : createRole(`${name}-role`, team.account.id, random),
    habit,
    agent: createServerAgent(random.pick<AgentFamily>(['boto3', 'java', 'go', 'js', 'boto3', 'java']), random),
    address: drawAddress('cloud', kind === 'key' && random.chance(0.3) ? 'gcp' : team.region, random),
    taste: random.below(8),
    callsPerDay: Math.min(1200, random.logNormal(24, 1.1)),
    batchHour: isBatch ? random.range(0, 6) : undefined,
  }
}

function createPipeline(position: number, team: Team, random: Random): Pipeline {
  const repository = `${team.name}-${workloadStems[(position * 3) % workloadStems.length]!}`
  return {
    team,
    repository: `corp-example/${repository}`,
    principal: createRole(`${repository}-deploy-${position}`, team.account.id, random),
    habit: createHabit('ci', { breadth: random.between(12, 26), writeWeight: 0.7 }, random),
    agent: createServerAgent(random.chance(0.5) ? 'terraform' : 'cli', random),
    runsPerDay: 0.7 + random.exponential(1.4),
  }
}

function createScheduled(position: number, teams: readonly Team[], days: number, random: Random): Scheduled {
  const team = teams[position % teams.length]!
  const isScan = position % 3 === 1
  const name = isScan ? `compliance-scan-${position}` : `${team.name}-backup-${position}`
  return {
    kind: isScan ? 'scan' : 'backup',
    team,
    principal: createRole(name, team.account.id, random),
    agent: createServerAgent('boto3', random),
    address: drawAddress('cloud', isScan && random.chance(0.4) ? 'gcp' : team.region, random),
    hour: isScan ? random.range(6, 18) : random.range(0, 5),
    everyDays: isScan ? random.pick([7, 14, 28, 28]) : 1,
    firstDay: isScan ? random.below(Math.max(1, Math.min(days, 14))) : 0,
  }
}

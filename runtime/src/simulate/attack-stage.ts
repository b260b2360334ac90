import { actionNamed } from './action-catalogue.ts'
import { attackerAddress } from './addresses.ts'
import { dayMs } from './calendar.ts'
import { deniedError } from './call.ts'
import type { Fields } from './cloudtrail-record.ts'
import { openSession } from './person-session.ts'
import { openRunSession } from './pipeline-stream.ts'
import type { Person, Pipeline, Workload } from './population.ts'
import type { Random } from './random.ts'
import type { Team } from './team.ts'
import { type AgentFamily, agentText, createAgent } from './user-agents.ts'
import { openProgramSession } from './workload-stream.ts'
import type { World } from './world.ts'
import { type AttackLabel, type Session, type SimulatedEvent, writeCall } from './write-record.ts'

/** What a scenario needs to play. */
export interface Stage {
  readonly world: World
  readonly random: Random
  readonly startMs: number
  readonly label: AttackLabel
  /** An account that belongs to nobody here. */
  readonly outsideAccountId: string
}

/** One call of a script, repeated `times` times, with a share of refusals and parameters of its own. */
export interface Step {
  readonly name: string
  readonly times?: number
  readonly denied?: number
  readonly resource?: string
  readonly parameters?: Fields
}

/** `sts:GetCallerIdentity s3:GetObject*40` as steps. */
export function steps(script: string, denied = 0.1): readonly Step[] {
  return script.split(' ').map((word) => {
    const [name = '', times] = word.split('*')
    return { name, times: times === undefined ? 1 : Number(times), denied }
  })
}

/** Plays steps on the resources of `teams`, `pauseMs` apart on the median. Returns when the last call was. */
export function* play(
  stage: Stage,
  session: Session,
  script: readonly Step[],
  teams: readonly Team[],
  pauseMs: number,
  atMs: number,
): Generator<SimulatedEvent, number> {
  const { random, label } = stage
  let nowMs = atMs
  for (const step of script) {
    const action = actionNamed(step.name)
    for (let time = 0; time < (step.times ?? 1); time++) {
      nowMs += random.logNormal(pauseMs, 0.9)
      const resource = step.resource ?? random.pick(random.pick(teams).resources[action.resource] ?? [''])
      const refused = random.chance(step.denied ?? 0)
      const event = writeCall(session, action, resource, nowMs, random, {
        ...(refused ? { errorCode: deniedError(action.service) } : {}),
        ...(step.parameters === undefined ? {} : { parameters: step.parameters }),
      })
      yield { ...event, label }
    }
  }
  return nowMs
}

/** The person's own credential, on their own machine, from home. */
export function ownSession(person: Person, stage: Stage, kind: 'browser' | 'command' | 'script'): Session {
  return openSession(person, { kind, place: 'home', hotel: '', day: dayOf(stage), atMs: stage.startMs }, stage.random)
}

/** The same credential in somebody else's hands: another address, another program. */
export function stolen(session: Session, stage: Stage, family: AgentFamily, country: string): Session {
  const agent = agentText(createAgent(family, stage.random), dayOf(stage))
  return { ...session, address: attackerAddress(country, stage.random).address, agent }
}

export function programSession(workload: Workload, stage: Stage): Session {
  return openProgramSession(workload, stage.world, stage.startMs, stage.random)
}

export function runSession(pipeline: Pipeline, stage: Stage, address: string): Session {
  return openRunSession(pipeline, stage.world, stage.startMs, address, stage.random)
}

export function dayOf(stage: Stage): number {
  return Math.floor(stage.startMs / dayMs) - stage.world.firstDay
}

/** Somebody suitable with a history: here for a week at least, and not on holiday. */
export function pickPerson(stage: Stage, suits: (person: Person) => boolean): Person {
  const day = dayOf(stage)
  const present = stage.world.population.people.filter(
    ({ life }) =>
      life.joinDay < day - 7 && !(life.holiday !== undefined && day >= life.holiday.from && day <= life.holiday.to),
  )
  const suitable = present.filter(suits)
  return stage.random.pick(firstNotEmpty(suitable, present, stage.world.population.people))
}

/** A program that suits, else any. */
export function pickWorkload(stage: Stage, suits: (workload: Workload) => boolean): Workload {
  const { workloads } = stage.world.population
  return stage.random.pick(firstNotEmpty(workloads.filter(suits), workloads))
}

function firstNotEmpty<T>(...lists: readonly (readonly T[])[]): readonly T[] {
  return lists.find((list) => list.length > 0) ?? []
}

import { OstiaryError } from '@ostiary/schemas'
import { scenarios } from './attack-scenarios.ts'
import { dayMs } from './calendar.ts'
import type { Random } from './random.ts'
import type { World } from './world.ts'
import type { SimulatedEvent } from './write-record.ts'

export interface AttackSchedule {
  /** Day of the simulation, from 0, before which nobody attacks. */
  readonly fromDay: number
  readonly perWeek: number
}

/** The attacks to come, made one at a time so that a long simulation holds no more than are under way. */
export interface AttackPlan {
  /** When the next one begins, in milliseconds since 1970-01-01 UTC; `Infinity` for none. */
  nextStartMs(): number
  /** Begins the next one; its events are labelled and in order of time. */
  begin(): Generator<SimulatedEvent, void>
}

/** One of every scenario in two weeks. */
const defaultPerWeek = 7
const attacksPerWeekMax = 1000

/** @throws OstiaryError `config.invalid` for a schedule out of range */
export function planAttacks(wanted: boolean | AttackSchedule, world: World, random: Random): AttackPlan {
  const schedule = scheduleOf(wanted, world)
  if (schedule === undefined) return { nextStartMs: () => Number.POSITIVE_INFINITY, begin: none }
  const gapMs = (7 * dayMs) / schedule.perWeek
  let startMs = world.startMs + schedule.fromDay * dayMs + random.range(0, 0.4) * gapMs
  let order = random.shuffle(scenarios)
  let count = 0
  return {
    nextStartMs: () => startMs,
    begin: () => {
      if (count > 0 && count % scenarios.length === 0) order = random.shuffle(scenarios)
      const scenario = order[count % scenarios.length]!
      count += 1
      const label = {
        attackId: `attack-${String(count).padStart(4, '0')}`,
        technique: scenario.technique,
        name: scenario.name,
      }
      const own = random.child()
      const outsideAccountId = `1${own.text(11, '0123456789')}`
      const begunMs = startMs
      startMs += gapMs * random.range(0.6, 1.4)
      return scenario.run({
        world,
        random: own,
        startMs: begunMs,
        label,
        outsideAccountId,
      }) as Generator<SimulatedEvent>
    },
  }
}

function scheduleOf(wanted: boolean | AttackSchedule, world: World): AttackSchedule | undefined {
  if (wanted === false) return undefined
  if (wanted === true) return { fromDay: Math.floor(world.days / 2), perWeek: defaultPerWeek }
  const { fromDay, perWeek } = wanted
  if (!(fromDay >= 0) || !(perWeek > 0) || perWeek > attacksPerWeekMax) {
    const said = `fromDay ${fromDay} and perWeek ${perWeek}`
    throw new OstiaryError(
      'config.invalid',
      `Cannot schedule attacks with ${said}: give a day from 0 on and up to ${attacksPerWeekMax} attacks a week`,
    )
  }
  return wanted
}

function* none(): Generator<SimulatedEvent> {}

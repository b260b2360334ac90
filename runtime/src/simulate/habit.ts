import { type Action, actionsOfJob, type Job } from './action-catalogue.ts'
import type { Random } from './random.ts'
import type { Team } from './team.ts'

/** What one caller usually does: some of its job's actions, a few of them most of the time. */
export interface Habit {
  readonly job: Job
  readonly actions: readonly Action[]
  /** Running totals of the actions' weights. */
  readonly totals: readonly number[]
}

export interface HabitOptions {
  /** How many of the job's actions the caller has a use for. */
  readonly breadth: number
  /** What a change weighs beside a read: people look far more often than they change. */
  readonly writeWeight: number
}

/** Draws the caller's actions from its job's, common ones likelier, and ranks them: the n-th is used 1/n as often. */
export function createHabit(job: Job, options: HabitOptions, random: Random): Habit {
  const pool = actionsOfJob(job)
  const ranked = pool
    .map((action, position) => ({ action, key: random.exponential(position + 8) }))
    .sort((a, b) => a.key - b.key)
    .slice(0, options.breadth)
  const totals: number[] = []
  let total = 0
  ranked.forEach(({ action }, rank) => {
    total += (action.readOnly ? 1 : options.writeWeight) / (rank + 1.5)
    totals.push(total)
  })
  return { job, actions: ranked.map(({ action }) => action), totals }
}

/** One in so many calls is one the caller hardly ever makes: anything of its job. */
const strayShare = 0.012

export function drawAction(habit: Habit, random: Random): Action {
  if (random.chance(strayShare)) {
    const stray = random.pick(actionsOfJob(habit.job))
    if (stray.readOnly || random.chance(0.3)) return stray
  }
  const wanted = random.unit() * habit.totals[habit.totals.length - 1]!
  let low = 0
  let high = habit.totals.length - 1
  while (low < high) {
    const middle = (low + high) >> 1
    if (habit.totals[middle]! > wanted) high = middle
    else low = middle + 1
  }
  return habit.actions[low]!
}

/** One of the team's resources of the action's kind. `taste` turns the order round, so that colleagues differ. */
export function drawResource(action: Action, team: Team, taste: number, random: Random): string {
  const held = team.resources[action.resource]
  if (held === undefined) return ''
  return held[(held.indexOf(random.pickSkewed(held)) + taste) % held.length]!
}

import type { Population } from './population.ts'

/** What every stream of events needs to know. Times are milliseconds since 1970-01-01 UTC. */
export interface World {
  readonly population: Population
  readonly startMs: number
  readonly days: number
  /** The day, since 1970-01-01, in which the simulation begins. */
  readonly firstDay: number
  /** By how much people's and programs' nominal numbers of calls are multiplied. */
  readonly peopleScale: number
  readonly programScale: number
}

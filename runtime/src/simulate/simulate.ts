import { OstiaryError } from '@ostiary/schemas'
import { type AttackPlan, type AttackSchedule, planAttacks } from './attack-plan.ts'
import { dayMs } from './calendar.ts'
import { EventHeap } from './event-heap.ts'
import { personStream } from './person-stream.ts'
import { pipelineStream } from './pipeline-stream.ts'
import { createPopulation, type Population } from './population.ts'
import { Random } from './random.ts'
import { rootStream } from './root-stream.ts'
import { scheduledStream } from './scheduled-stream.ts'
import { serviceCallsPerDay, serviceCount, serviceStream } from './service-stream.ts'
import { workloadStream } from './workload-stream.ts'
import type { World } from './world.ts'
import type { SimulatedEvent } from './write-record.ts'

export interface SimulateOptions {
  /** The same seed and options give the same records, byte for byte, on every Node. */
  readonly seed: number
  /** People, programs, pipelines and jobs; services that AWS runs come on top. Default 300, at least 12. */
  readonly identities?: number
  /** Default 28. */
  readonly days?: number
  /** Where the simulated time begins: milliseconds since 1970-01-01 UTC. */
  readonly startMs: number
  /** No attacks, some (from half of the time on, 6 a week), or as many as said. */
  readonly attacks: boolean | AttackSchedule
  /** About how many records a day; default 30 for each identity. */
  readonly eventsPerDay?: number
}

export const identitiesMax = 100_000
const daysMax = 3660

const defaultIdentities = 300
const defaultDays = 28
const defaultEventsPerIdentity = 30

/**
 * A made-up organisation's CloudTrail, in order of event time. Memory grows with the identities, not with the records.
 *
 * @throws OstiaryError `config.invalid` for numbers out of range
 */
export function* simulate(options: SimulateOptions): Generator<SimulatedEvent, void> {
  const world = createWorld(options)
  const attacks = planAttacks(options.attacks, world, Random.of(options.seed, 'attacks'))
  yield* merge(streamsOf(world, options.seed), attacks, world)
}

function createWorld(options: SimulateOptions): World {
  const { seed, startMs } = options
  const identities = wholeNumber('identities', options.identities ?? defaultIdentities, 12, identitiesMax)
  const days = wholeNumber('days', options.days ?? defaultDays, 1, daysMax)
  wholeNumber('seed', seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)
  wholeNumber('startMs', startMs, 0, 250_000 * dayMs)
  const population = createPopulation(identities, days, Random.of(seed, 'population'))
  const eventsPerDay = options.eventsPerDay ?? identities * defaultEventsPerIdentity
  if (!(eventsPerDay > 0)) throw outOfRange('eventsPerDay', eventsPerDay, 'more than 0')
  return { population, startMs, days, firstDay: Math.floor(startMs / dayMs), ...scalesOf(population, eventsPerDay) }
}

/** Calls a day and person, working days and others together. */
const callsPerPersonDay = 27

/** People work as they do within a factor of three; programs make up what is wanted beyond. */
function scalesOf(population: Population, eventsPerDay: number): { peopleScale: number; programScale: number } {
  const people = population.people.length * callsPerPersonDay
  const programs =
    population.workloads.reduce((sum, workload) => sum + workload.callsPerDay, 0) +
    population.pipelines.reduce((sum, pipeline) => sum + pipeline.runsPerDay * 16, 0) +
    population.accounts.length * serviceCallsPerDay
  const peopleScale = Math.min(3, Math.max(0.3, eventsPerDay / (people + programs)))
  return { peopleScale, programScale: Math.max(0.05, (eventsPerDay - people * peopleScale) / programs) }
}

function wholeNumber(name: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw outOfRange(name, value, `a whole number from ${least} to ${most}`)
  }
  return value
}

function outOfRange(name: string, value: number, wanted: string): OstiaryError {
  return new OstiaryError('config.invalid', `Cannot simulate with ${name} ${value}: give ${wanted}`)
}

/** One stream for each caller, each with random numbers of its own. */
function streamsOf(world: World, seed: number): Generator<SimulatedEvent, void>[] {
  const { people, workloads, pipelines, scheduled, accounts } = world.population
  const own = (kind: string, position: number): Random => Random.of(seed, kind, position)
  return [
    ...people.map((one, position) => personStream(one, world, own('person', position))),
    ...workloads.map((one, position) => workloadStream(one, world, own('workload', position))),
    ...pipelines.map((one, position) => pipelineStream(one, world, own('pipeline', position))),
    ...scheduled.map((one, position) => scheduledStream(one, world, own('scheduled', position))),
    ...accounts.flatMap((account, position) =>
      Array.from({ length: serviceCount }, (_, service) =>
        serviceStream(service, account, world, own('service', position * serviceCount + service)),
      ),
    ),
    rootStream(world, own('root', 0)),
  ]
}

interface Waiting {
  readonly atMs: number
  readonly order: number
  readonly event: SimulatedEvent
  readonly stream: Generator<SimulatedEvent, void>
}

/** The streams' events by time; at equal times in the order of the streams. Attacks join when they begin. */
function* merge(
  streams: Generator<SimulatedEvent, void>[],
  attacks: AttackPlan,
  world: World,
): Generator<SimulatedEvent, void> {
  const heap = new EventHeap<Waiting>()
  const endMs = world.startMs + world.days * dayMs
  let order = 0
  for (const stream of streams) admit(heap, stream, order++, world.startMs)
  for (;;) {
    const first = heap.peek()
    const nextAttackMs = attacks.nextStartMs()
    if (nextAttackMs < endMs && (first === undefined || nextAttackMs <= first.atMs)) {
      admit(heap, attacks.begin(), order++, world.startMs)
      continue
    }
    if (first === undefined || first.atMs >= endMs) return
    yield first.event
    const next = first.stream.next()
    if (next.done) heap.pop()
    else heap.replaceFirst({ ...first, atMs: next.value.timeMs, event: next.value })
  }
}

/** Puts a stream's first event that is not before the start on the heap. */
function admit(
  heap: EventHeap<Waiting>,
  stream: Generator<SimulatedEvent, void>,
  order: number,
  startMs: number,
): void {
  for (let next = stream.next(); !next.done; next = stream.next()) {
    if (next.value.timeMs < startMs) continue
    heap.push({ atMs: next.value.timeMs, order, event: next.value, stream })
    return
  }
}

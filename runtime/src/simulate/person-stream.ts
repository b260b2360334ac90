import { actionNamed } from './action-catalogue.ts'
import { hotelAddress } from './addresses.ts'
import { hourMs, isHoliday, isWeekend, localMidnightMs, minuteMs } from './calendar.ts'
import { call, personFailures } from './call.ts'
import { doChore } from './chores.ts'
import { createHabit, drawAction, drawResource, type Habit } from './habit.ts'
import { openSession, type Place } from './person-session.ts'
import type { Person, Span } from './population.ts'
import type { Random } from './random.ts'
import { accessKeyId } from './request-parameters.ts'
import type { Team } from './team.ts'
import type { World } from './world.ts'
import { type Session, type SimulatedEvent, writeSignIn } from './write-record.ts'

type Purpose = 'work' | 'chore' | 'incident' | 'rotation'

interface Sitting {
  readonly atMs: number
  readonly purpose: Purpose
}

/** Everything one person does, in order of time, a sitting at a time. */
export function* personStream(person: Person, world: World, random: Random): Generator<SimulatedEvent> {
  const hotel = person.life.trip === undefined ? '' : hotelAddress(person.life.trip.country, random)
  let busyUntilMs = 0
  for (let day = -1; day <= world.days; day++) {
    if (day < person.life.joinDay || isOn(person.life.holiday, day) || travels(person, day)) continue
    const isAway = isOn(person.life.trip, day)
    const place: Place = isAway ? 'hotel' : random.below(10) < person.officeDays ? 'office' : 'home'
    for (const sitting of sittingsOf(person, world, day, random)) {
      const atMs = Math.max(sitting.atMs, busyUntilMs + minuteMs)
      busyUntilMs = yield* sit(person, world, day, { atMs, purpose: sitting.purpose }, place, hotel, random)
    }
  }
}

function isOn(span: Span | undefined, day: number): boolean {
  return span !== undefined && day >= span.from && day <= span.to
}

/** The first and the last day of a trip go by on the way, so that nobody is in two countries within hours. */
function travels({ life }: Person, day: number): boolean {
  return life.trip !== undefined && (day === life.trip.from || day === life.trip.to)
}

/** When the day's sittings begin and what they are for, in order. */
function sittingsOf(person: Person, world: World, day: number, random: Random): readonly Sitting[] {
  const { zone } = person.team
  const date = world.firstDay + day
  const midnightMs = localMidnightMs(zone, date)
  const sittings: Sitting[] = []
  const isWorkday = !isWeekend(date) && !isHoliday(zone.country, date) && random.chance(0.94)
  if (isWorkday) {
    const beginMs = midnightMs + (person.startHour + 0.3 * random.normal()) * hourMs
    for (let left = 1 + random.poisson(2.6); left > 0; left--) {
      sittings.push({ atMs: beginMs + random.range(0, 8.4) * hourMs, purpose: 'work' })
    }
    const choreShare = person.job === 'ops' || person.job === 'sec' ? 0.26 : person.job === 'data' ? 0.1 : 0.05
    if (random.chance(choreShare)) sittings.push({ atMs: beginMs + random.range(0, 8) * hourMs, purpose: 'chore' })
    if (random.chance(0.008)) sittings.push({ atMs: beginMs + random.range(0, 9) * hourMs, purpose: 'incident' })
    if (person.life.rotationDay === day)
      sittings.push({ atMs: beginMs + random.range(0, 5) * hourMs, purpose: 'rotation' })
  }
  // Now and then somebody looks after something in the evening or on a Sunday.
  if (random.chance(0.025)) sittings.push({ atMs: midnightMs + random.range(10, 23) * hourMs, purpose: 'work' })
  if (person.life.onCallWeek === Math.floor(day / 7) && random.chance(0.3)) {
    sittings.push({ atMs: midnightMs + random.range(19, 29) * hourMs, purpose: 'incident' })
  }
  return sittings.sort((a, b) => a.atMs - b.atMs)
}

function* sit(
  person: Person,
  world: World,
  day: number,
  sitting: Sitting,
  place: Place,
  hotel: string,
  random: Random,
): Generator<SimulatedEvent, number> {
  const where: Place =
    place !== 'hotel' && random.chance(0.05) ? 'mobile' : sitting.purpose === 'incident' ? awake(place) : place
  const kind =
    sitting.purpose === 'rotation'
      ? 'command'
      : (['browser', 'command', 'script'] as const)[random.weighted([5, 4, 2])]!
  const { move } = person.life
  const moved = move !== undefined && day >= move.day ? move : undefined
  const session = openSession(person, { kind, place: where, hotel, day, atMs: sitting.atMs }, random)
  let nowMs = sitting.atMs
  if (kind === 'browser' && (person.principal.kind === 'user' || random.chance(0.5)))
    nowMs = yield* signIn(person, session, nowMs, random)
  const team = moved?.team ?? person.team
  switch (sitting.purpose) {
    case 'chore': {
      const other = world.population.accounts.find((account) => account.id !== team.account.id)!
      return yield* doChore(session, person.job, team, other.id, nowMs, random, personFailures)
    }
    case 'rotation':
      return yield* rotateKey(person, session, nowMs, random)
    case 'incident':
      return yield* handleIncident(person, world, session, nowMs, random)
    default:
      return yield* workOn(person, world, session, moved?.habit ?? person.habit, team, kind, nowMs, random)
  }
}

function awake(place: Place): Place {
  return place === 'hotel' ? 'hotel' : 'home'
}

/** Wrong passwords happen, mostly once. */
function* signIn(person: Person, session: Session, atMs: number, random: Random): Generator<SimulatedEvent, number> {
  let nowMs = atMs
  const isUser = person.principal.kind === 'user'
  while (isUser && random.chance(0.07)) {
    yield writeSignIn(session, false, person.mfa, nowMs, random)
    nowMs += random.range(5000, 40_000)
  }
  yield writeSignIn(session, true, isUser && person.mfa, nowMs, random)
  return nowMs + random.range(1000, 5000)
}

/** An hour's ordinary work: habit, on the team's resources, sometimes in bursts as scripts and console pages make them. */
function* workOn(
  person: Person,
  world: World,
  session: Session,
  habit: Habit,
  team: Team,
  kind: 'browser' | 'command' | 'script',
  atMs: number,
  random: Random,
): Generator<SimulatedEvent, number> {
  let nowMs = atMs
  const pauseMs = kind === 'script' ? 900 : kind === 'browser' ? 9000 : 16_000
  let left = 1 + Math.floor(random.exponential((kind === 'script' ? 14 : 8) * world.peopleScale))
  while (left > 0) {
    const action = drawAction(habit, random)
    const owner = random.chance(0.02) ? random.pick(world.population.teams) : team
    const repeats = action.readOnly && random.chance(0.05) ? Math.min(left, random.between(3, 18)) : 1
    for (let repeat = 0; repeat < repeats; repeat++) {
      nowMs += repeat === 0 ? random.logNormal(pauseMs, 1.2) : random.range(100, 1500)
      const resource = drawResource(action, owner, repeats > 1 ? repeat : person.taste, random)
      nowMs = yield* call(session, action, resource, nowMs, random, personFailures)
    }
    left -= repeats
  }
  return nowMs
}

/** Something is broken: calls of a platform engineer, fast, unusual for the caller, on whatever is involved. */
function* handleIncident(
  person: Person,
  world: World,
  session: Session,
  atMs: number,
  random: Random,
): Generator<SimulatedEvent, number> {
  const teams = [person.team, random.pick(world.population.teams)]
  const habit = createHabit('ops', { breadth: 22, writeWeight: 0.5 }, random)
  let nowMs = atMs
  for (let left = random.between(8, 36); left > 0; left--) {
    nowMs += random.logNormal(12_000, 1.1)
    const action = drawAction(random.chance(0.6) ? habit : person.habit, random)
    const resource = drawResource(action, random.pick(teams), random.below(3), random)
    nowMs = yield* call(session, action, resource, nowMs, random, personFailures)
  }
  return nowMs
}

/** The owner of a long-term key replaces it, and calls with the new one from then on. */
function* rotateKey(person: Person, session: Session, atMs: number, random: Random): Generator<SimulatedEvent, number> {
  const { principal } = person
  if (principal.kind !== 'user') return atMs
  let nowMs = atMs
  for (const name of ['iam:ListAccessKeys', 'iam:CreateAccessKey', 'iam:UpdateAccessKey', 'iam:DeleteAccessKey']) {
    nowMs += random.logNormal(40_000, 0.8)
    nowMs = yield* call(session, actionNamed(name), principal.name, nowMs, random, personFailures)
  }
  principal.keyId = accessKeyId('AKIA', random)
  return nowMs
}

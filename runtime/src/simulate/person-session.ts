import { dayMs } from './calendar.ts'
import { consoleIdentity, keyIdentity, roleIdentity } from './credential.ts'
import type { Person } from './population.ts'
import type { Random } from './random.ts'
import { agentText } from './user-agents.ts'
import type { Session } from './write-record.ts'

export type Place = 'office' | 'home' | 'mobile' | 'hotel'

export interface SittingPlace {
  readonly kind: 'browser' | 'command' | 'script'
  readonly place: Place
  /** The address of the hotel, where the place is one. */
  readonly hotel: string
  /** Day of the simulation. */
  readonly day: number
  readonly atMs: number
}

/** What the person's calls look like from a place on a day. */
export function openSession(person: Person, at: SittingPlace, random: Random): Session {
  const { principal } = person
  const fromConsole = at.kind === 'browser'
  const facts = { startMs: at.atMs, mfa: principal.kind === 'user' && person.mfa, sessionName: person.sessionName }
  const identity =
    principal.kind === 'role'
      ? roleIdentity(principal, facts, random)
      : fromConsole
        ? consoleIdentity(principal, facts, random)
        : keyIdentity(principal)
  return {
    identity,
    address: addressAt(person, at),
    agent: agentText(person.agents[at.kind], at.day),
    region: person.team.region,
    accountId: principal.accountId,
    fromConsole,
  }
}

/** Mobile networks give out another address of their block every day. */
function addressAt(person: Person, at: SittingPlace): string {
  switch (at.place) {
    case 'office':
      return person.team.officeAddresses[person.taste % person.team.officeAddresses.length]!
    case 'home':
      return person.homeAddress
    case 'hotel':
      return at.hotel
    case 'mobile': {
      const block = person.mobileAddress.slice(0, person.mobileAddress.lastIndexOf('.'))
      return `${block}.${1 + ((Math.floor(at.atMs / dayMs) * 37 + person.taste * 11) % 253)}`
    }
  }
}

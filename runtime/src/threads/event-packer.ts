import type { AccessEvent } from '@ostiary/schemas'

/** What many events have in common beside who, from where and with what: the call that was made. */
export type Call = Pick<AccessEvent, 'tenant_uid' | 'source' | 'class_uid' | 'late_ms' | 'api' | 'facts'>

/** Parts of events, by kind, each at its number. */
export interface EventParts {
  readonly calls: Call[]
  readonly identities: AccessEvent['identity'][]
  readonly sessions: AccessEvent['session'][]
  readonly sources: AccessEvent['src'][]
  readonly agents: AccessEvent['user_agent'][]
  readonly resources: AccessEvent['resources'][number][]
}

/**
 * Events on their way to another thread. Most share their parts with earlier ones, so a part is sent once and an event is
 * its id, its time and the numbers of its parts: copying whole objects would cost as much as making them.
 */
export interface PackedEvents {
  /** Whether numbers count from 0 again: what came before is forgotten. */
  readonly isFresh: boolean
  /** Parts that these events need and none before had, to be numbered on. */
  readonly parts: EventParts
  readonly uids: readonly string[]
  readonly times: Float64Array
  /** By event: numbers of call, identity, session, source and agent, how many resources, and their numbers. */
  readonly rows: Int32Array
}

/** Parts of all kinds that are remembered; over that they are forgotten and sent again. */
export const partsMax = 65_536
/** Numbers of an event without resources. */
const rowLength = 6

export function newEventParts(): EventParts {
  return { calls: [], identities: [], sessions: [], sources: [], agents: [], resources: [] }
}

/** Packs events in the order in which they are unpacked. Knows a part by being the same object, as the enricher shares them. */
export class EventPacker {
  readonly #numbers: Map<object, number> = new Map()
  readonly #calls: Map<string, { readonly call: Call; readonly number: number }> = new Map()
  #counts: Record<keyof EventParts, number> = noCounts()

  pack(events: readonly AccessEvent[]): PackedEvents {
    const isFresh = this.#numbers.size + this.#calls.size > partsMax
    if (isFresh) this.#forget()
    const parts = newEventParts()
    const uids: string[] = []
    const times = new Float64Array(events.length)
    const rows = new Int32Array(events.reduce((length, { resources }) => length + rowLength + resources.length, 0))
    let at = 0
    for (const [index, event] of events.entries()) {
      uids.push(event.event_uid)
      times[index] = event.time
      rows[at++] = this.#callNumber(event, parts)
      rows[at++] = this.#number('identities', event.identity, parts.identities)
      rows[at++] = this.#number('sessions', event.session, parts.sessions)
      rows[at++] = this.#number('sources', event.src, parts.sources)
      rows[at++] = this.#number('agents', event.user_agent, parts.agents)
      rows[at++] = event.resources.length
      for (const resource of event.resources) rows[at++] = this.#number('resources', resource, parts.resources)
    }
    return { isFresh, parts, uids, times, rows }
  }

  #forget(): void {
    this.#numbers.clear()
    this.#calls.clear()
    this.#counts = noCounts()
  }

  #number<Part extends object>(kind: keyof EventParts, part: Part, added: Part[]): number {
    const known = this.#numbers.get(part)
    if (known !== undefined) return known
    const number = this.#counts[kind]++
    this.#numbers.set(part, number)
    added.push(part)
    return number
  }

  /** A call is made anew for each event, so it is known by what it says. */
  #callNumber(event: AccessEvent, { calls }: EventParts): number {
    const { api, facts } = event
    const key = `${api.service} ${api.operation} ${api.access_level} ${api.outcome} ${api.error_code} ${api.region} ${api.target_account_uid} ${facts.join()}`
    const known = this.#calls.get(key)
    if (known !== undefined && isSameCall(known.call, event)) return known.number
    const { tenant_uid, source, class_uid, late_ms } = event
    const call: Call = { tenant_uid, source, class_uid, late_ms, api, facts }
    const number = this.#counts.calls++
    this.#calls.set(key, { call, number })
    calls.push(call)
    return number
  }
}

function noCounts(): Record<keyof EventParts, number> {
  return { calls: 0, identities: 0, sessions: 0, sources: 0, agents: 0, resources: 0 }
}

function isSameCall(call: Call, event: AccessEvent): boolean {
  const { api } = call
  const other = event.api
  return (
    call.tenant_uid === event.tenant_uid &&
    call.source === event.source &&
    call.class_uid === event.class_uid &&
    call.late_ms === event.late_ms &&
    api.service === other.service &&
    api.operation === other.operation &&
    api.access_level === other.access_level &&
    api.outcome === other.outcome &&
    api.error_code === other.error_code &&
    api.region === other.region &&
    api.target_account_uid === other.target_account_uid &&
    call.facts.length === event.facts.length &&
    call.facts.every((fact, index) => fact === event.facts[index])
  )
}

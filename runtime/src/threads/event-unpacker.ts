import type { AccessEvent } from '@ostiary/schemas'
import { type EventParts, newEventParts, type PackedEvents } from './event-packer.ts'

/**
 * Makes events of what one packer packed. Packs have to be taken in the order in which they were made; when each is unpacked
 * is up to the caller.
 */
export class EventUnpacker {
  #parts: EventParts = newEventParts()

  /** Learns a pack's parts. Returns what makes its events. */
  take(packed: PackedEvents): () => AccessEvent[] {
    // Packs from before may still wait to be unpacked: they keep theirs.
    if (packed.isFresh) this.#parts = newEventParts()
    const parts = this.#parts
    append(parts.calls, packed.parts.calls)
    append(parts.identities, packed.parts.identities)
    append(parts.sessions, packed.parts.sessions)
    append(parts.sources, packed.parts.sources)
    append(parts.agents, packed.parts.agents)
    append(parts.resources, packed.parts.resources)
    return () => eventsOf(packed, parts)
  }
}

function append<Part>(known: Part[], added: readonly Part[]): void {
  for (const part of added) known.push(part)
}

const noResources: AccessEvent['resources'] = []

function eventsOf({ uids, times, rows }: PackedEvents, parts: EventParts): AccessEvent[] {
  const events: AccessEvent[] = []
  let at = 0
  for (const [index, event_uid] of uids.entries()) {
    const { tenant_uid, source, class_uid, late_ms, api, facts } = parts.calls[rows[at]!]!
    const resourceCount = rows[at + 5]!
    // In the order of the contract: a case is written down with its events as they lie in memory.
    events.push({
      event_uid,
      tenant_uid,
      source,
      class_uid,
      time: times[index]!,
      late_ms,
      identity: parts.identities[rows[at + 1]!]!,
      session: parts.sessions[rows[at + 2]!]!,
      api,
      src: parts.sources[rows[at + 3]!]!,
      user_agent: parts.agents[rows[at + 4]!]!,
      resources: resourceCount === 0 ? noResources : resourcesOf(rows, at + 6, resourceCount, parts),
      facts,
    })
    at += 6 + resourceCount
  }
  return events
}

function resourcesOf(rows: Int32Array, from: number, count: number, parts: EventParts): AccessEvent['resources'] {
  const resources: AccessEvent['resources'][number][] = []
  for (let at = from; at < from + count; at++) resources.push(parts.resources[rows[at]!]!)
  return resources
}

import type { AccessEvent } from '@ostiary/schemas'

/** Fewest events an identity of the pattern must have, so that its clones have habits. */
const patternEventsMin = 20

/**
 * Events without end of as many identities as wanted, each doing over and over what one identity of a pattern did, in turn
 * and with time going on evenly. Memory does not grow with the events.
 */
export class CloneEvents {
  readonly #patterns: readonly (readonly AccessEvent[])[]
  readonly #identities: number
  readonly #startMs: number
  readonly #stepMs: number
  readonly #stride: number
  #count = 0

  /**
   * @param identities how many take turns
   * @param stepMs event time between two events
   */
  constructor(pattern: readonly AccessEvent[], identities: number, startMs: number, stepMs: number) {
    const byIdentity = new Map<string, AccessEvent[]>()
    for (const event of pattern) {
      const own = byIdentity.get(event.identity.uid)
      if (own === undefined) byIdentity.set(event.identity.uid, [event])
      else own.push(event)
    }
    this.#patterns = [...byIdentity.values()].filter((events) => events.length >= patternEventsMin)
    if (this.#patterns.length === 0)
      throw new RangeError(`Cannot clone: no identity of the pattern has ${patternEventsMin} events`)
    this.#identities = identities
    this.#startMs = startMs
    this.#stepMs = stepMs
    this.#stride = strideOf(identities)
  }

  next(): AccessEvent {
    const count = this.#count++
    const turn = Math.floor(count / this.#identities)
    const who = ((count % this.#identities) * this.#stride) % this.#identities
    const pattern = this.#patterns[who % this.#patterns.length]!
    const event = pattern[turn % pattern.length]!
    return {
      ...event,
      event_uid: `00000000-0000-4000-8000-${String(count).padStart(12, '0')}`,
      time: this.#startMs + Math.floor(count * this.#stepMs),
      identity: { ...event.identity, uid: `${event.identity.uid}-${who}` },
      session: { ...event.session, uid: `${event.session.uid}-${who}` },
    }
  }
}

/** A step through all identities that does not go by their order in memory: about the golden section, and coprime. */
function strideOf(identities: number): number {
  let stride = Math.max(1, Math.floor(identities * 0.618))
  while (commonDivisor(stride, identities) > 1) stride += 1
  return stride
}

function commonDivisor(a: number, b: number): number {
  return b === 0 ? a : commonDivisor(b, a % b)
}

import type { AccessEvent } from '@ostiary/schemas'
import type { CensusTable } from '../census/census-table.ts'
import { fields } from '../signals/field.ts'
import type { Moment } from '../signals/signal.ts'
import { hash32 } from '../sketches/hash.ts'
import type { IdentityState } from './identity-state.ts'

const dayMs = 86_400_000
const hourMs = 3_600_000

/** The UTC day, since the epoch, of a time in ms. */
export function dayOf(timeMs: number): number {
  return Math.floor(timeMs / dayMs)
}

const hashes = fields.map((field) => field.hash)

/**
 * What the signals see of an event, given the identity's state before it.
 *
 * @param values filled and held by the moment; a moment that is not kept may share it with the next one
 */
export function momentOf(
  event: AccessEvent,
  state: IdentityState,
  census: CensusTable,
  values: Int32Array = new Int32Array(fields.length),
): Moment {
  for (let i = 0; i < hashes.length; i++) values[i] = hashes[i]!(event)
  return {
    event,
    day: dayOf(event.time),
    hour: Math.floor(event.time / hourMs),
    values,
    peerGroup: hash32(event.identity.peer_group),
    census,
    mass: state.mass,
    firstMs: state.firstMs,
    previousMs: state.lastMs,
  }
}

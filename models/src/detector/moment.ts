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

/** What the signals see of an event, given the identity's state before it. */
export function momentOf(event: AccessEvent, state: IdentityState, census: CensusTable): Moment {
  const values = new Int32Array(fields.length)
  for (let i = 0; i < fields.length; i++) {
    const text = fields[i]!.of(event)
    if (text !== '') values[i] = hash32(text)
  }
  return {
    event,
    day: dayOf(event.time),
    hour: Math.floor(event.time / hourMs),
    values,
    census,
    mass: state.mass,
    firstMs: state.firstMs,
    previousMs: state.lastMs,
  }
}

import type { CensusDay } from '../census/census.ts'
import { fieldIndex, fields } from '../signals/field.ts'
import { signals } from '../signals/index.ts'
import type { Moment } from '../signals/signal.ts'
import { hashPair } from '../sketches/hash.ts'
import { type RecentActions, recentWindowMs } from '../sketches/recent-actions.ts'
import type { ValueCounter } from '../sketches/value-counter.ts'
import type { IdentityState } from './identity-state.ts'
import { counterSlots } from './learn.ts'

const sequenceSlot = signals.findIndex((signal) => signal.id === 'sequence.action')

/**
 * Adds an established identity's event to the tenant's day. A value counts once per identity and day, whatever the number
 * of events, so that nobody's volume decides what is usual; a pair counts each time its action is new to the day.
 * To be called before the event is learnt.
 */
export function addToCensus(sums: CensusDay, state: IdentityState, moment: Moment): void {
  for (let field = 0; field < fields.length; field++) {
    const hash = moment.values[field]!
    const slot = counterSlots[field]!
    if (hash === 0 || slot < 0) continue
    if ((state.slots[slot] as ValueCounter).lastDay(hash) === moment.day) continue
    sums.addValue(field, hash, fields[field]!.of(moment.event), 1)
    if (field !== fieldIndex.action) continue
    sums.addPeerAction(moment.peerGroup, hash, 1)
    addPairs(sums, state, moment, hash)
  }
}

function addPairs(sums: CensusDay, state: IdentityState, moment: Moment, hash: number): void {
  const recent = state.slots[sequenceSlot] as RecentActions
  for (let i = 0; i < recent.size; i++)
    if (moment.event.time - recent.timeAt(i) <= recentWindowMs) sums.addPair(hashPair(recent.hashAt(i), hash), 1)
}

import { hashPair } from '../sketches/hash.ts'
import { RecentActions, recentWindowMs } from '../sketches/recent-actions.ts'
import { fieldIndex } from './field.ts'
import type { Moment, Signal } from './signal.ts'

/** Nats of an action that comes out of the blue: nothing was done within the window before it. */
const idleNats = 7
/** Floor of the conditional frequency, so that a pair never seen costs at most −ln of it: 6.2 nats. */
const frequencyFloor = 0.002
const smoothing = 0.02

const action = fieldIndex.action

/**
 * Does this action belong with what the identity just did? Over its last distinct actions b of the past hour:
 *
 *     s = −ln(0.002 + max_b (pair[a, b] + 0.02) / (count[a] + 1))
 *
 * where `pair` and `count` are the tenant's (census): how often a was done with b before it.
 */
export const sequence: Signal<RecentActions> = {
  id: 'sequence.action',
  init: () => new RecentActions(),
  surprise(moment: Moment, recent: RecentActions): number {
    const hash = moment.values[action]!
    const count = moment.census.count(action, hash)
    let best = -1
    for (let i = 0; i < recent.size; i++) {
      if (moment.event.time - recent.timeAt(i) > recentWindowMs) continue
      const pairs = moment.census.pair(hashPair(recent.hashAt(i), hash))
      if (pairs > best) best = pairs
    }
    if (best < 0) return idleNats
    const frequency = frequencyFloor + (best + smoothing) / (count + 1)
    return frequency >= 1 ? 0 : -Math.log(frequency)
  },
  observe: (moment, recent) => recent.push(moment.values[action]!, moment.event.time),
  encode: (recent, writer) => recent.encode(writer),
  decode: (reader, recent) => recent.decode(reader),
}

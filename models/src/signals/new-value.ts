import { ValueCounter } from '../sketches/value-counter.ts'
import { type FieldId, fieldIndex, fields } from './field.ts'
import type { Moment, Signal } from './signal.ts'

/** Weight of the tenant's habit in the identity's estimate, in events. */
export const priorWeight = 5

/**
 * Nats of a value, never negative.
 *
 * @param own the identity's decayed count of the value
 * @param total its decayed count of all values of the field
 * @param share the tenant's smoothed share of the value, in (0, 1]
 */
export function newValueNats(own: number, total: number, share: number): number {
  const nats = -Math.log((own + priorWeight * share) / (total + priorWeight))
  return Math.max(nats, 0)
}

/** What is usual beside the identity's own past: among its peers for an action, in the tenant for everything else. */
export function priorShare({ census, peerGroup }: Moment, field: number, hash: number): number {
  return field === fieldIndex.action ? census.peerShare(peerGroup, hash) : census.share(field, hash)
}

/**
 * How new is this value for this identity? −ln of the identity's own frequency of the value, smoothed by the tenant's:
 *
 *     s = −ln((c + 5 g) / (n + 5)),   g = the tenant's share of the value, smoothed (census); of an action, the share
 *                                         among the identity's peers, backed off to the tenant's
 *
 * with c and n the identity's decayed counts: a Dirichlet-smoothed unigram with the tenant as prior (MacKay and Peto, A
 * Hierarchical Dirichlet Language Model, 1995).
 */
export function newValue(id: FieldId): Signal<ValueCounter> {
  const index = fieldIndex[id]
  const capacityMax = fields[index]!.capacityMax
  return {
    id: `new_value.${id}`,
    init: () => new ValueCounter(capacityMax),
    surprise(moment: Moment, counter: ValueCounter): number {
      const hash = moment.values[index]!
      if (hash === 0) return 0
      return newValueNats(counter.weight(hash), counter.total, priorShare(moment, index, hash))
    },
    learn(moment: Moment, counter: ValueCounter, weight: number): void {
      const hash = moment.values[index]!
      if (hash !== 0) counter.learn(hash, weight, moment.day)
    },
    decay: (counter, factor) => counter.decay(factor),
    encode: (counter, writer) => counter.encode(writer),
    decode: (reader, counter) => counter.decode(reader),
  }
}

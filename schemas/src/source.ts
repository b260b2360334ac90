import type { ClearEvent, SourceId } from './clear-event.ts'
import type { RejectReason } from './error-codes.ts'

export type JsonObject = { readonly [key: string]: unknown }

/** Why a well-formed record gives no event. */
export const filterReasons = ['digest', 'heartbeat'] as const
export type FilterReason = (typeof filterReasons)[number]

/** What became of one record. Every record ends in exactly one of these. */
export type Outcome =
  | { readonly kind: 'event'; readonly event: ClearEvent }
  | { readonly kind: 'rejected'; readonly reason: RejectReason; readonly detail: string }
  | { readonly kind: 'filtered'; readonly reason: FilterReason }

/** A format of access log. Registered in `sources/index.ts`; the conformance suite then holds it to the laws of HOUSE. */
export interface Source {
  readonly id: SourceId
  /** Whether a record looks like this source's: cheap, total, looks at top-level keys only. */
  recognises(record: JsonObject): boolean
  /** Minimises and normalises one record. Total: never throws, whatever the value. */
  normalise(record: JsonObject): Outcome
}

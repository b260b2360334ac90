import type { JsonObject } from '../../source.ts'
/** What CloudTrail Insights found unusual. */
export interface Insight {
  readonly eventSource: string
  /** The operation that was unusual, and in what way: `RunInstances.ApiCallRateInsight`. */
  readonly operation: string
}
/**
 * Whether a record is one of CloudTrail Insights. Its `eventType` says so; records have no `eventSource`, `eventName` or
 * `userIdentity` of their own.
 */
export declare function isInsight(record: JsonObject): boolean
/** Reads an Insights record as a trail writes it (`insightDetails`), or an event data store (`insightEventName`, …). */
export declare function insightOf(record: JsonObject): Insight
//# sourceMappingURL=insight.d.ts.map

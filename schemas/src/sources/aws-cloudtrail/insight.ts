import type { JsonObject } from '../../source.ts'
import { objectOf, textOf } from '../read-json.ts'

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
export function isInsight(record: JsonObject): boolean {
  return record['eventType'] === 'AwsCloudTrailInsight'
}

/** Reads an Insights record as a trail writes it (`insightDetails`), or an event data store (`insightEventName`, …). */
export function insightOf(record: JsonObject): Insight {
  const details = objectOf(record['insightDetails'])
  const name = textOf(details['eventName']) || textOf(record['insightEventName'])
  const type = textOf(details['insightType']) || textOf(record['insightType'])
  return {
    eventSource: textOf(details['eventSource']) || textOf(record['insightEventSource']),
    operation: [name, type].filter((word) => word !== '').join('.'),
  }
}

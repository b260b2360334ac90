import { objectAt, textAt } from '../read-json.js'
/**
 * Whether a record is one of CloudTrail Insights. Its `eventType` says so; records have no `eventSource`, `eventName` or
 * `userIdentity` of their own.
 */
export function isInsight(record) {
  return record['eventType'] === 'AwsCloudTrailInsight'
}
/** Reads an Insights record as a trail writes it (`insightDetails`), or an event data store (`insightEventName`, …). */
export function insightOf(record) {
  const details = objectAt(record, 'insightDetails')
  const name = textAt(details, 'eventName') || textAt(record, 'insightEventName')
  const type = textAt(details, 'insightType') || textAt(record, 'insightType')
  return {
    eventSource: textAt(details, 'eventSource') || textAt(record, 'insightEventSource'),
    operation: [name, type].filter((word) => word !== '').join('.'),
  }
}
//# sourceMappingURL=insight.js.map

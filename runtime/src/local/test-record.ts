import type { Enricher } from '@ostiary/models'
import type { AccessEvent } from '@ostiary/schemas'

/** For tests: a CloudTrail record of the documentation's account. */
export function testRecord(uid: string, eventTime: string, members: object = {}): object {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDAEXAMPLE',
      arn: 'arn:aws:iam::111122223333:user/ada',
      accountId: '111122223333',
      userName: 'ada',
    },
    eventTime,
    eventSource: 's3.amazonaws.com',
    eventName: 'ListBuckets',
    awsRegion: 'eu-central-1',
    sourceIPAddress: '192.0.2.1',
    userAgent: 'aws-cli/2.15.0',
    requestID: 'r',
    eventID: uid,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    eventCategory: 'Management',
    managementEvent: true,
    readOnly: true,
    ...members,
  }
}

/** For tests: keeps id and time only. */
export const enrichLittle: Enricher = (event) =>
  ({ event_uid: event.eventUid, time: event.timeMs, late_ms: 0 }) as AccessEvent

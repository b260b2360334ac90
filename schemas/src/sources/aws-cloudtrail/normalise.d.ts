import type { Source } from '../../source.ts'
/** AWS CloudTrail records: management, data, Insights and network-activity events, and console sign-ins. */
export declare const awsCloudtrail: Source
//# sourceMappingURL=normalise.d.ts.map

import type { Finding, Reason } from '@ostiary/schemas'

/** The reason that the title begins with: of a policy if there is one, else the one with the most bits. */
export function bestReasonOf({ reasons, policies }: Pick<Finding, 'reasons' | 'policies'>): Reason | undefined {
  return reasons.find(({ detection }) => policies.includes(detection)) ?? reasons[0]
}

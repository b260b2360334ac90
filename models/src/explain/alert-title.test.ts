import type { Reason } from '@ostiary/schemas'
import { expect, test } from 'vitest'
import { describeAlertTitle } from './alert-title.ts'

function reason(detection: string, words: string): Reason {
  return { detection, signal: 'new_value.action', bits: 5, words, tactic: 'TA0002', technique: 'T1059.009' }
}

const finding = {
  identity_type: 'human',
  identity_uid: 'id-7f3a0123456789',
  policies: [] as string[],
  reasons: [
    reason(
      'action_uncommon_in_tenant',
      'first use of iam:CreateAccessKey in 41 days; nobody else in the tenant used it lately',
    ),
    reason(
      'first_network_for_identity',
      'first time from AS14061 (Example Hosting), a hosting network, in the 40 days it has been known',
    ),
    reason('burst_of_operations', '61 events within the hour, where 6 are usual'),
  ],
}

test('tells who and the two foremost reasons in one line', () => {
  expect(describeAlertTitle(finding)).toBe(
    'human id-7f3a…: first use of iam:CreateAccessKey in 41 days, first time from AS14061 (Example Hosting), a hosting network',
  )
})

test('takes the name for whoever may see it, and policies first', () => {
  const policies = ['audit_disabled']
  const reasons = [
    ...finding.reasons,
    reason('audit_disabled', 'audit logging was stopped or narrowed: cloudtrail:StopLogging'),
  ]
  expect(describeAlertTitle({ ...finding, policies, reasons }, 'ann@example.com')).toBe(
    'human ann@example.com: audit logging was stopped or narrowed: cloudtrail:StopLogging, first use of iam:CreateAccessKey in 41 days',
  )
})

test('says something without a reason', () => {
  expect(describeAlertTitle({ ...finding, identity_type: 'cloud_internal', reasons: [] })).toBe(
    'cloud internal id-7f3a…: unusual activity',
  )
})

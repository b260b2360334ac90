import { type Fixture, times } from './fixture.ts'
import { testEvent } from './test-event.ts'
import { testCensus } from './test-identity.ts'

const hosting = { asn: 64510, as_org: 'Example Hosting', network_type: 'hosting', subnet_uid: 'net-9' } as const
const cloud = { asn: 64520, as_org: 'Example Cloud', network_type: 'cloud' } as const
const instance = { type: 'workload', type_evidence: 'instance profile session' } as const
const signIn = {
  class_uid: 3002,
  facts: ['console.login'],
  api: { service: 'signin', operation: 'ConsoleLogin', access_level: 'write' },
  session: { credential_type: 'console', mfa: 'no' },
} as const
const refusedSignIn = {
  ...signIn,
  api: { ...signIn.api, outcome: 'failure', error_code: 'Failed authentication' },
} as const
const assume = {
  facts: ['role.assumed'],
  api: { service: 'sts', operation: 'AssumeRole', access_level: 'write' },
  resources: [{ uid: 'res-role', type: 'AWS::IAM::Role', account_uid: '111122223333', criticality: 0 }],
} as const
const bucket = { resources: [{ uid: 'res-a', type: 'AWS::S3::Bucket', account_uid: '111122223333', criticality: 0 }] }
const census = testCensus([testEvent(), testEvent(bucket)], 20)
const grant = { facts: ['policy.attached'], api: { service: 'iam', operation: 'AttachRolePolicy' } }
const newKey = { facts: ['credential.created'], api: { service: 'iam', operation: 'CreateAccessKey' } }
const mint = { api: { service: 'sts', operation: 'GetFederationToken' } }
const factor = { facts: ['mfa.changed'], api: { service: 'iam', operation: 'DeactivateMFADevice' } }
const refusedTrust = {
  facts: ['trust.changed'],
  api: {
    service: 'iam',
    operation: 'UpdateAssumeRolePolicy',
    outcome: 'failure',
    error_code: 'MalformedPolicyDocument',
  },
} as const
const away = { identity: instance, src: hosting } as const
const podAction = (i: number) =>
  ({ session: { credential_type: 'web_identity' }, api: { service: 'ec2', operation: `Describe${i}` } }) as const
const longTerm = (uid: string) => ({ session: { credential_type: 'long_term', credential_uid: uid } }) as const

/** For tests: where each detection of `credential.ts` must apply, and where it must not. */
export const credentialFixtures: Readonly<Record<string, Fixture>> = {
  session_used_from_several_networks: {
    applies: { before: [{ session: { uid: 'ses-today' } }], event: { session: { uid: 'ses-today' }, src: hosting } },
    says: /^one session used from 2 networks and by 1 client, now AS64510 \(Example Hosting\)/,
    not: { before: [{ session: { uid: 'ses-today' } }], event: { session: { uid: 'ses-new' }, src: hosting } },
  },
  workload_credential_outside_cloud: {
    applies: { daily: times(3, { identity: instance, src: cloud }), event: { identity: instance, src: hosting } },
    says: /^credential of a program \(instance profile session\) used from a hosting network: AS64510/,
    not: {
      daily: times(3, { identity: instance, src: cloud }),
      event: { identity: instance, src: { ...cloud, asn: 64521 } },
    },
  },
  first_console_login_without_mfa: {
    applies: {
      daily: [{}, { ...signIn, session: { ...signIn.session, mfa: 'yes' } }],
      event: signIn,
    },
    says: /^first console sign-in without a second factor in the 20 days it has been known/,
    not: { daily: [{}, signIn], event: signIn },
  },
  first_long_term_key: {
    applies: { daily: [{}, longTerm('key-a')], event: longTerm('key-b') },
    says: /^a long-term key in use for the first time in the 20 days it has been known/,
    not: { daily: [{}, longTerm('key-a')], event: longTerm('key-a') },
  },
  root_activity: {
    applies: { event: { identity: { type: 'root' }, api: { service: 'iam', operation: 'CreateAccessKey' } } },
    says: /^the root user did iam:CreateAccessKey, for the first time on record/,
    not: {
      event: {
        identity: { type: 'root' },
        src: { network_type: 'provider_service', svc_name: 'example.amazonaws.com' },
      },
    },
  },
  first_role_assumed: {
    applies: { daily: [{}, bucket], event: assume, census },
    says: /^took on a role for the first time \(sts:AssumeRole\) in the 20 days it has been known/,
    not: { daily: [{}, assume], event: assume },
  },
  first_role_chain: {
    applies: { event: { session: { chained: true } } },
    says: /^first time through a chain of roles in the 20 days it has been known/,
    not: { daily: [{}, { session: { chained: true } }], event: { session: { chained: true } } },
  },
  first_privilege_grant: {
    applies: { daily: [{}, newKey], event: grant },
    says: /^first time this identity grants a permission: iam:AttachRolePolicy/,
    not: { daily: [{}, grant], event: grant },
  },
  first_credential_created: {
    applies: { daily: [{}, grant], event: newKey },
    says: /^first time this identity creates a credential: iam:CreateAccessKey/,
    not: { daily: [{}, newKey], event: newKey },
  },
  failed_sign_ins: {
    applies: { before: times(9, refusedSignIn), event: refusedSignIn },
    says: /^10 failures within the hour, the last a refused sign-in \(Failed authentication\)/,
    not: { before: times(9, signIn), event: refusedSignIn },
  },
  first_root_session: {
    applies: { event: { api: { service: 'sts', operation: 'AssumeRoot', access_level: 'write' } } },
    says: /^took on the root user of an account for the first time in the 20 days it has been known/,
    not: { event: { api: { service: 'sts', operation: 'AssumeRole', access_level: 'write' } } },
  },
  first_session_token_minted: {
    applies: { event: mint },
    says: /^first time this identity makes temporary credentials of its own: sts:GetFederationToken/,
    not: { daily: [{}, mint], event: mint },
  },
  first_second_factor_change: {
    applies: { daily: [{}, grant], event: factor },
    says: /^first time this identity changes a second factor: iam:DeactivateMFADevice/,
    not: { daily: [{}, factor], event: factor },
  },
  principal_enumeration: {
    applies: { before: times(9, refusedTrust), event: refusedTrust },
    says: /^10 failures within the hour, the last a refused change of who may take on a role \(iam:UpdateAssumeRolePolicy\)/,
    not: { before: times(9, refusedTrust), event: refusedSignIn },
  },
  program_burst_from_outside: {
    applies: { daily: times(3, { identity: instance }), before: times(60, away), event: away },
    says: /^61 events within the hour by a program's credential from a hosting network, where \d(\.\d)? are usual/,
    not: {
      daily: times(3, { identity: instance }),
      before: times(60, away),
      event: { identity: instance, src: cloud },
    },
  },
  pod_token_looking_around: {
    applies: { before: Array.from({ length: 14 }, (_, i) => podAction(i)), event: podAction(14) },
    says: /^a token of a pod or pipeline used for 1\d different actions within the hour/,
    not: { before: Array.from({ length: 14 }, (_, i) => podAction(i)), event: {} },
  },
}

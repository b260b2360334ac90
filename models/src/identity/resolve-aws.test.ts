import type { ClearEvent, UserAgentKind } from '@ostiary/schemas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clearEvent } from '../enrich/fixtures/clear-event.ts'
import { resolveIdentity } from './resolve-identity.ts'

type Principal = Partial<ClearEvent['principal']>
const account = '111122223333'
const sso = 'AWSReservedSSO_Developer_27c53e105369d0cd'

function resolve(principal: Principal, changes: Partial<ClearEvent> = {}, agentKind: UserAgentKind = 'sdk') {
  return resolveIdentity(clearEvent({ ...changes, principal }), agentKind)
}

describe('a person the provider vouches for', () => {
  const session: Principal = {
    uid: `arn:aws:sts::${account}:assumed-role/${sso}/ada@example.com`,
    issuerUid: `arn:aws:iam::${account}:role/aws-reserved/sso.amazonaws.com/${sso}`,
    sessionName: 'ada@example.com',
    vouchedName: 'ada@example.com',
    vouchedBy: 'sso',
  }

  it('keys an SSO session by the person', () => {
    expect(resolve(session)).toEqual({
      key: 'aws/person/ada@example.com',
      name: 'ada@example.com',
      type: 'human',
      evidence: 'SSO session of a person',
      issuer: session.issuerUid,
      peerGroup: 'aws/permission/developer',
      roleName: 'Developer',
      chained: false,
    })
  })

  it('is the same person with another role, account or spelling', () => {
    const other = { ...session, issuerUid: 'arn:aws:iam::444455556666:role/Other', vouchedName: 'Ada@Example.com' }
    expect(resolve(other).key).toBe(resolve(session).key)
  })

  it('does not key a role that only looks like SSO by its session name', () => {
    const unvouched = { ...session, vouchedName: '', vouchedBy: '' }
    expect(resolve(unvouched).key).toBe(`aws/role/${session.issuerUid}`)
  })

  it.each(['run-8437291034', '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed', 'i-0abc1234def567890', '2026-01-02T03-04-05Z'])(
    'does not take %s for a person, whoever passes it on',
    (name) => {
      const resolved = resolve({ vouchedName: name, vouchedBy: 'sourceIdentity' })
      expect(resolved.key).toBe(`aws/role/arn:aws:iam::${account}:role/video-api-159-role`)
    },
  )

  it('takes a directory id for a person although it is a UUID', () => {
    const name = '1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed'
    expect(resolve({ kind: 'IdentityCenterUser', vouchedName: name, vouchedBy: 'sso' })).toMatchObject({
      key: `aws/person/${name}`,
      type: 'human',
    })
  })

  it('reads the person off a source identity', () => {
    expect(resolve({ vouchedName: 'ada', vouchedBy: 'sourceIdentity' })).toMatchObject({
      key: 'aws/person/ada',
      type: 'human',
      evidence: 'source identity of the session',
    })
  })
})

describe('a role session nobody vouches for', () => {
  it('is the role, whatever the session is called', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const first = resolve({
          sessionName: one,
          uid: `arn:aws:sts::${account}:assumed-role/video-api-159-role/${one}`,
        })
        const second = resolve({
          sessionName: other,
          uid: `arn:aws:sts::${account}:assumed-role/video-api-159-role/${other}`,
        })
        expect(second.key).toBe(first.key)
        expect(second.peerGroup).toBe(first.peerGroup)
        expect(second.issuer).toBe(first.issuer)
      }),
    )
  })

  it('is found from the session ARN when the record names no issuer', () => {
    const uid = `arn:aws:sts::${account}:assumed-role/video-api-159-role/run-1`
    expect(resolve({ uid, issuerUid: '' }).key).toBe(`aws/role/arn:aws:iam::${account}:role/video-api-159-role`)
  })

  it('shares its peer group with its copies in the account only', () => {
    const role = (name: string, uid: string) =>
      resolve({ issuerUid: `arn:aws:iam::${uid}:role/${name}`, accountUid: uid }).peerGroup
    expect(role('video-api-7-role', account)).toBe(role('video-api-159-role', account))
    expect(role('video-api-7-role', '444455556666')).not.toBe(role('video-api-7-role', account))
  })

  const github = 'arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com'
  const typed: readonly [string, Principal, Partial<ClearEvent>, UserAgentKind, string][] = [
    ['instance profile', {}, {}, 'sdk', 'workload'],
    ['GitHub OIDC', { federation: github, sessionName: 'deploy' }, {}, 'sdk', 'ci'],
    ['EKS OIDC', { federation: 'oidc.eks.eu-central-1.amazonaws.com/id/X', sessionName: 'app' }, {}, 'sdk', 'workload'],
    ['machine-made name', { sessionName: 'botocore-session-1700000000' }, {}, 'sdk', 'workload'],
    ['session of a CI action', { sessionName: 'GitHubActions' }, {}, 'sdk', 'ci'],
    ['CodeBuild', { sessionName: 'AWSCodeBuild-1b9d6bcd-bbfd-4b2d-9b5d-ab8dfbbd4bed' }, {}, 'sdk', 'ci'],
    ['called by CodeBuild', { sessionName: 'x' }, { sourceAddress: 'codebuild.amazonaws.com' }, 'service', 'ci'],
    ['called by a service', { sessionName: 'x' }, { sourceAddress: 'ecs.amazonaws.com' }, 'service', 'cloud_internal'],
    ['AWS Internal', { sessionName: 'x' }, { sourceAddress: 'AWS Internal' }, 'service', 'cloud_internal'],
    ['second factor', { sessionName: 'x', mfa: true }, {}, 'sdk', 'human'],
    ['browser', { sessionName: 'x' }, {}, 'browser', 'human'],
    ['email, not vouched', { sessionName: 'ada@example.com' }, {}, 'cli', 'human'],
    ['named for its role', { sessionName: 'video-api-159' }, {}, 'sdk', 'workload'],
    ['nothing to go by', { sessionName: 'ada' }, {}, 'sdk', 'unknown'],
    [
      'the word gha in a name',
      { issuerUid: `arn:aws:iam::${account}:role/gha-x`, sessionName: 'z' },
      {},
      'sdk',
      'unknown',
    ],
  ]
  it.each(typed)('%s: %#', (_name, principal, changes, agentKind, type) => {
    expect(resolve(principal, changes, agentKind).type).toBe(type)
  })

  it('knows service-linked roles as the cloud itself', () => {
    const issuerUid = `arn:aws:iam::${account}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS`
    expect(resolve({ issuerUid })).toMatchObject({ type: 'cloud_internal', evidence: 'service-linked role' })
  })
})

describe('other principals', () => {
  const user = `arn:aws:iam::${account}:user/ada`

  it('types an IAM user by what the record shows', () => {
    const key: Principal = { kind: 'IAMUser', uid: user, issuerUid: '', sessionName: '', credentialType: 'long_term' }
    expect(resolve(key)).toMatchObject({ key: `aws/user/${user}`, name: 'ada', type: 'unknown' })
    expect(resolve(key, { facts: ['console.login'] })).toMatchObject({ key: `aws/user/${user}`, type: 'human' })
    expect(resolve({ ...key, mfa: true }).type).toBe('human')
    expect(resolve(key, {}, 'browser').type).toBe('human')
    expect(resolve({ ...key, credentialType: 'console' }).type).toBe('human')
  })

  it('keeps the user when a service acts for them', () => {
    const principal: Principal = { kind: 'IAMUser', uid: user, invokedBy: 'cloudformation.amazonaws.com' }
    expect(resolve(principal, { sourceAddress: 'cloudformation.amazonaws.com' }).key).toBe(`aws/user/${user}`)
  })

  it('answers for a federated user with the user who made the session', () => {
    const uid = `arn:aws:sts::${account}:federated-user/chosen-by-caller`
    expect(resolve({ kind: 'FederatedUser', uid, issuerUid: user }).key).toBe(`aws/user/${user}`)
  })

  it('keys root by its account', () => {
    expect(resolve({ kind: 'Root', uid: `arn:aws:iam::${account}:root` })).toMatchObject({
      key: `aws/root/${account}`,
      type: 'root',
    })
  })

  it('keys services by their name', () => {
    const principal: Principal = { kind: 'AWSService', uid: '', issuerUid: '', invokedBy: 'config.amazonaws.com' }
    expect(resolve(principal)).toMatchObject({ key: 'aws/service/config.amazonaws.com', type: 'cloud_internal' })
  })

  it('takes invokedBy without a user for the service', () => {
    const principal: Principal = { kind: '', uid: '', issuerUid: '', invokedBy: 'backup.amazonaws.com' }
    expect(resolve(principal)).toMatchObject({ key: 'aws/service/backup.amazonaws.com', type: 'cloud_internal' })
  })

  it('keys a principal of another account by its unique id, not by the session', () => {
    const one = resolve({ kind: 'AWSAccount', uid: 'AROAEXAMPLE:run-1', accountUid: '444455556666' })
    const two = resolve({ kind: 'AWSAccount', uid: 'AROAEXAMPLE:run-2', accountUid: '444455556666' })
    expect(one.key).toBe('aws/account/444455556666/AROAEXAMPLE')
    expect(two.key).toBe(one.key)
  })

  const provider = `arn:aws:iam::${account}:oidc-provider/token.actions.githubusercontent.com`

  it.each([
    ['main', `${provider}:sts.amazonaws.com:repo:example/app:ref:refs/heads/main`, provider],
    ['a branch', `${provider}:sts.amazonaws.com:repo:example/app:ref:refs/heads/x`, provider],
    ['the host alone', 'token.actions.githubusercontent.com:sts.amazonaws.com:repo:example/app:environment:prod', ''],
  ])('keys a CI web identity by its repository: %s', (_name, uid, federation) => {
    expect(resolve({ kind: 'WebIdentityUser', uid, federation })).toMatchObject({
      key: 'aws/web/token.actions.githubusercontent.com/repo:example/app',
      type: 'ci',
      evidence: 'GitHub OIDC',
    })
  })

  it('keys end users by their pool, and people by email or by issuer and subject', () => {
    const web = (uid: string) => resolve({ kind: 'WebIdentityUser', uid })
    const pool = 'cognito-identity.amazonaws.com'
    expect(web(`${pool}:eu-central-1:1:eu-central-1:2`)).toMatchObject({ key: `aws/web/${pool}/`, type: 'unknown' })
    expect(web('example.okta.com:app:Ada@example.com')).toMatchObject({
      key: 'aws/person/ada@example.com',
      type: 'human',
    })
    expect(web('accounts.google.com:app:100000000000000000001')).toMatchObject({
      key: 'aws/web/accounts.google.com/100000000000000000001',
      type: 'human',
    })
  })

  it('never keys by a session, also where only a principal id is given', () => {
    for (const kind of ['AssumedRole', 'Unknown', '']) {
      const one = resolve({ kind, uid: 'AROAEXAMPLE:run-1', issuerUid: '' })
      const two = resolve({ kind, uid: 'AROAEXAMPLE:run-2', issuerUid: '' })
      expect(two.key).toBe(one.key)
    }
  })

  it('never names nobody after a key the caller made up', () => {
    const principal: Principal = {
      kind: 'IAMUser',
      uid: '',
      issuerUid: '',
      credentialUid: 'AKIAINVENTED',
      sessionName: '',
    }
    for (const uid of ['', account, 'HIDDEN_DUE_TO_SECURITY_REASONS']) {
      expect(resolve({ ...principal, uid }).key).toBe(`aws/nobody/${account}`)
    }
  })
})

import { describe, expect, it } from 'vitest'
import { federationKind, issuerOf, stableSubject, subjectOf } from './federation-hosts.ts'

describe('federationKind', () => {
  it.each([
    ['token.actions.githubusercontent.com', 'ci'],
    ['arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com', 'ci'],
    ['https://gitlab.com', 'ci'],
    ['https://gitlab.example.com', 'ci'],
    ['github.example.com/_services/token', 'ci'],
    ['arn:aws:iam::111122223333:oidc-provider/oidc.circleci.com/org/EXAMPLE', 'ci'],
    ['oidc.eks.eu-central-1.amazonaws.com/id/EXAMPLE', 'workload'],
    ['cognito-identity.amazonaws.com', 'end_user'],
    ['arn:aws:iam::111122223333:saml-provider/Example', 'person'],
    ['example.okta.com', 'person'],
    ['', 'unknown'],
    ['idp.example.com', 'unknown'],
    // A look-alike of a known host is another host.
    ['token.actions.githubusercontent.com.example.net', 'unknown'],
    ['eviloidc.eks.eu-central-1.amazonaws.com', 'unknown'],
  ])('%j is %s', (federation, kind) => {
    expect(federationKind(federation).kind).toBe(kind)
  })
})

describe('issuerOf', () => {
  it('takes the issuer out of an ARN or URL', () => {
    expect(issuerOf('arn:aws:iam::111122223333:oidc-provider/Host.Example/path')).toBe('host.example/path')
    expect(issuerOf('https://host.example/path')).toBe('host.example/path')
    expect(issuerOf('arn:aws:iam::1:oidc-provider/host.example/id:audience:subject')).toBe('host.example/id')
  })
})

describe('subjectOf', () => {
  it.each([
    ['host.example:sts.amazonaws.com:repo:example/app:ref:x', 'repo:example/app:ref:x'],
    ['host.example:sts.amazonaws.com:system:serviceaccount:team:app', 'system:serviceaccount:team:app'],
    ['host.example:sts.amazonaws.com:a:b', 'a:b'],
    ['host.example:audience:subject', 'subject'],
    ['repo:example/app', 'repo:example/app'],
    ['host.example:audience:monorepo:x', 'x'],
    ['', ''],
  ])('%j -> %j', (principalId, subject) => {
    expect(subjectOf(principalId)).toBe(subject)
  })
})

describe('stableSubject', () => {
  it.each([
    ['repo:example/app:ref:refs/heads/main', 'repo:example/app'],
    ['repo:example/app:environment:prod', 'repo:example/app'],
    ['project_path:group/app:ref_type:branch:ref:main', 'project_path:group/app'],
    ['organization:o:project:p:workspace:w:run_phase:apply', 'organization:o:project:p'],
    ['org/o/project/p/user/u', 'org/o/project/p'],
    ['system:serviceaccount:team:app', 'system:serviceaccount:team:app'],
  ])('%s -> %s', (subject, stable) => {
    expect(stableSubject(subject)).toBe(stable)
  })
})

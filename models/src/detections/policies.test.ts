import { describe, expect, test } from 'vitest'
import { policies, policiesOf } from './policies.ts'
import { type EventParts, testEvent } from './test-event.ts'

const root = { type: 'root', type_evidence: 'root user of the account' } as const
const instance = { type: 'workload', type_evidence: 'instance profile session' } as const
const pipeline = { type: 'ci', type_evidence: 'GitHub OIDC' } as const
const refused = { outcome: 'failure', error_code: 'AccessDenied' } as const
const signIn = { facts: ['console.login'], session: { mfa: 'no', credential_type: 'console' } } as const
const ownUser = { type_evidence: 'console sign-in' }

/** For each policy an event it applies to, and one beside it that it does not. */
const fixtures: Readonly<Record<string, { readonly applies: EventParts; readonly not: EventParts }>> = {
  root_interactive: {
    applies: { identity: root, user_agent: { kind: 'browser' } },
    not: { identity: root, user_agent: { kind: 'sdk' } },
  },
  root_used: {
    applies: { identity: root, user_agent: { kind: 'sdk' } },
    not: { identity: root, src: { network_type: 'provider_service' } },
  },
  audit_disabled: { applies: { facts: ['audit.disabled'] }, not: { facts: ['audit.disabled'], api: refused } },
  audit_disable_refused: { applies: { facts: ['audit.disabled'], api: refused }, not: { facts: ['audit.disabled'] } },
  admin_granted: { applies: { facts: ['admin.policy'] }, not: { facts: ['policy.attached'] } },
  resource_public: { applies: { facts: ['resource.public'] }, not: { facts: ['resource.public'], api: refused } },
  resource_shared: {
    applies: { facts: ['resource.shared'] },
    not: { facts: ['resource.public', 'resource.shared'] },
  },
  workload_credential_away: {
    applies: { identity: instance, src: { network_type: 'hosting' } },
    not: { identity: instance, src: { network_type: 'cloud' } },
  },
  pipeline_credential_away: {
    applies: { identity: pipeline, src: { network_type: 'access' } },
    not: { identity: { ...pipeline, type_evidence: 'CodeBuild session name' }, src: { network_type: 'access' } },
  },
  mfa_removed: {
    applies: { facts: ['mfa.changed'], api: { service: 'iam', operation: 'DeactivateMFADevice' } },
    not: { facts: ['mfa.changed'], api: { service: 'iam', operation: 'EnableMFADevice' } },
  },
  console_login_without_mfa: {
    applies: { ...signIn, identity: ownUser },
    not: { ...signIn, identity: { type_evidence: 'SSO session of a person' } },
  },
  indicator_hit: { applies: { src: { indicator: 'scanner' } }, not: {} },
  anonymiser_used: { applies: { src: { network_type: 'tor' } }, not: { src: { network_type: 'vpn' } } },
  encryption_external: {
    applies: { facts: ['encryption.external'] },
    not: { facts: ['encryption.external'], api: refused },
  },
  credential_for_other: {
    applies: { facts: ['credential.created', 'credential.for_other'] },
    not: { facts: ['credential.created'] },
  },
  provider_insight: { applies: { facts: ['insight'] }, not: { facts: ['secret.read'] } },
}

function idsOf(parts: EventParts): readonly string[] {
  return policiesOf(testEvent(parts)).map((policy) => policy.id)
}

test('every policy has its fixtures', () => {
  expect(Object.keys(fixtures).sort()).toEqual(policies.map((policy) => policy.id).sort())
})

describe.each(policies.map((policy) => [policy.id, policy] as const))('%s', (id, policy) => {
  test('applies where it must, and says so without a name', () => {
    expect(idsOf(fixtures[id]!.applies)).toContain(id)
    const words = policy.words(testEvent(fixtures[id]!.applies))
    expect(words).toMatch(/^[a-z]/)
    expect(words).not.toMatch(/undefined|NaN|(?:id|iss|ses|key|net|ip|res)-[0-9a-f]/)
  })
  test('does not apply beside it', () => {
    expect(idsOf(fixtures[id]!.not)).not.toContain(id)
  })
})

test('an everyday event meets no policy', () => {
  expect(idsOf({})).toEqual([])
})

test('only what no baseline makes harmless pages outside the budget', () => {
  expect(policies.filter((policy) => policy.always).map((policy) => policy.id)).toEqual([
    'root_interactive',
    'audit_disabled',
    'indicator_hit',
  ])
})

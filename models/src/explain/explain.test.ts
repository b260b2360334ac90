import type { AccessEvent } from '@ostiary/schemas'
import { describe, expect, test } from 'vitest'
import { CensusTable } from '../census/census-table.ts'
import { policiesOf } from '../detections/index.ts'
import { dayMs, type EventParts, hourMs, minuteMs, startMs, testEvent } from '../detections/test-event.ts'
import { TestIdentity, testCensus } from '../detections/test-identity.ts'
import { Scorer } from '../detector/scorer.ts'
import { impactOf } from '../score/impact.ts'
import type { ScoringModel } from '../score/scoring-model.ts'
import { uncalibratedModel } from '../score/uncalibrated-model.ts'
import { signals } from '../signals/index.ts'
import { signalsWithoutAspect } from './counterfactuals.ts'
import { reasonsMax } from './explain.ts'
import { explainEvent } from './explain-event.ts'
import type { Explanation } from './explanation.ts'

/** A model whose bits are the rank's own nats in bits. */
const model: ScoringModel = {
  ...uncalibratedModel,
  scoreBits: (rank) => ({ bits: rank * Math.LOG2E, extrapolated: false }),
  surpriseBits: (rank) => rank * Math.LOG2E,
}

const abroad = {
  country: 'BR',
  asn: 64501,
  as_org: 'Example Hosting',
  subnet_uid: 'net-2',
  network_type: 'hosting',
} as const
const createKey = { service: 'iam', operation: 'CreateAccessKey', access_level: 'permissions' } as const

function explained(identity: TestIdentity, event: AccessEvent): Explanation & { readonly bits: number } {
  const moment = identity.moment(event)
  const scorer = new Scorer()
  const matched = policiesOf(event)
  const impact = impactOf(event, 0)
  const scored = scorer.score(moment, identity.state!, impact, model)
  const words = explainEvent(moment, identity.state!, impact, scored, scorer, model, matched)
  const explanation = words.explanation()
  expect(words.reasons()).toEqual(explanation.reasons)
  return { ...explanation, bits: scored.score }
}

function after(days: number, parts: EventParts, census?: CensusTable): Explanation & { readonly bits: number } {
  const identity = new TestIdentity(census)
  const endMs = identity.liveDays(days)
  return explained(identity, testEvent({ ...parts, time: endMs + (parts.time ?? minuteMs) }))
}

describe('reasons', () => {
  test('come from the detections, most bits first, each signal once', () => {
    const { reasons } = after(40, { src: abroad, api: createKey })
    expect(reasons.length).toBeGreaterThan(3)
    expect(reasons.length).toBeLessThanOrEqual(reasonsMax)
    expect(reasons.map((reason) => reason.bits)).toEqual(reasons.map((reason) => reason.bits).sort((a, b) => b - a))
    expect(new Set(reasons.map((reason) => reason.signal)).size).toBe(reasons.length)
    const first = reasons[0]!
    expect(first).toMatchObject({
      detection: 'unprivileged_permission_change',
      tactic: 'TA0004',
      technique: 'T1098.003',
    })
    expect(first.words).toBe(
      'first use of iam:CreateAccessKey, a change of permissions, in the 40 days it has been known, by an identity without special rights; nobody else in the tenant used it lately',
    )
    expect(reasons.map((reason) => reason.words)).toContain(
      'iam:CreateAccessKey, and that for the first time from AS64501 (Example Hosting), a hosting network, in the 40 days it has been known; nobody else in the tenant used it lately',
    )
  })

  test('count days when the value was used before', () => {
    const identity = new TestIdentity()
    identity.live(testEvent({ api: createKey }))
    identity.live(testEvent({ time: startMs + 100 * dayMs }))
    identity.liveDays(0)
    for (let day = 101; day < 140; day++)
      for (let i = 0; i < 4; i++) identity.live(testEvent({ time: startMs + day * dayMs + i * hourMs }))
    const { reasons } = explained(identity, testEvent({ time: startMs + 140 * dayMs, api: createKey }))
    expect(reasons[0]!.words).toMatch(/^first use of iam:CreateAccessKey, a change of permissions, in 140 days, by /)
  })

  test('fall back on the words of the question, without a technique', () => {
    const identity = new TestIdentity()
    const endMs = identity.liveDays(30, [{}, {}, {}, {}, {}, {}])
    identity.live(testEvent({ time: endMs, user_agent: { family: 'Boto3' } }))
    const { reasons } = explained(identity, testEvent({ time: endMs + minuteMs, user_agent: { family: 'Boto3' } }))
    const reason = reasons.find((other) => other.signal === 'new_value.user_agent')
    expect(reason).toMatchObject({ detection: 'new_value.user_agent', technique: '' })
    expect(reason!.words).toMatch(/^Boto3 is seldom for this identity: about 1 of \d+ remembered events$/)
  })

  test('tell of detections without weight, at 0 bits', () => {
    const { reasons } = after(40, { api: { region: 'sa-east-1' } })
    expect(reasons.find((reason) => reason.signal === 'new_value.region')).toMatchObject({ bits: 0 })
  })

  test('begin with the policies that the event met', () => {
    const { reasons } = after(40, {
      facts: ['audit.disabled'],
      api: { service: 'cloudtrail', operation: 'StopLogging' },
    })
    expect(reasons[0]).toMatchObject({ detection: 'audit_disabled', signal: 'policy', technique: 'T1562.008' })
  })
})

describe('counterfactuals', () => {
  test('name what is usual and lower the score, all together most', () => {
    const { counterfactual, bits } = after(40, { src: abroad, api: createKey, user_agent: { family: 'other:0123' } })
    expect(counterfactual.map(({ words }) => words.replace(/ [\d.]+ bits/, ' N bits'))).toEqual([
      'had it come from AS64500, where this identity usually is, the score would be N bits',
      'had it been s3:ListBuckets, which this identity usually does, the score would be N bits',
      'had it been done with aws-cli, which this identity usually uses, the score would be N bits',
      'had all three been so, the score would be N bits',
    ])
    for (const { score } of counterfactual) expect(score).toBeLessThan(bits)
    expect(counterfactual.at(-1)!.score).toBe(Math.min(...counterfactual.map(({ score }) => score)))
  })

  test('stay generic where the tenant has no name for the value', () => {
    const { counterfactual } = after(40, { src: abroad }, testCensus([testEvent({ src: { asn: 64999 } })], 20))
    expect(counterfactual[0]!.words).toMatch(/^had it come from a network this identity has used before, /)
  })

  test('are none for an event as usual, and for an identity without a past', () => {
    const identity = new TestIdentity(testCensus([testEvent()], 20, [[0, 0]]))
    const endMs = identity.liveDays(40)
    identity.live(testEvent({ time: endMs }))
    expect(explained(identity, testEvent({ time: endMs + minuteMs })).counterfactual).toEqual([])
    expect(explained(new TestIdentity(), testEvent()).counterfactual).toEqual([])
  })

  test('every signal belongs to an aspect of the event', () => {
    expect(signalsWithoutAspect()).toEqual([])
  })
})

describe('notes', () => {
  test('tell of a cold start and of an unknown tenant', () => {
    const { notes } = after(2, {}, CensusTable.empty)
    expect(notes).toEqual([
      'known for 2 days, 8 events: the estimate leans on the tenant',
      'no day of this tenant has closed yet: what is usual in it is not known',
    ])
    expect(explained(new TestIdentity(), testEvent()).notes[0]).toMatch(/^first event of this identity/)
  })

  test('tell of a newcomer and of tenant habits that are old', () => {
    const identity = new TestIdentity(testCensus([testEvent()], 20))
    const endMs = identity.liveDays(
      10,
      Array.from({ length: 12 }, () => ({})),
    )
    expect(explained(identity, testEvent({ time: endMs })).notes).toEqual([
      'first seen 10 days ago: may be a new joiner or a new program',
      'what is usual in the tenant dates from 2025-03-02',
    ])
  })

  test('tell of travel that is possible', () => {
    const { notes } = after(40, { src: { ...abroad, network_type: 'access' }, time: 20 * hourMs })
    expect(notes.join('\n')).toMatch(/was in DE \d+ (?:h|days) earlier: time enough for the journey/)
  })

  test('tell what the address hides, who called, what failed, what came late and what is not known', () => {
    const { notes } = after(40, {
      identity: { type: 'unknown', type_evidence: 'user with an access key' },
      src: { network_type: 'vpn' },
      api: { outcome: 'failure', error_code: 'AccessDenied' },
      late_ms: 7 * hourMs,
    })
    expect(notes).toContain('a VPN network: its country says little about where the caller is')
    expect(notes).toContain('the call did not succeed (AccessDenied)')
    expect(notes).toContain('arrived 7 h late: measured against what had been learnt by then')
    expect(notes).toContain('not known whether a person or a program (user with an access key)')
    const service = { network_type: 'provider_service', svc_name: 'cloudformation.amazonaws.com', asn: 0 } as const
    expect(after(40, { src: service }).notes.join('\n')).toMatch(/called by cloudformation\.amazonaws\.com/)
  })
})

test('no reason names a pseudonym, whatever the event', () => {
  const strange = after(40, {
    src: abroad,
    api: { ...createKey, region: 'ap-east-1' },
    session: { uid: 'ses-9', credential_type: 'long_term', credential_uid: 'key-9' },
    resources: [{ uid: 'res-9', type: 'AWS::IAM::User', account_uid: '111122223333', criticality: 2 }],
    facts: ['credential.created', 'credential.for_other'],
  })
  const text = JSON.stringify([strange.reasons.map((reason) => reason.words), strange.counterfactual, strange.notes])
  expect(text).not.toMatch(/(?:id|iss|ses|key|net|ip|res|grp)-[0-9a-f]/)
  expect(text).not.toMatch(/undefined|NaN/)
})

test('every signal has words of its own for lack of a detection', async () => {
  const { genericWords } = await import('./generic-words.ts')
  const { readingsOf } = await import('../detections/reading.ts')
  const identity = new TestIdentity()
  const endMs = identity.liveDays(40)
  const moment = identity.moment(testEvent({ time: endMs + minuteMs, src: { ...abroad, network_type: 'access' } }))
  const readingOf = readingsOf(moment, identity.state!.slots, identity.nats(moment))
  for (const { id } of signals) expect(genericWords(id, readingOf(id))).not.toMatch(/undefined|NaN|^$/)
})

import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { alertCard } from './alert-card.ts'
import { testAlert } from './test-alert.ts'

function cardOf(members: Parameters<typeof testAlert>[0] = {}, name?: string): string {
  return stripVTControlCharacters(alertCard(testAlert(members), () => name))
}

test('tells who, when, what, why and what would have made it usual', () => {
  const card = cardOf()
  for (const part of [
    'High  21.5 bits  0123456789abcdef0123456789abcdef revision 2',
    'id-01234567… (human: SSO session of a person)',
    'payments',
    '2026-03-02 14:05 to 2026-03-02 14:20 UTC',
    'surprise 18.2 bits, impact 3.3 bits, autoencoder 4.4 bits',
    'read off its fitted tail',
    'page: within the budget',
    '17.3 bits  first use of cloudtrail:StopLogging in 41 days  TA0005 T1562.008',
    'from its usual network',
    'its peers do not do it either',
    'event-1',
    'model m-1  tables t-1  code 0.1.0',
  ])
    expect(card).toContain(part)
})

test('leaves out what there is not', () => {
  const card = cardOf({ team: '', notes: [], counterfactual: [], extrapolated: false })
  for (const part of ['team', 'Good to know', 'would have made', 'fitted tail', 'undefined'])
    expect(card).not.toContain(part)
})

test('shows the name where it may be shown', () => {
  expect(cardOf({}, 'ada@example.com')).toContain('ada@example.com (human')
})

test('of many events lists the strangest twelve, in order of time', () => {
  const [one] = testAlert().evidence
  const evidence = Array.from({ length: 30 }, (_, i) => ({
    ...one!,
    event_uid: `e-${String(i).padStart(2, '0')}`,
    time: one!.time + i * 60_000,
    score: (i * 7) % 30,
  }))
  const card = cardOf({ evidence })
  expect(card).toContain('the strangest of 30 events')
  const listed = [...card.matchAll(/e-(\d\d) {2}sha256/g)].map((match) => Number(match[1]))
  expect(listed.length).toBe(12)
  expect(listed).toEqual([...listed].sort((a, b) => a - b))
  for (const i of listed) expect((i * 7) % 30).toBeGreaterThanOrEqual(18)
})

test('nothing that a sender of logs chose reaches the terminal as a command', () => {
  const hostile = '\u001b]0;owned\u0007\u009b2J\u202e\r\n'
  const [one] = testAlert().evidence
  const [reason] = testAlert().reasons
  const plain = alertCard(testAlert(), () => undefined)
  const card = alertCard(
    testAlert({
      identity_evidence: hostile,
      team: hostile,
      notes: [hostile],
      evidence: [{ ...one!, operation: hostile, outcome: hostile, from: hostile, event_uid: hostile }],
      reasons: [{ ...reason!, words: hostile }],
    }),
    () => undefined,
  )
  const controls = (text: string): string[] =>
    [...new Set(stripVTControlCharacters(text))].filter(
      (letter) => letter < ' ' || /[\u007f-\u009f\u202e]/.test(letter),
    )
  expect(controls(card)).toEqual(controls(plain))
  expect(card).not.toContain('\u001b]')
})

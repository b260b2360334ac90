import { simulate } from '@ostiary/runtime'
import { expect, test } from 'vitest'
import { injectAttacks, type RawRecord } from './inject-attacks.ts'

const dayMs = 86_400_000
const startMs = Date.parse('2026-01-05T00:00:00Z')
const background = [...simulate({ seed: 1, identities: 40, days: 4, startMs, attacks: false })].map(
  ({ record }) => record,
)
const captured = (name: string, second: number): RawRecord => ({
  eventID: `captured-${second}`,
  eventTime: `2024-07-31T12:00:0${second}Z`,
  eventName: name,
  userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::999999999999:user/attacker' },
  sourceIPAddress: '192.0.2.1',
  userAgent: 'tool',
  recipientAccountId: '999999999999',
})
const sequences = ['one', 'two'].map((name) => ({
  name,
  records: [captured('StopLogging', 0), captured('DeleteTrail', 7)],
}))

test.each(['own', 'new'] as const)('attacks from the %s address are the victim`s in all but what was done', (place) => {
  const injected = injectAttacks(background, sequences, place, startMs + dayMs, dayMs)
  expect(injected.map(({ attack }) => attack)).toEqual(['one', 'one', 'two', 'two'])
  const victims = new Set<string>()
  for (const [first, second] of [injected.slice(0, 2), injected.slice(2)] as const) {
    const record = first!.record as (typeof background)[number]
    const { arn } = record.userIdentity as { readonly arn: string }
    victims.add(arn)
    const own = background.filter(({ userIdentity }) => (userIdentity as { arn?: string }).arn === arn)
    const before = own.filter(({ eventTime }) => Date.parse(eventTime) <= first!.timeMs - 120_000).at(-1)!
    expect(record.userAgent).toBe(before.userAgent)
    expect(record.recipientAccountId).toBe(before.recipientAccountId)
    expect(record.sourceIPAddress === before.sourceIPAddress).toBe(place === 'own')
    expect(first!.timeMs - Date.parse(before.eventTime)).toBe(120_000)
    expect(second!.timeMs - first!.timeMs).toBe(7000)
    expect(JSON.stringify(record)).not.toContain('999999999999')
  }
  expect(victims.size).toBe(2)
})

test('says so where nobody is at work on a sequence`s day', () => {
  expect(() => injectAttacks(background, sequences, 'own', startMs + 30 * dayMs, dayMs)).toThrow('nobody is at work')
})

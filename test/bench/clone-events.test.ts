import type { AccessEvent } from '@ostiary/schemas'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { accessEvent } from '../arbitraries/access-event.ts'
import { CloneEvents } from './clone-events.ts'

const one = fc.sample(accessEvent, { numRuns: 1, seed: 1 })[0]!

function by(uid: string, operation: string): AccessEvent {
  return { ...one, identity: { ...one.identity, uid }, api: { ...one.api, operation } }
}

// Two identities with habits, and one seen too seldom to have any.
const pattern = [
  ...Array.from({ length: 20 }, (_, index) => by('a', `A${index}`)),
  ...Array.from({ length: 30 }, (_, index) => by('b', `B${index}`)),
  by('c', 'C0'),
]

it.each([1, 7, 1000])('gives %i identities the same number of events, in order of time', (identities) => {
  const clones = new CloneEvents(pattern, identities, 5000, 2.5)
  const events = Array.from({ length: identities * 3 }, () => clones.next())
  const counts = new Map<string, number>()
  for (const { identity } of events) counts.set(identity.uid, (counts.get(identity.uid) ?? 0) + 1)
  expect(counts.size).toBe(identities)
  expect(new Set(counts.values())).toEqual(new Set([3]))
  expect(new Set(events.map((event) => event.event_uid)).size).toBe(events.length)
  expect(events.map((event) => event.time)).toEqual(events.map((_, index) => 5000 + Math.floor(index * 2.5)))
})

it('lets each clone do what one identity of the pattern did, over and over', () => {
  const clones = new CloneEvents(pattern, 2, 0, 1)
  const done = new Map<string, string[]>()
  for (let i = 0; i < 50; i++) {
    const { identity, api } = clones.next()
    done.set(identity.uid, [...(done.get(identity.uid) ?? []), api.operation])
  }
  expect([...done.keys()].map((uid) => uid[0]).sort()).toEqual(['a', 'b'])
  const ofA = [...done].find(([uid]) => uid.startsWith('a'))![1]
  expect(ofA).toEqual(Array.from({ length: 25 }, (_, index) => `A${index % 20}`))
})

it('needs an identity with habits', () => {
  expect(() => new CloneEvents([by('c', 'C0')], 5, 0, 1)).toThrow(RangeError)
})

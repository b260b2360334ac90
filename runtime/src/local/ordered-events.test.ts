import type { AccessEvent } from '@ostiary/schemas'
import { expect, test } from 'vitest'
import { orderedEvents } from './ordered-events.ts'

function event(uid: string, time: number): AccessEvent {
  return { event_uid: uid, time, late_ms: 0 } as AccessEvent
}

async function ordered(...batches: AccessEvent[][]): Promise<AccessEvent[]> {
  async function* given(): AsyncGenerator<AccessEvent[]> {
    yield* batches
  }
  const events: AccessEvent[] = []
  for await (const batch of orderedEvents(given(), { reorderMs: 100, duplicatesMax: 3 })) {
    expect(batch.length).toBeGreaterThan(0)
    events.push(...batch)
  }
  return events
}

test('puts events in order within the time they may wait, over batches', async () => {
  const events = await ordered([event('c', 300), event('a', 250)], [event('d', 360)], [event('b', 280)])
  expect(events.map((one) => one.event_uid)).toEqual(['a', 'b', 'c', 'd'])
})

test('drops repeats', async () => {
  const events = await ordered([event('a', 1), event('a', 1)], [event('b', 2), event('a', 1)])
  expect(events.map((one) => one.event_uid)).toEqual(['a', 'b'])
})

test('what comes too late to be put in order leaves at once', async () => {
  const events = await ordered([event('a', 1000), event('b', 1200), event('c', 700)])
  expect(events.map((one) => one.event_uid)).toEqual(['a', 'c', 'b'])
})

test('gives nothing of nothing', async () => {
  expect(await ordered()).toEqual([])
  expect(await ordered([], [])).toEqual([])
})

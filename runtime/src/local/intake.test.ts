import { createHash } from 'node:crypto'
import type { AccessEvent } from '@ostiary/schemas'
import { expect, test } from 'vitest'
import { type RejectedRecord, rejectBytesMax } from '../files/rejects-writer.ts'
import { rejectOf } from '../reading/raw-item.ts'
import { Intake, type IntakeOptions } from './intake.ts'
import { enrichLittle, testRecord } from './test-record.ts'

interface Taken {
  readonly intake: Intake
  readonly events: AccessEvent[]
  readonly rejects: RejectedRecord[]
  readonly take: (value: unknown) => void
}

function open(options: Partial<IntakeOptions> = {}): Taken {
  const events: AccessEvent[] = []
  const rejects: RejectedRecord[] = []
  const intake = new Intake({ enrich: enrichLittle, onReject: (one) => rejects.push(one), ...options })
  let index = 0
  return {
    intake,
    events,
    rejects,
    take(value) {
      const bytes = Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))
      intake.take('file', { kind: 'record', index, byteOffset: index * 1000, bytes }, (event) => events.push(event))
      index += 1
    },
  }
}

const noon = '2026-03-02T12:00:00Z'

test('a record is an event', () => {
  const { take, events, intake } = open()
  take(testRecord('e-1', noon))
  expect(events).toEqual([{ event_uid: 'e-1', time: Date.parse(noon), late_ms: 0 }])
  expect(intake.counts).toEqual({ records: 1, rejected: new Map(), filtered: 0, events: 1 })
})

test('an envelope of several counts as what it holds', () => {
  const { take, events, intake, rejects } = open()
  take({ Records: [testRecord('e-1', noon), testRecord('e-2', 'never'), 5, testRecord('e-3', noon)] })
  expect(events.map((event) => event.event_uid)).toEqual(['e-1', 'e-3'])
  expect(intake.counts).toMatchObject({ records: 4, events: 2 })
  expect(rejects.map((reject) => reject.reason).sort()).toEqual(['json.not_object', 'record.invalid_time'])
})

test('what gives no event is handed over with its place, hash and first bytes', () => {
  const { take, rejects, intake } = open()
  take('{"half":')
  const long = { unknown: 'x'.repeat(rejectBytesMax) }
  take(long)
  const text = JSON.stringify(long)
  expect(rejects[0]).toMatchObject({ file: 'file', index: 0, byteOffset: 0, length: 8, reason: 'json.invalid' })
  expect(rejects[1]).toMatchObject({ index: 1, byteOffset: 1000, length: text.length, reason: 'source.unsupported' })
  expect(rejects[1]!.sha256).toBe(createHash('sha256').update(text).digest('hex'))
  expect(rejects[1]!.head.length).toBe(rejectBytesMax)
  expect(intake.counts.rejected).toEqual(
    new Map([
      ['json.invalid', 1],
      ['source.unsupported', 1],
    ]),
  )
})

test('bytes of a reject stay, though the reader goes on to use its buffer', () => {
  const { intake, rejects } = open()
  const bytes = Buffer.from('{"a":1}')
  intake.take('file', { kind: 'record', index: 0, byteOffset: 0, bytes }, () => undefined)
  bytes.fill(0)
  expect(Buffer.from(rejects[0]!.head).toString()).toBe('{"a":1}')
})

test('what the reading rejected is passed on', () => {
  const { intake, rejects } = open()
  const reject = rejectOf('bytes.oversized', { index: 7, byteOffset: 9 }, Buffer.from('abc'), 'too long')
  intake.take('file', reject, () => expect.unreachable())
  expect(rejects).toMatchObject([{ file: 'file', index: 7, byteOffset: 9, reason: 'bytes.oversized', length: 3 }])
  expect(intake.counts).toMatchObject({ records: 1, events: 0 })
})

test('of a time that is asked for, the beginning belongs to it and the end does not', () => {
  const times = ['11:59:59.999', '12:00:00', '12:59:59.999', '13:00:00'].map((time) => `2026-03-02T${time}Z`)
  const { take, events, intake } = open({ sinceMs: Date.parse(noon), untilMs: Date.parse('2026-03-02T13:00:00Z') })
  times.forEach((time, i) => {
    take(testRecord(`e-${i}`, time))
  })
  expect(events.map((event) => event.event_uid)).toEqual(['e-1', 'e-2'])
  expect(intake.counts).toMatchObject({ records: 4, filtered: 2, events: 2 })
})

test('an event dated further ahead of the clock than it may be is rejected; the clock may go on', () => {
  let nowMs = Date.parse(noon)
  const { take, events, intake, rejects } = open({ futureMs: 60_000, nowMs: () => nowMs })
  take(testRecord('e-1', '2026-03-02T12:01:00Z'))
  take(testRecord('e-2', '2026-03-02T12:01:01Z'))
  nowMs += 1000
  take(testRecord('e-3', '2026-03-02T12:01:01Z'))
  expect(events.map((event) => event.event_uid)).toEqual(['e-1', 'e-3'])
  expect(rejects).toMatchObject([{ index: 1, reason: 'record.invalid_time' }])
  expect(intake.counts).toMatchObject({ records: 3, events: 2, rejected: new Map([['record.invalid_time', 1]]) })
})

test('unless told otherwise, a day ahead of the clock is let in', () => {
  const { take, events } = open({ nowMs: () => Date.parse(noon) })
  take(testRecord('e-1', '2026-03-03T12:00:00Z'))
  take(testRecord('e-2', '2026-03-03T12:00:00.001Z'))
  expect(events.map((event) => event.event_uid)).toEqual(['e-1'])
})

test('with a format given, others are rejected', () => {
  const { take, intake } = open({ source: 'gcp.audit' })
  take(testRecord('e-1', noon))
  expect(intake.counts.events).toBe(0)
  expect([...intake.counts.rejected.values()]).toEqual([1])
})

import { createEnricher, defaultDetectorOptions, uncalibratedModel } from '@ostiary/models'
import type { AccessEvent, Alert } from '@ostiary/schemas'
import { beforeAll, describe, expect, test } from 'vitest'
import { simulate } from '../simulate/simulate.ts'
import { loadTables } from '../tables/load-tables.ts'
import { Intake } from './intake.ts'
import { LocalPipeline, type LocalPipelineOptions } from './local-pipeline.ts'
import { RecentScores } from './recent-scores.ts'
import { scoreLine } from './score-line.ts'

const minuteMs = 60_000
let events: AccessEvent[]

beforeAll(async () => {
  events = []
  const intake = new Intake({
    enrich: createEnricher({ tenantUid: 'default', key: new Uint8Array(32), tables: await loadTables() }),
  })
  const startMs = Date.UTC(2026, 2, 2)
  for (const { record } of simulate({ seed: 1, identities: 14, days: 3, startMs, attacks: false }))
    intake.takeValue(
      record,
      (event) => events.push(event),
      () => expect.unreachable(),
    )
}, 60_000)

interface Run {
  readonly pipeline: LocalPipeline
  readonly scores: string[]
  readonly alerts: Alert[]
}

function open(options: Partial<LocalPipelineOptions> = {}): Run {
  const scores: string[] = []
  const alerts: Alert[] = []
  const pipeline = new LocalPipeline({
    detector: defaultDetectorOptions,
    setting: { model: uncalibratedModel, tablesId: 't', codeVersion: 'c' },
    desk: { alertsPerDay: 10, pageBits: 12, casesMax: 1000 },
    duplicatesMax: 100_000,
    reorderMs: 15 * minuteMs,
    recent: false,
    onScore: (score) => scores.push(scoreLine(score, (uid) => uid)),
    onAlert: (alert) => alerts.push(alert),
    ...options,
  })
  return { pipeline, scores, alerts }
}

function take({ pipeline }: Run, some: readonly AccessEvent[]): void {
  for (const event of some) pipeline.push(event)
  pipeline.flush()
}

describe('the local pipeline', () => {
  test('scores every event once, in order of time, whatever the order within the wait', () => {
    const inOrder = open()
    take(inOrder, events)
    expect(inOrder.pipeline.counts).toEqual({ scored: events.length, duplicates: 0, late: 0 })
    expect(inOrder.scores.length).toBe(events.length)
    expect(inOrder.pipeline.highWaterMs).toBe(events.at(-1)!.time)
    const mixed = open()
    // Each event comes after the next ones of the ten minutes behind it, and twice.
    const slots = new Map<number, AccessEvent[]>()
    for (const event of events) {
      const slot = Math.floor(event.time / (10 * minuteMs))
      slots.set(slot, [event, ...(slots.get(slot) ?? [])])
    }
    const distinct = [...slots.values()].filter((slot) => new Set(slot.map(({ time }) => time)).size === slot.length)
    const kept = distinct.flatMap((slot) => [...slot, ...slot])
    const straight = distinct.flatMap((slot) => [...slot].reverse())
    const expected = open()
    take(expected, straight)
    take(mixed, kept)
    expect(mixed.scores).toEqual(expected.scores)
    expect(mixed.pipeline.counts).toEqual({ scored: straight.length, duplicates: straight.length, late: 0 })
  })

  test('goes on from its sections as if it had never stopped', () => {
    const whole = open()
    take(whole, events)
    const cut = events.length >> 1
    const first = open()
    take(first, events.slice(0, cut))
    const second = open()
    second.pipeline.restore(first.pipeline.sections())
    expect(second.pipeline.identities).toBe(first.pipeline.identities)
    // The last of the first half come again.
    take(second, events.slice(cut - 50))
    expect([...first.scores, ...second.scores]).toEqual(whole.scores)
    expect(second.pipeline.counts.duplicates).toBe(50)
    const ended = (run: Run): Map<string, Uint8Array> => run.pipeline.sections()
    expect([...ended(second).keys()]).toEqual([...ended(whole).keys()])
    for (const [name, bytes] of ended(second)) {
      if (name !== 'duplicates')
        expect(Buffer.from(bytes).equals(Buffer.from(ended(whole).get(name)!)), name).toBe(true)
    }
  })

  test('counts what came too late to teach, and tells how late', () => {
    const run = open({ reorderMs: 0 })
    take(run, events)
    const before = run.scores.length
    const { latenessMs } = defaultDetectorOptions
    const last = events.at(-1)!
    take(run, [
      { ...last, event_uid: 'late-1', time: last.time - latenessMs },
      { ...last, event_uid: 'late-2', time: last.time - latenessMs - 1 },
    ])
    expect(run.scores.length).toBe(before + 2)
    expect(run.pipeline.counts).toEqual({ scored: events.length + 1, duplicates: 0, late: 1 })
    expect(run.pipeline.highWaterMs).toBe(last.time)
  })

  test('remembers scores when asked to', () => {
    const run = open({ recent: true })
    take(run, events.slice(0, 100))
    const recent = new RecentScores()
    recent.restore(run.pipeline.sections().get('recent')!)
    expect(Buffer.from(recent.encode()).toString()).toContain(events[99]!.event_uid)
    expect(open().pipeline.sections().has('recent')).toBe(false)
  })

  test('refuses sections that are not whole', () => {
    const run = open()
    take(run, events.slice(0, 200))
    const sections = run.pipeline.sections()
    for (const name of sections.keys()) {
      const less = new Map(sections)
      less.delete(name)
      expect(() => open().pipeline.restore(less), `without ${name}`).toThrow()
      const cut = new Map(sections).set(name, sections.get(name)!.subarray(0, -1))
      expect(() => open().pipeline.restore(cut), `with ${name} cut`).toThrow()
    }
  })
})

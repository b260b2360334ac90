import { BitsDrift, createEnricher, createPipeline } from '@ostiary/models'
import {
  defaultCacheFolder,
  loadArtefact,
  loadTables,
  resolveConfig,
  type SimulatedEvent,
  simulate,
  starterArtefactFolder,
} from '@ostiary/runtime'
import { canonicalSha256, normaliseRecord } from '@ostiary/schemas'
import { beforeAll, expect, test } from 'vitest'
import { setUpMs } from './command.ts'

const startMs = Date.parse('2026-03-02T00:00:00Z')
const dayMs = 86_400_000
/** Days of one organisation, and then of another that it takes over in a night. */
const daysOfOne = 30
const daysOfOther = 3
/** Bits at which the rule for a calibration that is off looks. */
const bitsSeen = [4, 5, 6, 7, 8] as const
const weekDays = 7

/** What a detector told of one day: its index of drift at the end, its events, and how many scored so many bits or more. */
interface Day {
  readonly index: number | undefined
  readonly events: number
  readonly exceedances: readonly number[]
}

let days: readonly Day[]
beforeAll(async () => {
  days = await daysOf([
    [simulate({ seed: 11, identities: 150, days: daysOfOne, startMs, attacks: false }), 0],
    [simulate({ seed: 12, identities: 300, days: daysOfOther, startMs, attacks: false }), daysOfOne * dayMs],
  ])
  expect(days.length).toBe(daysOfOne + daysOfOther)
}, setUpMs)

/** Plays organisations one after the other, from an empty state, with the model that ships. */
async function daysOf(parts: readonly (readonly [Iterable<SimulatedEvent>, number])[]): Promise<readonly Day[]> {
  const model = await loadArtefact(starterArtefactFolder())
  const { detector } = resolveConfig({})
  const tables = await loadTables({ contextFiles: [], cacheFolder: defaultCacheFolder(process.env) })
  const enrich = createEnricher({ tenantUid: 'default', key: Buffer.alloc(32, 7), tables })
  const desk = { alertsPerDay: 10, pageBits: model.pageBits(10), casesMax: 1000 }
  const pipeline = createPipeline(detector, { model, tablesId: '', codeVersion: '', scores: true }, desk)
  const state = pipeline.init()
  const drift = new BitsDrift()
  const told: Day[] = []
  for (const [events, laterMs] of parts) {
    let day = -1
    let scores: number[] = []
    const close = (): void => {
      if (scores.length > 0) told.push(dayTold(drift, scores))
      scores = []
    }
    for (const { record, timeMs } of events) {
      const today = Math.floor((timeMs - startMs) / dayMs)
      if (today > day) close()
      day = today
      normaliseRecord(record, (outcome, inner) => {
        if (outcome.kind !== 'event') return
        const event = { ...outcome.event, timeMs: outcome.event.timeMs + laterMs }
        for (const output of pipeline.step(
          state,
          enrich(event, () => canonicalSha256(inner)),
        )) {
          if (output.kind !== 'score') continue
          drift.add(output.score.score)
          scores.push(output.score.score)
        }
      })
    }
    close()
  }
  return told
}

function dayTold(drift: BitsDrift, scores: readonly number[]): Day {
  const exceedances = bitsSeen.map((bits) => scores.filter((score) => score >= bits).length)
  return { index: drift.index(), events: scores.length, exceedances }
}

/** By how many bits the calibration was off in the week that ended with a day, at its worst. */
function weekOff(last: number): number {
  const week = days.slice(last - weekDays + 1, last + 1)
  const events = week.reduce((sum, day) => sum + day.events, 0)
  const off = bitsSeen.map((bits, place) => {
    const observed = week.reduce((sum, day) => sum + day.exceedances[place]!, 0)
    return Math.abs(Math.log2(events / 2 ** bits / observed))
  })
  return Math.max(...off)
}

test('a detector that has just begun is far off, and is not once it knows its people', () => {
  expect(days[0]!.index).toBeGreaterThan(0.25)
  const known = days.slice(5, daysOfOne)
  expect(known.filter(({ index }) => !(index! < 0.1))).toEqual([])
  expect(known.slice(9).filter(({ index }) => !(index! < 0.02))).toEqual([])
})

test('from the third week on, no week’s calibration is off as far as the rule allows', () => {
  for (let last = 2 * weekDays + weekDays - 1; last < daysOfOne; last++)
    expect(weekOff(last), `week until day ${last + 1}`).toBeLessThan(1)
})

test('another organisation’s people, come in a night, are drift', () => {
  expect(days.at(-1)!.index).toBeGreaterThan(10 * days[daysOfOne - 1]!.index!)
})

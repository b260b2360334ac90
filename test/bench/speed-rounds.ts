import { join } from 'node:path'
import {
  alertLineOf,
  invalidJson,
  LineWriter,
  listInputs,
  mergedEvents,
  parseRecord,
  readItems,
  sinks,
} from '@ostiary/runtime'
import { type AccessEvent, type ClearEvent, canonicalSha256, normaliseRecord } from '@ostiary/schemas'
import { type BenchSetting, benchKey, newEnricher, newRun } from './bench-setting.ts'
import type { SpeedCorpus } from './speed-corpus.ts'

/** Stages on the way from bytes to alerts; `scores` is what writing a line an event adds. */
export const stages = ['split', 'parse', 'normalise', 'enrich', 'pipeline', 'scores'] as const
export type Stage = (typeof stages)[number]

/** What one round took, in µs a record. */
export interface SpeedRound {
  readonly stages: Readonly<Record<Stage, number>>
  /** From the file's bytes to written alerts, as `ostiary scan` goes. */
  readonly whole: number
  /** `JSON.parse(buffer.toString())` of the same records, in turns with `whole`. */
  readonly reference: number
  readonly alerts: number
}

/** Records between two turns of the stages: few enough that what one stage made still lies in memory for the next. */
const stageRecords = 5000
/** Records between two turns of the whole way and the reference: enough that each clears up its own garbage. */
const turnRecords = 20_000

/** Measures everything once, from empty caches and an empty state. */
export async function speedRound(corpus: SpeedCorpus, setting: BenchSetting, folder: string): Promise<SpeedRound> {
  const per = 1000 / corpus.records.length
  const { wholeMs, referenceMs, alerts } = await wholeWay(corpus, setting, folder)
  const splitMs = await splitting(corpus)
  const ms = await stageByStage(corpus, setting, folder)
  return {
    stages: {
      split: splitMs * per,
      parse: ms.parse * per,
      normalise: ms.normalise * per,
      enrich: ms.enrich * per,
      pipeline: ms.pipeline * per,
      scores: (ms.withScores - ms.pipeline) * per,
    },
    whole: wholeMs * per,
    reference: referenceMs * per,
    alerts,
  }
}

/** Held so that no result can be optimised away. */
let kept: unknown

function referenceMsOf(records: readonly Buffer[]): number {
  const startedMs = performance.now()
  for (const bytes of records) kept = JSON.parse(bytes.toString())
  return performance.now() - startedMs
}

/** The whole way and the reference by turns, each with a clock of its own, so that noise hits both. */
async function wholeWay(
  corpus: SpeedCorpus,
  setting: BenchSetting,
  folder: string,
): Promise<{ wholeMs: number; referenceMs: number; alerts: number }> {
  let [wholeMs, referenceMs, taken, referred] = [0, 0, 0, 0]
  let startedMs = performance.now()
  const line = alertLineOf({ format: 'ocsf', productVersion: 'bench' })
  const file = sinks.file(join(folder, 'alerts.ndjson'), line)
  const run = newRun(setting, [file])
  const { batches } = mergedEvents(listInputs([corpus.path]), { ...setting, key: benchKey })
  for await (const batch of batches) {
    await run.take(batch)
    taken += batch.length
    if (taken - referred < turnRecords) continue
    wholeMs += performance.now() - startedMs
    referenceMs += referenceMsOf(corpus.records.slice(referred, taken))
    referred = taken
    startedMs = performance.now()
  }
  await run.finish()
  await file.close()
  wholeMs += performance.now() - startedMs
  referenceMs += referenceMsOf(corpus.records.slice(referred))
  const { alerts, digest } = run.counts()
  return { wholeMs, referenceMs, alerts: alerts + digest }
}

async function splitting(corpus: SpeedCorpus): Promise<number> {
  const startedMs = performance.now()
  for await (const items of readItems(corpus.path)) kept = items
  return performance.now() - startedMs
}

interface StageMs {
  parse: number
  normalise: number
  enrich: number
  pipeline: number
  withScores: number
}

/** Each stage over a few records, then the next over what it made. */
async function stageByStage(corpus: SpeedCorpus, setting: BenchSetting, folder: string): Promise<StageMs> {
  const ms: StageMs = { parse: 0, normalise: 0, enrich: 0, pipeline: 0, withScores: 0 }
  const enrich = newEnricher(setting)
  const writer = new LineWriter(join(folder, 'scores.ndjson'))
  const [run, scoring] = [newRun(setting, []), newRun(setting, [], writer)]
  for (let at = 0; at < corpus.records.length; at += stageRecords) {
    const records = corpus.records.slice(at, at + stageRecords)
    const times = [performance.now()]
    const parsed = records.map(parseRecord).filter((value) => value !== invalidJson)
    times.push(performance.now())
    const clear: { readonly event: ClearEvent; readonly record: unknown }[] = []
    for (const value of parsed)
      normaliseRecord(value, (outcome, record) => {
        if (outcome.kind === 'event') clear.push({ event: outcome.event, record })
      })
    times.push(performance.now())
    const events: AccessEvent[] = []
    for (const { event, record } of clear) events.push(enrich(event, () => canonicalSha256(record)))
    times.push(performance.now())
    await run.take(events)
    times.push(performance.now())
    await scoring.take(events)
    times.push(performance.now())
    for (const [index, stage] of (['parse', 'normalise', 'enrich', 'pipeline', 'withScores'] as const).entries())
      ms[stage] += times[index + 1]! - times[index]!
  }
  writer.close()
  return ms
}

/** What the last measured code gave: asked for once, so that it counts as used. */
export function lastResult(): unknown {
  return kept
}

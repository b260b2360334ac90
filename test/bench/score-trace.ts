import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { EnrichmentTables, ScoringModel } from '@ostiary/models'
import { type TrainOptions, trainModel } from '@ostiary/models/train'
import { type Config, LocalRun, listInputs, loadArtefact, mergedEvents, saveTrainedModel } from '@ostiary/runtime'
import type { AccessEvent } from '@ostiary/schemas'

/** Every run has the same pseudonyms, so that a figure can be had again. */
const key = Buffer.alloc(32, 7)
const batchEvents = 1024
/** As "ostiary train" has them unless told otherwise. */
const training = { seed: 1, epochs: 12, batchSize: 256 } as const

/** Reads a file's access events as "ostiary scan" does. The product reads records and nothing else. */
export async function readEvents(path: string, config: Config, tables: EnrichmentTables): Promise<AccessEvent[]> {
  const events: AccessEvent[] = []
  for await (const batch of mergedEvents(listInputs([path]), { config, key, tables }).batches)
    for (const event of batch) events.push(event)
  return events
}

/** Trains on the events before a time, as "ostiary train" does, and loads the artefact from its folder, as "scan" does. */
export async function trainBefore(
  events: readonly AccessEvent[],
  untilMs: number,
  config: Config,
): Promise<ScoringModel> {
  const past = events.filter((event) => event.time < untilMs)
  const options: TrainOptions = { ...training, detector: config.detector }
  const trained = await trainModel(() => batchesOf(past), options)
  const folder = await mkdtemp(join(tmpdir(), 'ostiary-bench-'))
  try {
    await saveTrainedModel(folder, trained, options, 'bench')
    return await loadArtefact(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function* batchesOf(events: readonly AccessEvent[]): AsyncGenerator<readonly AccessEvent[], void> {
  for (let at = 0; at < events.length; at += batchEvents) yield events.slice(at, at + batchEvents)
}

/** Scans from an empty state. Calibrated bits by event id: the highest, where an id comes more than once. */
export async function scoreEvents(
  events: readonly AccessEvent[],
  model: ScoringModel,
  config: Config,
  tables: EnrichmentTables,
): Promise<Map<string, number>> {
  const scores = new Map<string, number>()
  const run = new LocalRun({
    config,
    tables,
    model,
    codeVersion: 'bench',
    sinks: [],
    nameOf: (uid) => uid,
    onScore: ({ event, score }) => {
      const before = scores.get(event.event_uid)
      if (before === undefined || score > before) scores.set(event.event_uid, score)
    },
  })
  for await (const batch of batchesOf(events)) await run.take(batch)
  await run.finish()
  return scores
}

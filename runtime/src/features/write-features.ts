import {
  autoencoderInputWidth,
  type EnrichmentTables,
  type Feedback,
  recordingModel,
  type ScoringModel,
} from '@ostiary/models'
import { OstiaryError } from '@ostiary/schemas'
import type { Config } from '../config/config-schema.ts'
import { keyIdOf } from '../files/pseudonym-key.ts'
import { writeAtomically } from '../files/write-atomically.ts'
import { LocalPipeline } from '../local/local-pipeline.ts'
import { mergedEvents } from '../local/merged-events.ts'
import type { ListedInput } from '../reading/list-inputs.ts'
import type { Label } from '../replay/labels.ts'
import { FeatureRows, type RowGroup } from './feature-rows.ts'
import { parquetBytes } from './parquet-bytes.ts'

export interface FeaturesOptions {
  readonly config: Config
  readonly key: Uint8Array
  readonly tables: EnrichmentTables
  readonly model: ScoringModel
  readonly codeVersion: string
  /** Labels and suppressions in force throughout. */
  readonly feedback?: Feedback | undefined
  readonly inputs: readonly ListedInput[]
  /** Sections of the state to begin with; an empty one unless given. It is not written to. */
  readonly before?: ReadonlyMap<string, Uint8Array> | undefined
  readonly labels?: ReadonlyMap<string, Label> | undefined
  readonly sinceMs?: number | undefined
  readonly untilMs?: number | undefined
  readonly onBytes?: ((bytes: number) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/** What a file of features holds. */
export interface FeaturesSummary {
  readonly records: number
  /** Rows of the file. */
  readonly events: number
  readonly labelled: number
  readonly identities: number
  readonly model: string
}

/**
 * Runs past events through the live pipeline and writes a row of features for each, as Parquet: whole or not at all. A
 * shadow beside the model records what an autoencoder is given, so that it is what one would be given live.
 *
 * @throws OstiaryError `output.unwritable`, `input.empty`; the signal's reason where it aborts
 */
export async function writeFeatures(file: string, options: FeaturesOptions): Promise<FeaturesSummary> {
  const { key, model, codeVersion } = options
  const work = new Work(options)
  const { counts, batches } = mergedEvents(options.inputs, options)
  const origin = { model: model.id, keyId: keyIdOf(key), codeVersion }
  await writeAtomically(file, parquetBytes(work.groups(batches), origin))
  return { records: counts.records, ...work.counts(), model: model.id }
}

type Batches = ReturnType<typeof mergedEvents>['batches']

/** Features on their way from events to groups of rows. */
class Work {
  readonly #options: FeaturesOptions
  readonly #pipeline: LocalPipeline
  readonly #rows = new FeatureRows()
  readonly #inputs = new Float32Array(autoencoderInputWidth)
  /** Full groups that were not asked for yet: as many as one batch, and at the end the reordering, can fill. */
  readonly #full: RowGroup[] = []
  #events = 0
  #labelled = 0

  constructor(options: FeaturesOptions) {
    const { config, model, tables, codeVersion, feedback, labels, before } = options
    this.#options = options
    this.#pipeline = new LocalPipeline({
      detector: config.detector,
      setting: {
        model,
        shadow: recordingModel((inputs) => this.#inputs.set(inputs)),
        tablesId: tables.id,
        codeVersion,
        feedback,
      },
      desk: { alertsPerDay: config.alertsPerDay, pageBits: 0, casesMax: config.detector.openCasesMax },
      duplicatesMax: config.duplicatesMax,
      reorderMs: config.reorderMs,
      recent: false,
      // The shadow has recorded the event's inputs when its score is told.
      onScore: (score) => {
        const label = labels?.get(score.event.event_uid)
        this.#events += 1
        if (label !== undefined) this.#labelled += 1
        const full = this.#rows.add({ score, inputs: this.#inputs, label })
        if (full !== undefined) this.#full.push(full)
      },
      onAlert: () => undefined,
    })
    if (before !== undefined) this.#pipeline.restore(before)
  }

  async *groups(batches: Batches): AsyncGenerator<RowGroup, void> {
    const { signal } = this.#options
    for await (const batch of batches) {
      signal?.throwIfAborted()
      for (const event of batch) this.#pipeline.push(event)
      yield* this.#full.splice(0)
    }
    signal?.throwIfAborted()
    this.#pipeline.flush()
    if (this.#events === 0)
      throw new OstiaryError('input.empty', 'Cannot write features: no event was read, or none in the time asked for')
    yield* this.#full.splice(0)
    const last = this.#rows.take()
    if (last !== undefined) yield last
  }

  counts(): Pick<FeaturesSummary, 'events' | 'labelled' | 'identities'> {
    return { events: this.#events, labelled: this.#labelled, identities: this.#pipeline.identities }
  }
}

import type { AccessEvent } from '@ostiary/schemas'
import { OstiaryError } from '@ostiary/schemas'
import { assemble } from '../src/artefact/model-artefact.ts'
import {
  type AutoencoderContext,
  autoencoderInput,
  autoencoderInputWeights,
  autoencoderInputWidth,
} from '../src/autoencoder/input-vector.ts'
import { readLayersModel } from '../src/autoencoder/layers-model.ts'
import { createReconstruction, type Reconstruction } from '../src/autoencoder/reconstruct.ts'
import { bitsAt, bitsTableOf, samplesMin } from '../src/calibration/bits-table.ts'
import { type Calibration, caseMaximaMax } from '../src/calibration/calibration.ts'
import { EvenSample } from '../src/calibration/even-sample.ts'
import { closeDay } from '../src/census/census.ts'
import { CensusTable } from '../src/census/census-table.ts'
import type { DetectorOptions } from '../src/detector/options.ts'
import { createPipeline, type PipelineState } from '../src/pipeline.ts'
import type { ScoringModel } from '../src/score/scoring-model.ts'
import { uncalibratedModel } from '../src/score/uncalibrated-model.ts'
import { MapByAge } from '../src/sketches/map-by-age.ts'
import { type FittedAutoencoder, fitAutoencoder } from './fit-autoencoder.ts'
import { createRowReservoir } from './row-reservoir.ts'

/** Nats a bit of the autoencoder adds to the rank. What it earns is measured in docs/decisions. */
export const autoencoderWeightDefault = 0.25
/** An identity's past must carry this much of its weight before its events show the autoencoder what is usual. */
const gateMin = 0.5
/** Share of the time, from the beginning, in which so much is new that scores say little. */
const warmUpShare = 1 / 3
/** Most scores a calibration is made of; more are thinned evenly. */
const scoresMax = 1_000_000
const hourMs = 3_600_000
const dayMs = 86_400_000

export interface TrainOptions {
  readonly detector: DetectorOptions
  readonly seed: number
  readonly epochs: number
  readonly batchSize: number
  readonly autoencoderWeight?: number
  readonly onProgress?: (progress: TrainProgress) => void
}

/** What training is at: `share` of it done, in [0, 1]. */
export interface TrainProgress {
  readonly phase: 'reading' | 'fitting' | 'calibrating'
  readonly share: number
  readonly loss?: number
}

export interface TrainedModel {
  readonly fitted: FittedAutoencoder
  readonly calibration: Calibration
  readonly census: CensusTable
  readonly autoencoderWeight: number
  readonly events: number
  readonly identities: number
  readonly rows: number
  /** Event time of the first and the last event, ms. */
  readonly fromMs: number
  readonly untilMs: number
}

/** Events in order of time; asked for twice, and must give the same both times. */
export type ReplayableEvents = () => AsyncIterable<readonly AccessEvent[]>

/**
 * Learns from past events, taken to be usual: what is usual in the tenant (census), how signals go together
 * (autoencoder), and how often which score comes (calibration). Two passes, each scoring before it learns, as a scan
 * does: the first gives the autoencoder its rows, the second the scores to calibrate on.
 *
 * @throws OstiaryError `input.empty` when there are too few events to calibrate on
 */
export async function trainModel(events: ReplayableEvents, options: TrainOptions): Promise<TrainedModel> {
  const { seed, onProgress } = options
  const reservoir = createRowReservoir({ width: autoencoderInputWidth, seed })
  const row = new Float32Array(autoencoderInputWidth)
  const recorder = (nats: Float64Array, context: AutoencoderContext): number => {
    if (context.gate >= gateMin) {
      autoencoderInput(nats, context, row)
      reservoir.offer(row)
    }
    return 0
  }
  const first = await replay(
    events,
    { ...uncalibratedModel, autoencoderFromNats: Number.NEGATIVE_INFINITY, autoencoderBits: recorder },
    options,
    () => undefined,
  )
  if (reservoir.size < samplesMin)
    throw new OstiaryError(
      'input.empty',
      `Cannot train on ${first.events} events: only ${reservoir.size} come from identities known well enough, ` +
        `and ${samplesMin} are needed. Give more days`,
    )
  const rows = reservoir.rows().slice()
  const fitted = await fitAutoencoder({
    rows,
    width: autoencoderInputWidth,
    seed,
    epochs: options.epochs,
    batchSize: options.batchSize,
    onEpoch: ({ epoch, loss }) => onProgress?.({ phase: 'fitting', share: epoch / options.epochs, loss }),
  })
  const network = createReconstruction(readLayersModel(fitted.modelJson, fitted.weights), autoencoderInputWeights)
  const autoencoder = bitsTableOf(errorsOf(network, rows))
  const { calibration, census, identities } = await calibrate(events, first, network, autoencoder, options)
  return {
    fitted,
    calibration,
    census,
    autoencoderWeight: options.autoencoderWeight ?? autoencoderWeightDefault,
    events: first.events,
    identities,
    rows: reservoir.size,
    fromMs: first.fromMs,
    untilMs: first.untilMs,
  }
}

interface Replay {
  readonly state: PipelineState
  readonly events: number
  readonly fromMs: number
  readonly untilMs: number
}

type OnScore = (scoreNats: number, surpriseNats: number, event: AccessEvent) => void

/** Folds the events from an empty state, as a scan would, with a model that may listen in. */
async function replay(
  events: ReplayableEvents,
  model: ScoringModel,
  { detector, onProgress }: TrainOptions,
  onScore: OnScore,
  expected = 0,
): Promise<Replay> {
  const pipeline = createPipeline(
    // No case is wanted, so none opens.
    { ...detector, digestBits: Number.POSITIVE_INFINITY },
    { model, tablesId: '', codeVersion: '', scores: true },
    { alertsPerDay: 0, pageBits: Number.POSITIVE_INFINITY, casesMax: 1 },
  )
  const state = pipeline.init()
  let count = 0
  let fromMs = Number.POSITIVE_INFINITY
  for await (const batch of events()) {
    for (const event of batch) {
      if (event.time < fromMs) fromMs = event.time
      for (const output of pipeline.step(state, event))
        if (output.kind === 'score') onScore(output.score.scoreNats, output.score.surpriseNats, output.score.event)
    }
    count += batch.length
    if (expected > 0) onProgress?.({ phase: 'calibrating', share: count / expected })
    else onProgress?.({ phase: 'reading', share: 0 })
  }
  return { state, events: count, fromMs, untilMs: state.partition.highWaterMs }
}

function errorsOf(network: Reconstruction, rows: Float32Array): Float64Array {
  const errors = new Float64Array(rows.length / autoencoderInputWidth)
  for (let i = 0; i < errors.length; i++)
    errors[i] = network.reconstructionError(
      rows.subarray(i * autoencoderInputWidth, (i + 1) * autoencoderInputWidth),
    ).error
  return errors
}

async function calibrate(
  events: ReplayableEvents,
  first: Replay,
  network: Reconstruction,
  autoencoder: Calibration['autoencoder'],
  options: TrainOptions,
): Promise<{ calibration: Calibration; census: CensusTable; identities: number }> {
  const uncalibrated: Calibration = {
    version: 1,
    score: autoencoder,
    surprise: autoencoder,
    autoencoder,
    caseMaxima: { days: 0, bits: [] },
  }
  const weight = options.autoencoderWeight ?? autoencoderWeightDefault
  const model = assemble('training', weight, network, uncalibrated, CensusTable.empty)
  const warmUntilMs = first.fromMs + (first.untilMs - first.fromMs) * warmUpShare
  const scores = new EvenSample(scoresMax)
  const surprises = new EvenSample(scoresMax)
  const maxima = new HourMaxima()
  const { state } = await replay(
    events,
    model,
    options,
    (scoreNats, surpriseNats, event) => {
      if (event.time < warmUntilMs) return
      scores.add(scoreNats)
      surprises.add(surpriseNats)
      maxima.add(event.identity.uid, Math.floor(event.time / hourMs), scoreNats)
    },
    first.events,
  )
  if (scores.size < samplesMin)
    throw new OstiaryError(
      'input.empty',
      `Cannot calibrate on ${scores.size} events of the last two thirds of the time: ${samplesMin} are needed. Give more days`,
    )
  const score = bitsTableOf(scores.values())
  const days = (first.untilMs - warmUntilMs) / dayMs
  return {
    calibration: {
      version: 1,
      score,
      surprise: bitsTableOf(surprises.values()),
      autoencoder,
      caseMaxima: { days, bits: maxima.highest().map((nats) => bitsAt(score, nats).bits) },
    },
    census: closeDay(state.partition.detector.census, state.partition.detector.sums, state.partition.detector.sumsDay),
    identities: state.partition.detector.identities.size,
  }
}

/** Most identities whose running hour is held; the one seen first is closed to make room. */
const runningHoursMax = 262_144

/** The highest scores of identities' hours, which stand for cases. */
class HourMaxima {
  readonly #running: MapByAge<string, { hour: number; nats: number }> = new MapByAge()
  #closed: number[] = []

  add(uid: string, hour: number, nats: number): void {
    const running = this.#running.get(uid)
    if (running !== undefined && running.hour === hour) {
      if (nats > running.nats) running.nats = nats
      return
    }
    if (running !== undefined) this.#close(running.nats)
    this.#running.delete(uid)
    this.#running.set(uid, { hour, nats })
    if (this.#running.size <= runningHoursMax) return
    const oldest = this.#running.takeOldest()
    if (oldest !== undefined) this.#close(oldest[1].nats)
  }

  /** Nats, falling; at most `caseMaximaMax`. */
  highest(): number[] {
    for (const { nats } of this.#running.values()) this.#close(nats)
    this.#running.clear()
    return this.#trimmed()
  }

  #close(nats: number): void {
    this.#closed.push(nats)
    if (this.#closed.length >= 4 * caseMaximaMax) this.#closed = this.#trimmed()
  }

  #trimmed(): number[] {
    return this.#closed.sort((a, b) => b - a).slice(0, caseMaximaMax)
  }
}

import type { AccessEvent } from '@ostiary/schemas'
import { OstiaryError } from '@ostiary/schemas'
import { assemble } from '../src/artefact/model-artefact.ts'
import { autoencoderInputWeights, autoencoderInputWidth } from '../src/autoencoder/input-vector.ts'
import { readLayersModel } from '../src/autoencoder/layers-model.ts'
import { createReconstruction, type Reconstruction } from '../src/autoencoder/reconstruct.ts'
import { recordingModel } from '../src/autoencoder/recording-model.ts'
import { bitsAt, bitsTableOf, samplesMin } from '../src/calibration/bits-table.ts'
import type { Calibration } from '../src/calibration/calibration.ts'
import { EvenSample } from '../src/calibration/even-sample.ts'
import { closeDay } from '../src/census/census.ts'
import { CensusTable } from '../src/census/census-table.ts'
import type { DetectorOptions } from '../src/detector/options.ts'
import { createPipeline, type PipelineState } from '../src/pipeline.ts'
import type { ScoringModel } from '../src/score/scoring-model.ts'
import { uncalibratedModel } from '../src/score/uncalibrated-model.ts'
import { type FittedAutoencoder, fitAutoencoder, type MadeNetwork } from './fit-autoencoder.ts'
import { isHeldBack } from './held-back.ts'
import { HourMaxima } from './hour-maxima.ts'
import { histogram, type ModelEvidence, ScoreEvidence } from './model-evidence.ts'
import { createRowReservoir } from './row-reservoir.ts'
import type { BackendChoice } from './tensorflow.ts'

/** Nats a bit of the autoencoder adds to the rank. What it earns is measured in docs/decisions. */
export const autoencoderWeightDefault = 0.25
/** An identity's past must carry this much of its weight before its events show the autoencoder what is usual. */
export const trainedGateMin = 0.5
/** Share of the time, from the beginning, in which so much is new that scores say little. */
const warmUpShare = 1 / 3
/** Most scores a calibration is made of; more are thinned evenly. */
const scoresMax = 1_000_000
/** Most rows kept from training. */
const heldBackRowsMax = 50_000
const hourMs = 3_600_000
const dayMs = 86_400_000

export interface TrainOptions {
  readonly detector: DetectorOptions
  readonly seed: number
  /** Most epochs; training ends before where more stop helping. */
  readonly epochs: number
  readonly batchSize: number
  readonly backends?: BackendChoice | undefined
  readonly autoencoderWeight?: number
  /** A network that was made elsewhere: calibrated as it is, and none is trained. */
  readonly network?: MadeNetwork | undefined
  readonly onProgress?: (progress: TrainProgress) => void
}

/** What training is at: `share` of it done, in [0, 1]. */
export interface TrainProgress {
  readonly phase: 'reading' | 'fitting' | 'calibrating'
  readonly share: number
  readonly loss?: number
}

export interface TrainedModel {
  readonly network: MadeNetwork
  readonly calibration: Calibration
  readonly census: CensusTable
  readonly autoencoderWeight: number
  readonly events: number
  readonly identities: number
  /** Rows that the autoencoder was trained on, and those kept from it. */
  readonly rows: { readonly trained: number; readonly heldBack: number }
  readonly evidence: ModelEvidence
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
  const { first, rows } = await readRows(events, options)
  const network = options.network ?? (await fit(rows, options))
  const reconstruction = createReconstruction(
    readLayersModel(network.modelJson, network.weights),
    autoencoderInputWeights,
  )
  const errors = { trained: errorsOf(reconstruction, rows.trained), heldBack: errorsOf(reconstruction, rows.heldBack) }
  const autoencoder = bitsTableOf(Float64Array.from([...errors.trained, ...errors.heldBack]))
  const { calibration, census, identities, evidence } = await calibrate(
    events,
    first,
    reconstruction,
    autoencoder,
    options,
  )
  return {
    network,
    calibration,
    census,
    autoencoderWeight: options.autoencoderWeight ?? autoencoderWeightDefault,
    events: first.events,
    identities,
    rows: { trained: errors.trained.length, heldBack: errors.heldBack.length },
    evidence: {
      errors: histogram([
        ['rows trained on', errors.trained.map(Math.sqrt)],
        ['rows held back', errors.heldBack.map(Math.sqrt)],
      ]),
      scores: evidence.scores(),
      reliability: evidence.reliability(),
    },
    fromMs: first.fromMs,
    untilMs: first.untilMs,
  }
}

/** Rows of identities that are known well enough. */
interface Rows {
  readonly trained: Float32Array
  /** Of identities that are kept from training. */
  readonly heldBack: Float32Array
}

async function readRows(
  events: ReplayableEvents,
  options: TrainOptions,
): Promise<{ readonly first: Replay; readonly rows: Rows }> {
  const { seed } = options
  const trained = createRowReservoir({ width: autoencoderInputWidth, seed })
  const heldBack = createRowReservoir({ width: autoencoderInputWidth, seed, rowsMax: heldBackRowsMax })
  let row: Float32Array | undefined
  // As a shadow, for the model that scores is also asked what would have made an event usual.
  const shadow = recordingModel((inputs, { gate }) => {
    row = gate >= trainedGateMin ? inputs : undefined
  })
  const first = await replay(events, { model: uncalibratedModel, shadow }, options, (_, __, { identity }) => {
    if (row !== undefined) (isHeldBack(identity.uid) ? heldBack : trained).offer(row)
  })
  const known = trained.size + heldBack.size
  if (known < samplesMin)
    throw new OstiaryError(
      'input.empty',
      `Cannot train on ${first.events} events: only ${known} come from identities known well enough, ` +
        `and ${samplesMin} are needed. Give more days`,
    )
  const rows = { trained: trained.rows().slice(), heldBack: heldBack.rows().slice() }
  // Where hardly anybody is left to train on, nobody is held back.
  if (trained.size < samplesMin)
    return {
      first,
      rows: { trained: Float32Array.from([...rows.trained, ...rows.heldBack]), heldBack: new Float32Array(0) },
    }
  return { first, rows }
}

function fit({ trained, heldBack }: Rows, options: TrainOptions): Promise<FittedAutoencoder> {
  const { seed, epochs, batchSize, backends, onProgress } = options
  return fitAutoencoder({
    rows: trained,
    heldBack,
    width: autoencoderInputWidth,
    seed,
    epochs,
    batchSize,
    backends,
    onEpoch: ({ epoch, loss }) => onProgress?.({ phase: 'fitting', share: epoch / epochs, loss }),
  })
}

interface Replay {
  readonly state: PipelineState
  readonly events: number
  readonly fromMs: number
  readonly untilMs: number
}

type OnScore = (scoreNats: number, surpriseNats: number, event: AccessEvent) => void

/** Folds the events from an empty state, as a scan would, with a shadow that may listen in. */
async function replay(
  events: ReplayableEvents,
  models: { readonly model: ScoringModel; readonly shadow?: ScoringModel },
  { detector, onProgress }: TrainOptions,
  onScore: OnScore,
  expected = 0,
): Promise<Replay> {
  const pipeline = createPipeline(
    // No case is wanted, so none opens.
    { ...detector, digestBits: Number.POSITIVE_INFINITY },
    { ...models, tablesId: '', codeVersion: '', scores: true },
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
): Promise<{ calibration: Calibration; census: CensusTable; identities: number; evidence: ScoreEvidence }> {
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
  const evidence = new ScoreEvidence((warmUntilMs + first.untilMs) / 2)
  const { state } = await replay(
    events,
    { model },
    options,
    (scoreNats, surpriseNats, event) => {
      if (event.time < warmUntilMs) return
      scores.add(scoreNats)
      surprises.add(surpriseNats)
      evidence.add(event.identity.uid, event.time, scoreNats)
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
    evidence,
  }
}

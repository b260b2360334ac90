import { createHash } from 'node:crypto'
import { type ArtefactFile, autoencoderInputIds, autoencoderInputWeights, rankId, signals } from '@ostiary/models'
import { modelCard, type TrainedModel, type TrainOptions } from '@ostiary/models/train'
import { canonicalJson } from '@ostiary/schemas'
import { writeArtefact } from './artefact-folder.ts'

/** Writes a trained model as an artefact folder. Returns its id. */
export async function saveTrainedModel(
  folder: string,
  trained: TrainedModel,
  options: TrainOptions,
  codeVersion: string,
): Promise<string> {
  const { fitted, calibration, census } = trained
  const deciding = {
    'model.json': jsonBytes(fitted.modelJson),
    'weights.bin': fitted.weights,
    'calibration.json': jsonBytes(calibration),
    'census.json': jsonBytes(census.toJson()),
  } satisfies Partial<Record<ArtefactFile, Uint8Array>>
  const hashes = Object.entries(deciding).map(([name, bytes]) => [
    name,
    createHash('sha256').update(bytes).digest('hex'),
  ])
  const card = modelCard({
    trainedFromMs: trained.fromMs,
    trainedUntilMs: trained.untilMs,
    events: trained.events,
    identities: trained.identities,
    rows: trained.rows,
    inputs: autoencoderInputIds.map((id, index) => ({ id, weight: autoencoderInputWeights[index]! })),
    architecture: { widths: fitted.widths, activations: fitted.activations },
    training: {
      seed: options.seed,
      epochs: options.epochs,
      batchSize: options.batchSize,
      noise: fitted.noise,
      backend: fitted.backend,
    },
    history: fitted.history,
    autoencoderWeight: trained.autoencoderWeight,
    calibration,
    versions: { ostiary: codeVersion, '@tensorflow/tfjs': fitted.tensorflowVersion },
    hashes: Object.fromEntries(hashes),
  })
  return writeArtefact(
    folder,
    {
      version: 1,
      signals: signals.map((signal) => signal.id),
      autoencoderInputs: autoencoderInputIds,
      rank: rankId,
      autoencoderWeight: trained.autoencoderWeight,
      trainedFrom: new Date(trained.fromMs).toISOString(),
      trainedUntil: new Date(trained.untilMs).toISOString(),
      events: trained.events,
      identities: trained.identities,
      seed: options.seed,
    },
    { ...deciding, 'MODEL_CARD.md': Buffer.from(card, 'utf8') },
  )
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(`${canonicalJson(value)}\n`, 'utf8')
}

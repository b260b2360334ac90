import { createHash } from 'node:crypto'
import { type ArtefactFile, autoencoderInputIds, autoencoderInputWeights, rankId, signals } from '@ostiary/models'
import { cardPlots, modelCard, type TrainedModel, type TrainOptions } from '@ostiary/models/train'
import { canonicalJson } from '@ostiary/schemas'
import { writeArtefact } from './artefact-folder.ts'

/** Writes a trained model as an artefact folder. Returns its id. */
export async function saveTrainedModel(
  folder: string,
  trained: TrainedModel,
  options: TrainOptions,
  codeVersion: string,
): Promise<string> {
  const { network, calibration, census, evidence } = trained
  const told = {
    'model.json': jsonBytes(network.modelJson),
    'weights.bin': network.weights,
    'calibration.json': jsonBytes(calibration),
    'census.json': jsonBytes(census.toJson()),
    'MODEL_CARD.svg': Buffer.from(cardPlots(network.history, evidence), 'utf8'),
  } satisfies Partial<Record<ArtefactFile, Uint8Array>>
  const hashes = Object.entries(told).map(([name, bytes]) => [name, createHash('sha256').update(bytes).digest('hex')])
  const card = modelCard({
    trainedFromMs: trained.fromMs,
    trainedUntilMs: trained.untilMs,
    events: trained.events,
    identities: trained.identities,
    rows: trained.rows,
    inputs: autoencoderInputIds.map((id, index) => ({ id, weight: autoencoderInputWeights[index]! })),
    architecture: { widths: network.widths, activations: network.activations },
    making: network.making,
    history: network.history,
    autoencoderWeight: trained.autoencoderWeight,
    calibration,
    reliability: evidence.reliability,
    versions: { ostiary: codeVersion, ...network.versions },
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
    { ...told, 'MODEL_CARD.md': Buffer.from(card, 'utf8') },
  )
}

function jsonBytes(value: unknown): Uint8Array {
  return Buffer.from(`${canonicalJson(value)}\n`, 'utf8')
}

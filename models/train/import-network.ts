import { OstiaryError } from '@ostiary/schemas'
import { autoencoderInputIds, autoencoderInputWidth } from '../src/autoencoder/input-vector.ts'
import { type LayersModel, readLayersModel } from '../src/autoencoder/layers-model.ts'
import { type EpochLoss, epochsMax, type MadeNetwork } from './fit-autoencoder.ts'
import { layersModelFiles } from './layers-model-files.ts'

const madeByCharactersMax = 200

/**
 * A network that was trained elsewhere, checked to be one of ours: dense layers from the autoencoder's inputs, in our
 * order, back to them. What it is written as is what was understood of it, so nothing else of the file is carried along.
 *
 * Beside the network `model.json` has to say `userDefinedMetadata.ostiary`: `inputs`, the ids of the inputs in order;
 * and may say `madeBy`, in words, and `history`, the loss by epoch.
 *
 * @param modelJson the object of `model.json`
 * @throws OstiaryError `model.invalid` naming what is not carried over or does not fit
 */
export function importNetwork(modelJson: unknown, weights: Uint8Array): MadeNetwork {
  try {
    const told = toldBy(modelJson)
    const network = readLayersModel(modelJson, weights)
    checkFit(network)
    return {
      ...layersModelFiles(network),
      widths: [network.inputs, ...network.layers.map(({ units }) => units)],
      activations: network.layers.map(({ activation }) => activation),
      history: historyOf(told['history']),
      making: [['made by', madeByOf(told['madeBy'])]],
      versions: {},
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new OstiaryError('model.invalid', `Cannot import model: ${error.message}`, { cause: error })
  }
}

/** What a model says of itself for us; whoever does not say which inputs it was trained on cannot be trusted to know. */
function toldBy(modelJson: unknown): Readonly<Record<string, unknown>> {
  const metadata = memberOf(memberOf(modelJson, 'userDefinedMetadata'), 'ostiary')
  const inputs = memberOf(metadata, 'inputs')
  if (!Array.isArray(inputs))
    throw new TypeError(
      'its model.json does not name the inputs it was trained on. Put the ids of the inputs that "ostiary features" wrote, ' +
        'in order, into userDefinedMetadata.ostiary.inputs',
    )
  const at = autoencoderInputIds.findIndex((id, index) => inputs[index] !== id)
  if (at >= 0 || inputs.length !== autoencoderInputWidth)
    throw new TypeError(
      `it was trained on ${inputs.length} inputs, of which number ${at < 0 ? autoencoderInputWidth : at} is ` +
        `${quote(inputs[at < 0 ? autoencoderInputWidth : at])}; this version has ${autoencoderInputWidth}, and there ` +
        `${quote(autoencoderInputIds[at])}. Write the features anew and train on those`,
    )
  return metadata as Readonly<Record<string, unknown>>
}

function checkFit({ inputs, outputs, layers }: LayersModel): void {
  if (inputs !== autoencoderInputWidth || outputs !== autoencoderInputWidth)
    throw new TypeError(
      `it goes from ${inputs} numbers to ${outputs}; an autoencoder of ours goes from ${autoencoderInputWidth} to as many`,
    )
  const narrowest = Math.min(...layers.map(({ units }) => units))
  if (narrowest >= inputs)
    throw new TypeError(
      `its narrowest layer has ${narrowest} units of ${inputs} inputs: it can give back anything, so nothing would be strange`,
    )
}

function madeByOf(value: unknown): string {
  if (value === undefined) return 'nobody said'
  if (typeof value !== 'string' || value.length > madeByCharactersMax || /\p{Cc}/u.test(value))
    throw new TypeError(
      `userDefinedMetadata.ostiary.madeBy is ${quote(value)}, text of at most ${madeByCharactersMax} characters is expected`,
    )
  return value
}

function historyOf(value: unknown): readonly EpochLoss[] {
  if (value === undefined) return []
  if (!Array.isArray(value) || value.length > epochsMax)
    throw new TypeError(`userDefinedMetadata.ostiary.history is not a list of at most ${epochsMax} epochs`)
  return value.map((row: unknown, index) => {
    const [loss, heldBack] = [memberOf(row, 'loss'), memberOf(row, 'heldBack')]
    if (!isLoss(loss) || (heldBack !== undefined && !isLoss(heldBack)))
      throw new TypeError(`userDefinedMetadata.ostiary.history has ${quote(row)} for epoch ${index + 1}`)
    return { epoch: index + 1, loss, ...(heldBack === undefined ? {} : { heldBack }) }
  })
}

function isLoss(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function memberOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

function quote(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 100)
}

import { OstiaryError } from '@ostiary/schemas'
import { describe, expect, it } from 'vitest'
import { autoencoderInputIds, autoencoderInputWidth } from '../src/autoencoder/input-vector.ts'
import { type LayersModel, readLayersModel } from '../src/autoencoder/layers-model.ts'
import { importNetwork } from './import-network.ts'
import { layersModelFiles } from './layers-model-files.ts'
import { seededRandom } from './seeded-random.ts'

// biome-ignore lint/suspicious/noExplicitAny: a test bends parsed JSON into shapes that no type allows
type Json = any

/** A network of random weights, through so many units. */
function network(hidden = 4, width = autoencoderInputWidth): LayersModel {
  const random = seededRandom(3)
  const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => random.uniform() - 0.5)
  const layer = (inputs: number, units: number, activation: 'relu' | 'linear') => ({
    name: `l${units}`,
    inputs,
    units,
    activation,
    kernel: numbers(inputs * units),
    bias: numbers(units),
  })
  return { inputs: width, outputs: width, layers: [layer(width, hidden, 'relu'), layer(hidden, width, 'linear')] }
}

/** What a data scientist would hand over, with something about it changed. */
function given(change: (modelJson: Json) => void = () => undefined, of = network()): [Json, Uint8Array] {
  const { modelJson, weights } = layersModelFiles(of)
  const copy = JSON.parse(JSON.stringify(modelJson)) as Json
  copy.userDefinedMetadata = {
    ostiary: { inputs: [...autoencoderInputIds], madeBy: 'by hand', history: [{ loss: 0.5 }] },
  }
  change(copy)
  return [copy, weights]
}

function refusal(change: (modelJson: Json) => void, of?: LayersModel, weights?: Uint8Array): string {
  const [modelJson, bytes] = given(change, of)
  try {
    importNetwork(modelJson, weights ?? bytes)
  } catch (error) {
    expect((error as OstiaryError).code).toBe('model.invalid')
    expect(error).toBeInstanceOf(OstiaryError)
    return (error as Error).message
  }
  throw new Error('it was not refused')
}

describe('importing a network', () => {
  it('carries over every weight, and tells how it was made', () => {
    const made = importNetwork(...given())
    const read = readLayersModel(made.modelJson, made.weights)
    expect(read.layers.map(({ kernel, bias }) => [kernel, bias])).toEqual(
      network().layers.map(({ kernel, bias }) => [kernel, bias]),
    )
    expect(made).toMatchObject({
      widths: [autoencoderInputWidth, 4, autoencoderInputWidth],
      activations: ['relu', 'linear'],
      history: [{ epoch: 1, loss: 0.5 }],
      making: [['made by', 'by hand']],
    })
  })

  it('carries nothing else along', () => {
    const made = importNetwork(
      ...given((json) => {
        json.userDefinedMetadata.note = 'somebody@example.com'
      }),
    )
    expect(JSON.stringify(made.modelJson)).not.toContain('example.com')
  })

  const refused: readonly [string, (json: Json) => void, string][] = [
    ['no word of its inputs', (json) => delete json.userDefinedMetadata, 'does not name the inputs'],
    [
      'inputs in another order',
      (json) => json.userDefinedMetadata.ostiary.inputs.reverse(),
      `there "${autoencoderInputIds[0]}"`,
    ],
    ['an input too many', (json) => json.userDefinedMetadata.ostiary.inputs.push('more'), '"more"'],
    [
      'a layer that is not dense',
      (json) => {
        json.modelTopology.config.layers[0].class_name = 'LSTM'
      },
      'class "LSTM"',
    ],
    [
      'an activation that is not ours',
      (json) => {
        json.modelTopology.config.layers[0].config.activation = 'gelu'
      },
      'activation "gelu"',
    ],
    [
      'a loss that is no number',
      (json) => {
        json.userDefinedMetadata.ostiary.history = [{ loss: 'low' }]
      },
      'for epoch 1',
    ],
    [
      'words that are none',
      (json) => {
        json.userDefinedMetadata.ostiary.madeBy = 'a\nb'
      },
      'madeBy',
    ],
  ]
  it.each(refused)('refuses %s', (_, change, words) => {
    expect(refusal(change)).toContain(words)
  })

  it('refuses another width, a network without a waist, and weights that are no numbers', () => {
    expect(refusal(() => undefined, network(4, 10))).toContain('from 10 numbers to 10')
    expect(refusal(() => undefined, network(autoencoderInputWidth))).toContain('nothing would be strange')
    const [, weights] = given()
    new DataView(weights.buffer).setFloat32(8, Number.NaN, true)
    expect(refusal(() => undefined, network(), weights)).toContain('holds NaN at 2')
    expect(refusal(() => undefined, network(), given()[1].subarray(4))).toContain('ends at byte')
  })
})

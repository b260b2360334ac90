import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Activation, type DenseLayer, type LayersModel, readLayersModel } from './layers-model.ts'
import { createReconstruction } from './reconstruct.ts'

interface Vectors {
  readonly model: unknown
  readonly weights: string
  readonly errorWeights: readonly number[]
  readonly rows: readonly {
    readonly input: readonly string[]
    readonly output: readonly string[]
    readonly error: string
    readonly perInput: readonly string[]
  }[]
}

const vectors = JSON.parse(
  readFileSync(new URL('./fixtures/reconstruct-vectors.json', import.meta.url), 'utf8'),
) as Vectors

function double(hex: string): number {
  return Buffer.from(hex, 'hex').readDoubleBE()
}

function hexOf(value: number): string {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return bytes.toString('hex')
}

const activations: Record<Activation, (value: number) => number> = {
  linear: (value) => value,
  relu: (value) => Math.max(value, 0),
  sigmoid: (value) => 1 / (1 + Math.exp(-value)),
  tanh: (value) => Math.tanh(value),
}

/** The definition, one unit after another. */
function plainly(model: LayersModel, input: readonly number[]): readonly number[] {
  let values = input
  for (const { inputs, units, kernel, bias, activation } of model.layers) {
    const next: number[] = []
    for (let unit = 0; unit < units; unit++) {
      let sum = 0
      for (let i = 0; i < inputs; i++) sum += values[i]! * kernel[i * units + unit]!
      next.push(activations[activation](sum + bias[unit]!))
    }
    values = next
  }
  return values
}

const weight = fc.float({ min: -2, max: 2, noNaN: true })
const floats = (length: number): fc.Arbitrary<Float32Array> =>
  fc.array(weight, { minLength: length, maxLength: length }).map((values) => Float32Array.from(values))
const networks: fc.Arbitrary<LayersModel> = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 3 }))
  .chain(([width, hidden]) => {
    const units = [...hidden, width]
    const layers = units.map((size, index): fc.Arbitrary<DenseLayer> => {
      const inputs = index === 0 ? width : units[index - 1]!
      const activation = fc.constantFrom<Activation>('linear', 'relu', 'sigmoid', 'tanh')
      return fc.record({
        name: fc.constant(`layer_${index}`),
        inputs: fc.constant(inputs),
        units: fc.constant(size),
        activation,
        kernel: floats(inputs * size),
        bias: floats(size),
      })
    })
    return fc.tuple(...layers).map((made) => ({ inputs: width, outputs: width, layers: made }))
  })

describe('reconstruction', () => {
  const model = readLayersModel(vectors.model, Buffer.from(vectors.weights, 'base64'))
  const golden = createReconstruction(model, vectors.errorWeights)

  it.each(vectors.rows.map((row, index) => [index, row] as const))('gives the recorded bits of row %i', (_, row) => {
    const input = Float64Array.from(row.input, double)
    expect([...golden.reconstruct(input)].map(hexOf)).toEqual(row.output)
    const { error, perInput } = golden.reconstructionError(input)
    expect(hexOf(error)).toBe(row.error)
    expect([...perInput].map(hexOf)).toEqual(row.perInput)
  })

  it('computes what the definition says, bit by bit, whatever the widths', () => {
    fc.assert(
      fc.property(networks, fc.infiniteStream(weight), (network, stream) => {
        const input = Float32Array.from({ length: network.inputs }, () => stream.next().value as number)
        const reconstruction = createReconstruction(network, Array<number>(network.inputs).fill(1))
        const expected = plainly(network, [...input])
        expect([...reconstruction.reconstruct(input)].map((value) => value + 0)).toEqual(
          expected.map((value) => value + 0),
        )
        const { error, perInput } = reconstruction.reconstructionError(input)
        const mean = expected.reduce((sum, value, i) => sum + (value - input[i]!) ** 2, 0) / input.length
        expect(Math.abs(error - mean)).toBeLessThanOrEqual(1e-12 * mean)
        expect([...perInput].reduce((sum, added) => sum + added, 0)).toBe(error)
      }),
    )
  })

  it('keeps nothing from one row to the next', () => {
    const [first, second] = vectors.rows.slice(2).map((row) => Float64Array.from(row.input, double))
    const before = golden.reconstructionError(first!).error
    golden.reconstructionError(second!)
    expect(golden.reconstructionError(first!).error).toBe(before)
  })

  it('counts an input by its weight', () => {
    const input = Float64Array.from(vectors.rows[3]!.input, double)
    const even = createReconstruction(model, [1, 1, 1, 1, 1, 1, 1]).reconstructionError(input).perInput
    const { perInput } = golden.reconstructionError(input)
    expect(perInput[4]).toBe(0)
    expect(perInput[3]! / perInput[0]!).toBeCloseTo((2 * even[3]!) / even[0]!, 9)
  })

  it('refuses what does not fit', () => {
    const narrow: LayersModel = { ...model, outputs: 3 }
    expect(() => createReconstruction(narrow, vectors.errorWeights)).toThrow('7 inputs and 3 outputs')
    for (const weights of [[1], [0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, -1], [1, 1, 1, 1, 1, 1, Number.NaN]])
      expect(() => createReconstruction(model, weights)).toThrow(TypeError)
    expect(() => golden.reconstruct(new Float64Array(6))).toThrow(RangeError)
  })
})

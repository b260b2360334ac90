import { accessEventSchema } from '@ostiary/schemas'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { signals } from '../signals/index.ts'
import {
  type AutoencoderContext,
  autoencoderInput,
  autoencoderInputIds,
  autoencoderInputWeights,
  autoencoderInputWidth,
} from './input-vector.ts'

const context: AutoencoderContext = {
  gate: 0.5,
  noiseMean: 0,
  changes: true,
  impactBits: 2.5,
  identityType: 'ci',
}

function inputOf(nats: Float64Array, of: AutoencoderContext = context): Record<string, number> {
  const out = new Float64Array(autoencoderInputWidth)
  autoencoderInput(nats, of, out)
  return Object.fromEntries(autoencoderInputIds.map((id, index) => [id, out[index]!]))
}

describe('autoencoder input', () => {
  it('names every input once, signals first, every identity type of the schema', () => {
    expect(new Set(autoencoderInputIds).size).toBe(autoencoderInputIds.length)
    expect(autoencoderInputIds.slice(0, signals.length)).toEqual(signals.map((signal) => signal.id))
    const identity = accessEventSchema.fields.find((field) => field.name === 'identity')!.type as unknown as {
      fields: readonly { name: string; type: { symbols: readonly string[] } }[]
    }
    const symbols = identity.fields.find((field) => field.name === 'type')!.type.symbols
    const types = autoencoderInputIds.filter((id) => id.startsWith('identity_type.'))
    expect(types).toEqual(symbols.map((symbol) => `identity_type.${symbol}`))
  })

  it('puts each fact at the input of its name', () => {
    const nats = new Float64Array(signals.length)
    nats[1] = 12
    nats[2] = Math.sqrt(13) - 1
    const input = inputOf(nats)
    expect(input[signals[0]!.id]).toBe(0)
    expect(input[signals[1]!.id]).toBe(1)
    expect(input[signals[2]!.id]).toBeCloseTo(0.5, 12)
    expect(input['context.gate']).toBe(0.5)
    expect(input['context.noise_mean']).toBe(0)
    expect(input['context.changes']).toBe(1)
    expect(input['context.impact']).toBe(0.25)
    expect(input['identity_type.ci']).toBe(1)
    expect(input['identity_type.human']).toBe(0)
  })

  it('is in [0, 1] whatever it is given, and rises with the surprise', () => {
    const any = fc.double()
    fc.assert(
      fc.property(
        fc.array(any, { minLength: signals.length, maxLength: signals.length }),
        any,
        any,
        any,
        (...drawn) => {
          const [nats, gate, noiseMean, impactBits] = drawn
          const input = inputOf(Float64Array.from(nats), { ...context, gate, noiseMean, impactBits })
          for (const value of Object.values(input)) {
            expect(value).toBeGreaterThanOrEqual(0)
            expect(value).toBeLessThanOrEqual(1)
          }
        },
      ),
    )
    const low = new Float64Array(signals.length).fill(3)
    const high = new Float64Array(signals.length).fill(3.5)
    expect(inputOf(high)[signals[0]!.id]).toBeGreaterThan(inputOf(low)[signals[0]!.id]!)
  })

  it('refuses lengths that are not its own', () => {
    const out = new Float32Array(autoencoderInputWidth)
    expect(() => autoencoderInput(new Float64Array(3), context, out)).toThrow('3 surprises')
    expect(() => autoencoderInput(new Float64Array(signals.length), context, new Float32Array(2))).toThrow('2 inputs')
  })

  it('weighs signals only', () => {
    expect(autoencoderInputWeights).toHaveLength(autoencoderInputWidth)
    expect(autoencoderInputWeights.reduce((sum, weight) => sum + weight)).toBe(signals.length)
  })
})

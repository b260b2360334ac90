import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ByteReader, ByteWriter } from './byte-codec.ts'
import { ValueCounter } from './value-counter.ts'

const hash = fc.integer({ min: 1, max: 30 })
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ hash, weight: fc.constantFrom(0.5, 1) }) },
  fc.record({ factor: fc.constantFrom(0.001, 0.5, 0.99) }),
)

describe('value counter', () => {
  it('counts as a map with decay does, while there is room', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const counter = new ValueCounter(30)
        const expected = new Map<number, number>()
        let total = 0
        for (const one of steps) {
          if ('factor' in one) {
            counter.decay(one.factor)
            for (const [key, weight] of expected) expected.set(key, weight * one.factor)
            total *= one.factor
          } else {
            counter.learn(one.hash, one.weight, 1)
            expected.set(one.hash, (expected.get(one.hash) ?? 0) + one.weight)
            total += one.weight
          }
        }
        expect(counter.size).toBe(expected.size)
        for (const [key, weight] of expected)
          expect(Math.abs(counter.weight(key) - weight)).toBeLessThan(1e-5 * weight + 1e-30)
        expect(Math.abs(counter.total - total)).toBeLessThanOrEqual(1e-9 * total)
      }),
    )
  })

  it('keeps the heaviest when it is full, so that inventing values evicts one’s own', () => {
    const counter = new ValueCounter(4)
    for (let i = 0; i < 50; i++) for (const habit of [1, 2, 3]) counter.learn(habit, 1, 0)
    for (let invented = 100; invented < 10_000; invented++) counter.learn(invented, 1, 1)
    expect(counter.size).toBe(4)
    expect([1, 2, 3].map((habit) => counter.weight(habit))).toEqual([50, 50, 50])
  })

  it('names the heaviest value, of several the one with the least hash', () => {
    const counter = new ValueCounter(4)
    expect(counter.heaviest()).toBe(0)
    for (const one of [7, -3, 7, 5, -3, 9]) counter.learn(one, 1, 0)
    expect(counter.heaviest()).toBe(-3)
    counter.learn(9, 2.5, 0)
    expect(counter.heaviest()).toBe(9)
  })

  it('goes on from its bytes with the same bits', () => {
    fc.assert(
      fc.property(fc.array(step), fc.array(step), (before, after) => {
        const counter = new ValueCounter(12)
        const play = (target: ValueCounter, steps: typeof before): void => {
          for (const one of steps)
            if ('factor' in one) target.decay(one.factor)
            else target.learn(one.hash, one.weight, 3)
        }
        play(counter, before)
        const writer = new ByteWriter()
        counter.encode(writer)
        const other = new ValueCounter(12)
        play(other, after)
        other.decode(new ByteReader(writer.finish()))
        play(counter, after)
        play(other, after)
        for (let key = 1; key <= 30; key++) {
          expect(other.weight(key)).toBe(counter.weight(key))
          expect(other.lastDay(key)).toBe(counter.lastDay(key))
        }
        expect(other.total).toBe(counter.total)
      }),
    )
  })
})

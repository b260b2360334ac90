import { describe, expect, it } from 'vitest'
import { firstNestedObject, nestedArray, nestedObject, nestedValue } from './nested-value.ts'

describe('nested values', () => {
  it.each([
    [{ a: 1 }, { a: 1 }],
    ['{"a":1}', { a: 1 }],
    [' {"a":1}', { a: 1 }],
    ["{'a': 1}", { a: 1 }],
    ['[1]', [1]],
    ['text', 'text'],
    ['{no', undefined],
    [7, 7],
  ])('%j', (value, nested) => expect(nestedValue(value)).toEqual(nested))

  it('gives empty ones for what is something else', () => {
    for (const value of [undefined, null, 7, 'text', '{no', '[1]', [1]]) expect(nestedObject(value)).toEqual({})
    for (const value of [undefined, null, 7, 'text', '[no', '{}', {}]) expect(nestedArray(value)).toEqual([])
  })

  it('takes the first that has members', () => {
    expect(firstNestedObject(['', {}, 'text', '{"a":1}', { b: 2 }])).toEqual({ a: 1 })
    expect(firstNestedObject([undefined])).toEqual({})
  })
})

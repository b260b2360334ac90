import { expect, it } from 'vitest'
import { spreadOf, spreadText } from './spread-of.ts'

it('tells median, least and most', () => {
  expect(spreadOf([9, 10, 1])).toEqual({ median: 9, min: 1, max: 10 })
  expect(spreadOf([4, 10, 1, 2])).toEqual({ median: 3, min: 1, max: 10 })
  expect(spreadText(spreadOf([2]))).toBe('2.00 (2.00–2.00)')
  expect(() => spreadOf([])).toThrow(RangeError)
})

import { expect, test } from 'vitest'
import type { BitsTable } from './bits-table.ts'
import { type Calibration, calibrationOf, pageBitsOf } from './calibration.ts'

const table: BitsTable = { values: [1, 2], bits: [1, 2], tail: { scale: 1, shape: 0 }, samples: 1000 }
const calibration: Calibration = {
  version: 1,
  score: table,
  surprise: table,
  autoencoder: table,
  caseMaxima: { days: 2, bits: [30, 20, 15, 12, 11, 10, 9, 8] },
}

test('the paging threshold is the score that as many cases a day reach', () => {
  // Two days: at 1 a day two cases were above 15 bits.
  expect(pageBitsOf(calibration, 1)).toBe(15)
  expect(pageBitsOf(calibration, 2)).toBe(11)
  expect(pageBitsOf(calibration, 0.5)).toBe(20)
})

test('a budget of none asks for the highest score seen, a boundless one for the lowest that was kept', () => {
  expect(pageBitsOf(calibration, 0)).toBe(30)
  expect(pageBitsOf(calibration, 10_000)).toBe(8)
  expect(pageBitsOf({ ...calibration, caseMaxima: { days: 0, bits: [] } }, 5)).toBe(0)
})

test('reads back what JSON made of it', () => {
  expect(calibrationOf(JSON.parse(JSON.stringify(calibration)))).toEqual(calibration)
})

test.each([
  ['nothing', null],
  ['a text', 'calibration'],
  ['another version', { ...calibration, version: 2 }],
  ['a table missing', { ...calibration, surprise: undefined }],
  ['an empty table', { ...calibration, score: { ...table, values: [], bits: [] } }],
  ['values that fall', { ...calibration, score: { ...table, values: [2, 1] } }],
  ['values that stand still', { ...calibration, score: { ...table, values: [1, 1] } }],
  ['bits of another length', { ...calibration, score: { ...table, bits: [1] } }],
  ['bits that are no numbers', { ...calibration, score: { ...table, bits: [1, '2'] } }],
  ['bits that are not finite', { ...calibration, score: { ...table, bits: [1, Number.POSITIVE_INFINITY] } }],
  ['a tail without scale', { ...calibration, score: { ...table, tail: { scale: 0, shape: 0 } } }],
  ['a tail with an end', { ...calibration, score: { ...table, tail: { scale: 1, shape: -0.1 } } }],
  ['no tail', { ...calibration, score: { ...table, tail: undefined } }],
  ['case maxima that rise', { ...calibration, caseMaxima: { days: 1, bits: [1, 2] } }],
  ['case maxima without days', { ...calibration, caseMaxima: { bits: [2, 1] } }],
  ['no case maxima', { ...calibration, caseMaxima: undefined }],
])('refuses %s', (_name, json) => {
  expect(() => calibrationOf(json)).toThrow(TypeError)
})

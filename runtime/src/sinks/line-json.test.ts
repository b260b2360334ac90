import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineJson } from './line-json.ts'

const text = fc.string({ unit: fc.oneof(fc.integer({ min: 0, max: 0x2fff }).map((code) => String.fromCharCode(code))) })

test('reads back as the same value', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), text, fc.dictionary(text, text)), (value) => {
      expect(JSON.parse(lineJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('holds no letter that ends a line or that a terminal acts on', () => {
  fc.assert(
    fc.property(text, (value) => {
      const codes = [...lineJson(value)].map((letter) => letter.charCodeAt(0))
      expect(codes.filter((code) => code < 0x20 || (code >= 0x7f && code <= 0x9f))).toEqual([])
      expect(codes.filter((code) => code === 0x2028 || code === 0x2029 || code === 0x202e)).toEqual([])
    }),
  )
})

test('leaves all other letters as they are', () => {
  expect(lineJson({ name: 'Zoë 東京 👩‍💻 "quoted"' })).toBe('{"name":"Zoë 東京 👩‍💻 \\"quoted\\""}')
})

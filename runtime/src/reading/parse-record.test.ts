import fc from 'fast-check'
import { expect, it } from 'vitest'
import { invalidJson, parseRecord } from './parse-record.ts'

it('gives the value of JSON', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      expect(parseRecord(Buffer.from(text))).toEqual(JSON.parse(text))
    }),
  )
})

it('marks what is no JSON and never throws', () => {
  for (const text of ['', '{', '{"a":1}}', 'undefined', "{'a':1}", '{"a":"\n"}', 'NaN', '\ufeff{}']) {
    expect(parseRecord(Buffer.from(text))).toBe(invalidJson)
  }
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseRecord(Buffer.from(bytes))))
  expect(parseRecord(Buffer.from('['.repeat(200_000)))).toBe(invalidJson)
})

it('takes bytes that are not UTF-8 as replacement characters', () => {
  expect(parseRecord(Buffer.from([0x22, 0xff, 0x22]))).toBe('\ufffd')
})

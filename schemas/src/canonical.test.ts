import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, canonicalSha256 } from './canonical.ts'

interface Vector {
  readonly about: string
  /** JSON text. */
  readonly input: string
  readonly canonical: string
  /** SHA-256 of the canonical text's UTF-8 bytes, computed by another program. */
  readonly sha256: string
}

const file = new URL('../vectors/canonical.json', import.meta.url)
const vectors = JSON.parse(readFileSync(file, 'utf8')) as readonly Vector[]

test.each(vectors.map((vector) => [vector.about, vector] as const))('%s', (_about, vector) => {
  const value: unknown = JSON.parse(vector.input)
  expect(canonicalJson(value)).toBe(vector.canonical)
  expect(canonicalSha256(value)).toBe(vector.sha256)
})

test('leaves out members that are undefined', () => {
  expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}')
})

test('is JSON of the same value, whatever the order of its keys', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const text = canonicalJson(value)
      expect(canonicalJson(JSON.parse(text))).toBe(text)
      expect(canonicalJson(Object.fromEntries(Object.entries(value).reverse()))).toBe(text)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})

test('stays itself among more keys than are remembered', () => {
  const text = '{"a":1,"b\\"":{"a":[2,"x"]}}'
  const value: unknown = JSON.parse(text)
  for (let i = 0; i < 3000; i++) {
    expect(canonicalJson({ [`key-${i}`]: i })).toBe(`{"key-${i}":${i}}`)
    expect(canonicalJson(value)).toBe(text)
  }
})

import { expect, test } from 'vitest'
import { printable } from './printable.ts'

test('letters that drive a terminal or turn text become a mark, however deep', () => {
  const given = { a: ['\u001b[2J', { b: 'x\u009by\u202ez\n' }], n: 1, t: true, none: null }
  expect(printable(given)).toEqual({ a: ['\ufffd[2J', { b: 'x\ufffdy\ufffdz\ufffd' }], n: 1, t: true, none: null })
})

test('all other text stays', () => {
  const text = 'Zoë 東京 → "a" 𝔸 é'
  expect(printable(text)).toBe(text)
  expect(printable(undefined)).toBeUndefined()
})

test('keys that objects inherit are held as they are', () => {
  const given = JSON.parse('{"__proto__":"x","constructor":"y"}') as object
  expect(JSON.stringify(printable(given))).toBe('{"__proto__":"x","constructor":"y"}')
})

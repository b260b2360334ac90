import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { globLengthMax, matchesGlob } from './glob.ts'

describe('matchesGlob', () => {
  it.each([
    ['*', '', true],
    ['', '', true],
    ['', 'a', false],
    ['prod-*', 'prod-db', true],
    ['prod-*', 'PROD-db', true],
    ['*prod*', 'my-prod-db', true],
    ['a*b*c', 'a-b-b-c', true],
    ['a*b*c', 'a-c-b', false],
    ['prod', 'prod-db', false],
  ])('%j on %j: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected)
  })

  it('agrees with a regular expression', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'B', '*', '.'), maxLength: 8 })
    fc.assert(
      fc.property(letters, letters, (pattern, text) => {
        const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'i')
        expect(matchesGlob(pattern, text)).toBe(expression.test(text))
      }),
    )
  })

  it('stays bounded on patterns made to run long', () => {
    expect(matchesGlob(`${'*a'.repeat(globLengthMax / 2 - 1)}b`, 'a'.repeat(globLengthMax))).toBe(false)
    expect(matchesGlob('*', 'a'.repeat(globLengthMax + 1))).toBe(false)
  })
})

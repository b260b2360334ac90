import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { literalLengthMax, pythonLiteral } from './python-literal.ts'

/** What Python's `repr` writes of a JSON value; strings with an apostrophe in double quotes, as Python does. */
function repr(value: unknown): string {
  if (value === null) return 'None'
  if (value === true) return 'True'
  if (value === false) return 'False'
  if (typeof value === 'number') return String(value)
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'"
    const escaped = value
      .replaceAll('\\', '\\\\')
      .replaceAll('\n', '\\n')
      .replaceAll('\r', '\\r')
      .replaceAll('\t', '\\t')
    return `${quote}${quote === "'" ? escaped.replaceAll("'", "\\'") : escaped}${quote}`
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`
  const entries = Object.entries(value as object)
  return `{${entries.map(([key, member]) => `${repr(key)}: ${repr(member)}`).join(', ')}}`
}

const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).value

describe('pythonLiteral', () => {
  it('reads what Python writes', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(pythonLiteral(repr(value))).toEqual(value)
      }),
    )
  })

  it.each([
    [`{'errorCode': 0, 'failureReason': "User's"}`, { errorCode: 0, failureReason: "User's" }],
    ["{'a': [1, -2.5, 1e3], 'b': (True, None),}", { a: [1, -2.5, 1000], b: [true, null] }],
    ['{}', {}],
  ])('%s', (text, value) => expect(pythonLiteral(text)).toEqual(value))

  it.each([
    '',
    '{',
    "{'a'}",
    "{'a': }",
    '[1 2]',
    "'open",
    '{1: 2}',
    "{'a': 1} 2",
    'datetime',
    '['.repeat(200),
    `'${'x'.repeat(literalLengthMax)}'`,
  ])('reads nothing in %.40s', (text) => expect(pythonLiteral(text)).toBeUndefined())

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...`{}[]()'":,\\ 1aN`) }), (text) => void pythonLiteral(text)),
    )
  })
})

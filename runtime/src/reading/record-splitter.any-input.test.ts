import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invalidJson, parseRecord } from './parse-record.ts'
import { everyByte, split } from './split-for-test.ts'

const layouts = [
  'lines',
  'crlf',
  'pretty',
  'concatenated',
  'spaced',
  'records',
  'events',
  'pretty wrapper',
  'array',
] as const
type Layout = (typeof layouts)[number]

/** Objects written in a layout, each with the place of its first byte. */
function lay(layout: Layout, objects: readonly object[]): { text: string; records: { at: number; text: string }[] } {
  const pretty = layout.startsWith('pretty')
  const texts = objects.map((object) => JSON.stringify(object, null, pretty ? 2 : 0))
  const [before, between, after] = {
    lines: ['', '\n', '\n'],
    crlf: ['\ufeff', '\r\n', '\r\n'],
    pretty: ['', '\n', ''],
    concatenated: ['', '', ''],
    spaced: [' ', ' \t', '\n\n'],
    records: ['{"Records":[', ',', ']}'],
    events: ['{"NextToken":"{\\"[","Events":[', ',\n', '],"More":{"a":["]}"]}}'],
    'pretty wrapper': ['{\n  "value": [\n', ',\n', '\n  ]\n}\n'],
    array: ['[', ', ', ']\n'],
  }[layout] as [string, string, string]
  const records: { at: number; text: string }[] = []
  let text = before
  texts.forEach((one, place) => {
    if (place > 0) text += between
    records.push({ at: Buffer.byteLength(text), text: one })
    text += one
  })
  return { text: text + after, records }
}

const awkward = fc.string({
  unit: fc.constantFrom('{', '}', '[', ']', '"', '\\', '\n', ',', ':', ' ', 'a', 'é', '\u{1f600}'),
  maxLength: 12,
})
const objects = fc.array(
  fc.dictionary(awkward, fc.oneof(awkward, fc.jsonValue({ maxDepth: 3 }), fc.array(fc.dictionary(awkward, awkward)))),
  { maxLength: 8 },
)
const cuts = fc.array(fc.nat(4000), { maxLength: 12 })
/** Bytes that come near to every rule: much that is almost JSON. */
const nearlyJson = fc
  .array(
    fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        '"',
        '\\',
        '\n',
        '\r\n',
        ',',
        ':',
        ' ',
        '\r',
        '\0',
        'x',
        '1',
        '{"a":1}',
        '{"a":1}\n',
        '\n{',
      ],
      ...[
        '{"Records":[',
        '{"value":',
        '{"NextToken":"t",',
        '\ufeff',
        '"Records"',
        '}\n{"b":[{',
        '{"a":{"b":1}\n',
        '}}}',
      ],
    ),
    { maxLength: 40 },
  )
  .map((parts) => parts.join(''))

describe('the splitter on any input', () => {
  it('gives back exactly the records, in any layout and any chunks', () => {
    fc.assert(
      fc.property(fc.constantFrom(...layouts), objects, cuts, (layout, list, places) => {
        const { text, records } = lay(layout, list)
        const seen = split(text, places)
        expect(seen).toEqual(
          records.map((record, index) => ({
            kind: 'record',
            index,
            byteOffset: record.at,
            text: Buffer.from(record.text).toString('latin1'),
            length: Buffer.byteLength(record.text),
          })),
        )
      }),
      { numRuns: 600 },
    )
  })

  it('gives the same items however nearly valid bytes are cut, with small limits too', () => {
    const limits = fc.constantFrom({}, { recordBytesMax: 9 }, { depthMax: 2 }, { recordBytesMax: 20, depthMax: 1 })
    fc.assert(
      fc.property(nearlyJson, cuts, limits, (text, places, options) => {
        const whole = split(text, [], options)
        expect(split(text, places, options)).toEqual(whole)
        expect(split(text, everyByte(text), options)).toEqual(whole)
      }),
      { numRuns: 4000 },
    )
  })

  it('loses no byte but blanks, commas and the structure of lists', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          nearlyJson.map((text) => Buffer.from(text)),
          fc.uint8Array({ maxLength: 300 }),
        ),
        (input) => {
          const bytes = Buffer.from(input)
          const seen = split(bytes)
          let at = 0
          let between = ''
          for (const item of seen) {
            expect(item.byteOffset).toBeGreaterThanOrEqual(at)
            between += bytes.toString('latin1', at, item.byteOffset)
            expect(bytes.toString('latin1', item.byteOffset, item.byteOffset + item.length)).toBe(item.text)
            at = item.byteOffset + item.length
          }
          between += bytes.toString('latin1', at)
          const structure = /^\u00ef\u00bb\u00bf|"(Records|value|NextToken|records|Events)"|"t"|[\s\0,:[\]{}]/g
          expect(between.replaceAll(structure, '')).toBe('')
        },
      ),
      { numRuns: 3000 },
    )
  })

  it('takes what JSON.parse takes as one object line by line, whatever stands around', () => {
    fc.assert(
      fc.property(objects, nearlyJson, cuts, (list, junk, places) => {
        // A blank line and a line of junk cannot reach beyond the next line that begins with a brace, unless a list is open.
        const line = `x${junk.replaceAll(/[\n\r[\]]/g, '')}`
        const text = list.map((object) => `${line}\n${JSON.stringify(object)}\n`).join('')
        const found = split(text, places).filter(
          (item) => parseRecord(Buffer.from(item.text, 'latin1')) !== invalidJson,
        )
        expect(found.map((item) => item.text)).toEqual(
          list.map((object) => Buffer.from(JSON.stringify(object)).toString('latin1')),
        )
      }),
    )
  })
})

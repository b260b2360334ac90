import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { invalidJson, parseRecord } from './parse-record.ts'
import { headBytesMax, type RawItem } from './raw-item.ts'
import { RecordSplitter, type RecordSplitterOptions } from './record-splitter.ts'

interface Seen {
  readonly kind: string
  readonly index: number
  readonly byteOffset: number
  readonly text: string
  readonly length: number
}

/** Items as values, copied at once, as a record's bytes are valid until the next batch only. */
function see(item: RawItem): Seen {
  const { index, byteOffset } = item
  if (item.kind === 'record') {
    return { kind: 'record', index, byteOffset, text: item.bytes.toString('latin1'), length: item.bytes.length }
  }
  return { kind: item.reason, index, byteOffset, text: item.head.toString('latin1'), length: item.length }
}

function split(input: string | Buffer, cuts: readonly number[] = [], options: RecordSplitterOptions = {}): Seen[] {
  const bytes = Buffer.from(input)
  const splitter = new RecordSplitter(options)
  const seen: Seen[] = []
  const places = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b)
  let from = 0
  for (const to of [...places, bytes.length]) {
    // A chunk of its own, overwritten afterwards: nothing may be left of it in what comes later.
    const chunk = Buffer.from(bytes.subarray(from, to))
    seen.push(...splitter.push(chunk).map(see))
    chunk.fill(0x58)
    from = to
  }
  seen.push(...splitter.end().map(see))
  return seen
}

const kinds = (seen: readonly Seen[]): string[] => seen.map((item) => `${item.kind} ${item.text}`)
const everyByte = (input: string): number[] => Array.from({ length: Buffer.byteLength(input) }, (_, place) => place)

describe('the splitter on whole inputs', () => {
  const cases: readonly [name: string, input: string, expected: readonly string[]][] = [
    ['nothing', '', []],
    ['blanks only', ' \n\r\n\t\0\0\n', []],
    ['lines', '{"a":1}\n{"b":2}\n', ['record {"a":1}', 'record {"b":2}']],
    ['no line end at the end', '{"a":1}\n{"b":2}', ['record {"a":1}', 'record {"b":2}']],
    [
      'a mark, CRLF, blank lines and padding',
      '\ufeff{"a":1}\r\n\r\n{"b":2}\r\n{"c":3}\r\n\0\0\0',
      ['record {"a":1}', 'record {"b":2}', 'record {"c":3}'],
    ],
    [
      'side by side',
      '{"a":1}{"b":2} {"c":{}}\t{"d":[]}\n{}',
      ['record {"a":1}', 'record {"b":2}', 'record {"c":{}}', 'record {"d":[]}', 'record {}'],
    ],
    ['commas at line ends', '{"a":1},\n{"b":2},\n', ['record {"a":1}', 'record {"b":2}']],
    [
      'over several lines',
      '{\n  "a": [\n    {\n      "b": "}{"\n    }\n  ]\n}\n{"c":3}\n',
      ['record {\n  "a": [\n    {\n      "b": "}{"\n    }\n  ]\n}', 'record {"c":3}'],
    ],
    [
      'brackets and escapes in strings',
      '{"a":"}{][\\"}{\\\\"}\n{"b":"\\\\\\"{{{"}\n{"c":"{[{["}\n{}\n',
      ['record {"a":"}{][\\"}{\\\\"}', 'record {"b":"\\\\\\"{{{"}', 'record {"c":"{[{["}', 'record {}'],
    ],
    [
      'a CloudTrail file',
      '{"Records":[{"a":1},{"b":{"Records":[{}]}}]}',
      ['record {"a":1}', 'record {"b":{"Records":[{}]}}'],
    ],
    ['a LookupEvents answer', '{"NextToken":"a\\"b","Events":[{"a":1}],"x":{"y":[]}}\n', ['record {"a":1}']],
    [
      'Azure answers',
      '{"value":[{"a":1}],"nextLink":"https://x"}{"@odata.context":"c","value":[]}{"records": [ {"b":2} ]}',
      ['record {"a":1}', 'record {"b":2}'],
    ],
    [
      'wrappers as lines',
      '{"Records":[{"a":1},{"b":2}]}\n{"Records":[{"c":3}]}\n{"d":4}\n',
      ['record {"a":1}', 'record {"b":2}', 'record {"c":3}', 'record {"d":4}'],
    ],
    [
      'what only looks like a wrapper',
      '{"Records":{"a":1}}\n{"value":"[","x":1}\n{"a":1,"Records":[{"b":2}]}\n{"RecordsX":[1]}\n{"count":{},"value":[{}]}\n',
      [
        'record {"Records":{"a":1}}',
        'record {"value":"[","x":1}',
        'record {"a":1,"Records":[{"b":2}]}',
        'record {"RecordsX":[1]}',
        'record {"count":{},"value":[{}]}',
      ],
    ],
    [
      'an array',
      ' [ {"a":1} ,\n {"b":[1]}\n]\n[]\n[{"c":3}][{"d":4}]',
      ['record {"a":1}', 'record {"b":[1]}', 'record {"c":3}', 'record {"d":4}'],
    ],
    ['an array of wrappers', '[{"Records":[{"a":1}]},{"Records":[{"b":2}]}]', ['record {"a":1}', 'record {"b":2}']],
    [
      'values that are no objects, for the parser to name',
      '1\n"a"\n[1,{}]\n[{"a":1},2,[3,{}],"x"]\n',
      ['record 1', 'record "a"', 'record [1,{}]', 'record {"a":1}', 'record 2', 'record [3,{}]', 'record "x"'],
    ],
    [
      'junk between records',
      'hello {"x":1}\r\n{"a":1}\n[2024-01-01] up\n{"b":2}\n',
      ['json.invalid hello {"x":1}', 'record {"a":1}', 'json.invalid [2024-01-01] up', 'record {"b":2}'],
    ],
    [
      'junk behind a record is of its line',
      '{"a":1} x {"b":2}\n{"c":3}]\n{"d":4}\n',
      ['record {"a":1} x {"b":2}', 'record {"c":3}]', 'record {"d":4}'],
    ],
    [
      'junk in a list',
      '[{"a":1},oops{"b":2},}{"c":3},\n]',
      ['record {"a":1}', 'json.invalid oops', 'record {"b":2}', 'json.invalid }', 'record {"c":3}'],
    ],
    [
      'junk behind a list in a wrapper',
      '{"Records":[{"a":1}] oops}\n{"b":2}\n',
      ['record {"a":1}', 'json.invalid  oops}', 'record {"b":2}'],
    ],
    [
      'half a line between lines',
      '{"a":{"b":1}\n{"c":"x\n{"d":"}\n{"e":5}\n',
      ['record {"a":{"b":1}', 'record {"c":"x', 'record {"d":"}', 'record {"e":5}'],
    ],
    ['brackets of the wrong kind', '{"a":]{"b":1}\n{"c":3}\n', ['record {"a":]{"b":1}', 'record {"c":3}']],
    [
      'a list cut off before another file',
      '{"Records":[{"a":1}\n{"Records":[{"b":2}]}\n',
      ['record {"a":1}', 'record {"b":2}'],
    ],
    [
      'a wrapper or record cut off behind a comma',
      '{"Records":[{"a":1}],\n{"b":2,\n{"c":3}\n',
      ['record {"a":1}', 'json.invalid ,', 'record {"b":2,', 'record {"c":3}'],
    ],
    ['half a record at the end', '{"a":1}\n{"b":', ['record {"a":1}', 'bytes.truncated {"b":']],
    ['half a wrapper at the end', '{"Rec', ['bytes.truncated {"Rec']],
    ['half a list at the end', '{"Records":[{"a":1},', ['record {"a":1}', 'bytes.truncated ']],
    ['half a trailer at the end', '{"Records":[{"a":1}],"x', ['record {"a":1}', 'bytes.truncated ,"x']],
    ['a mark only', '\ufeff', []],
  ]
  it.each(cases)('%s', (_, input, expected) => {
    const whole = split(input)
    expect(kinds(whole)).toEqual(expected.map((text) => Buffer.from(text).toString('latin1')))
    expect(split(input, everyByte(input))).toEqual(whole)
    expect(whole.map((item) => item.index)).toEqual(whole.map((_, index) => index))
  })
})

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

describe('limits', () => {
  it('accepts a record of exactly recordBytesMax and rejects one byte more, in every layout', () => {
    const fits = '{"a":"123456"}'
    for (const wrap of [
      (t: string) => `${t}\n{}\n`,
      (t: string) => `[${t},{}]`,
      (t: string) => `{"Records":[${t},{}]}`,
    ]) {
      const options = { recordBytesMax: fits.length }
      expect(kinds(split(wrap(fits), [], options))).toEqual([`record ${fits}`, 'record {}'])
      const long = fits.replace('1', '11')
      expect(kinds(split(wrap(long), [5, 9], options))).toEqual([`bytes.oversized ${long}`, 'record {}'])
    }
  })

  it('rejects a record of 100 MB with its length and hash, in bounded memory, and reads on', () => {
    const size = 100 * 1024 * 1024
    const piece = Buffer.alloc(64 * 1024, 'ab}{]["\\u0041\\"'.replaceAll('"', '').replaceAll('\\', ''))
    for (const [open, close] of [
      ['', '\n'],
      ['{"Records":[{},', ','],
    ] as const) {
      const splitter = new RecordSplitter()
      const hash = createHash('sha256')
      const items: RawItem[] = []
      const feed = (bytes: Buffer, isRecord: boolean): void => {
        if (isRecord) hash.update(bytes)
        items.push(...splitter.push(bytes))
      }
      feed(Buffer.from(open), false)
      feed(Buffer.from('{"a":"'), true)
      const before = process.memoryUsage().arrayBuffers
      let most = 0
      for (let done = 0; done < size; done += piece.length) {
        feed(piece, true)
        most = Math.max(most, process.memoryUsage().arrayBuffers - before)
      }
      feed(Buffer.from('"}'), true)
      feed(Buffer.from(`${close}{"b":1}\n`), false)
      const [oversized, next] = items.slice(-2)
      expect(oversized).toMatchObject({ kind: 'reject', reason: 'bytes.oversized', length: size + 8 })
      expect(oversized).toMatchObject({ sha256: hash.digest('hex'), byteOffset: open.length })
      expect(oversized?.kind === 'reject' && oversized.head.length).toBe(headBytesMax)
      expect(next?.kind === 'record' ? next.bytes.toString() : '').toBe('{"b":1}')
      items.push(...splitter.end())
      expect(most).toBeLessThan(16 * 1024 * 1024)
    }
  })

  it('splits an endless wrapper on one line in bounded memory', () => {
    const splitter = new RecordSplitter()
    const element = `{"eventName":"${'x'.repeat(500)}"},`
    const chunk = Buffer.from(element.repeat(100))
    splitter.push(Buffer.from('{"Records":['))
    const before = process.memoryUsage().arrayBuffers
    let count = 0
    for (let round = 0; round < 500; round++) count += splitter.push(chunk).length
    expect(count).toBe(50_000)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(4 * 1024 * 1024)
    expect(
      splitter
        .push(Buffer.from(']}\n{"a":1}\n'))
        .map(see)
        .map((item) => item.text),
    ).toEqual(['{"a":1}'])
  })

  it('names nesting of 20,000 levels, closed or not, and reads on', () => {
    const deep = `${'{"a":['.repeat(10_000)}${']}'.repeat(10_000)}`
    const seen = split(
      `${deep}\n{"b":1}\n[${deep},{"c":1}]{"Records":[${deep}]}\n${'['.repeat(20_000)}\n{"d":1}\n`,
      [7, 9000],
    )
    expect(seen.map((item) => item.kind)).toEqual([
      'json.too_deep',
      'record',
      'json.too_deep',
      'record',
      'json.too_deep',
      'json.invalid',
      'record',
    ])
    expect(seen[0]!.length).toBe(deep.length)
    expect(split('{"a":'.repeat(20_000))[0]!.kind).toBe('json.too_deep')
  })

  it('counts the record itself as the first level, on the fast way and the exact one', () => {
    const nested = (levels: number): string => `${'{"a":'.repeat(levels - 1)}{}${'}'.repeat(levels - 1)}`
    for (const end of ['\n{}\n', '']) {
      expect(split(nested(64) + end)[0]!.kind).toBe('record')
      expect(split(nested(65) + end)[0]!.kind).toBe('json.too_deep')
      expect(split(`{"a":"${'{'.repeat(500)}"}${end}`)[0]!.kind).toBe('record')
    }
  })
})

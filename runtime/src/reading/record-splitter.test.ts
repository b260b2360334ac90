import { describe, expect, it } from 'vitest'
import { everyByte, kinds, split } from './split-for-test.ts'

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
    ['an escaped line end', '{"a":"x\\\n{"b":2}\n', ['record {"a":"x\\', 'record {"b":2}']],
    [
      'a wrapper head without its comma',
      '{"count":1;"value":[{"a":1}]}\n{"b":2}\n',
      ['record {"count":1;"value":[{"a":1}]}', 'record {"b":2}'],
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

// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the texts are programs.
import { describe, expect, test } from 'vitest'
import { lineAt, readSource } from './source-text.ts'

describe('readSource', () => {
  test.each([
    ['a // b\nc', 'a     \nc', 'a     \nc'],
    ['a /* b\n */ c', 'a     \n    c', 'a     \n    c'],
    ["f('// no', b)", "f('// no', b)", "f('     ', b)"],
    ["f('it\\'s', b)", "f('it\\'s', b)", "f('     ', b)"],
    ['`a${b + `c${d}`}e` + f', '`a${b + `c${d}`}e` + f', '` ${b + ` ${d}`} ` + f'],
    ['`a${{ b: 1 }.b}c`', '`a${{ b: 1 }.b}c`', '` ${{ b: 1 }.b} `'],
    ['x = /[/]\\/"/u.test(y)', 'x = /[/]\\/"/u.test(y)', 'x = /      /u.test(y)'],
    ['a = b / c / d', 'a = b / c / d', 'a = b / c / d'],
    ["return /'/", "return /'/", 'return / /'],
    ['#!/usr/bin/env node\na', '                   \na', '                   \na'],
  ])('%j', (text, uncommented, code) => {
    expect(readSource(text)).toEqual({ uncommented, code })
  })

  test('what never ends ends with the text', () => {
    for (const text of ["'a", '`a', '`a${b', '/* a', '// a', '= /a', "'\\"])
      expect(readSource(text).code).toHaveLength(text.length)
  })
})

test('lineAt counts from 1', () => {
  expect([0, 1, 2, 3].map((offset) => lineAt('a\nb\nc', offset))).toEqual([1, 1, 2, 2])
})

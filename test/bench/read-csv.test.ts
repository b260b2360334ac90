import { expect, it } from 'vitest'
import { readCsv } from './read-csv.ts'

it('reads fields by column, quoted or not, empty ones too', () => {
  expect(readCsv('a,b,c\r\n1,"x, ""y""",\n,2,3\n')).toEqual([
    { a: '1', b: 'x, "y"', c: '' },
    { a: '', b: '2', c: '3' },
  ])
  expect(readCsv('')).toEqual([])
})

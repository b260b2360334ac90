import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { csvRows } from './csv-rows.ts'

describe('csvRows', () => {
  it('names cells by the first row and leaves out empty ones', () => {
    const text = '\uFEFFmatch, team ,zone\r\n# people\r\nada@example.com,"video, ""live""",\r\n\r\n"b\nb",x,UTC'
    expect(csvRows(text)).toEqual([
      { match: 'ada@example.com', team: 'video, "live"' },
      { match: 'b\nb', team: 'x', zone: 'UTC' },
    ])
  })

  it('has no rows without a header', () => {
    expect(csvRows('')).toEqual([])
    expect(csvRows('match,team\n')).toEqual([])
  })

  it('refuses rows that are too long and quotes that stay open', () => {
    expect(() => csvRows('a\n1,2\n')).toThrow('row 2')
    expect(() => csvRows('a\n"1\n')).toThrow('quote is not closed')
  })

  it('reads back what was quoted', () => {
    const cell = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !text.startsWith('#'))
    fc.assert(
      fc.property(cell, cell, (one, other) => {
        const quoted = [one, other].map((text) => `"${text.replaceAll('"', '""')}"`).join(',')
        expect(csvRows(`a,b\n${quoted}\n`)).toEqual([{ a: one, b: other }])
      }),
    )
  })
})
